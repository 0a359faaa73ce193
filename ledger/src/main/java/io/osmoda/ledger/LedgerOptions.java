package io.osmoda.ledger;

import io.osmoda.format.folder.LedgerFolder;
import io.osmoda.format.json.JsonObject;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How a ledger is opened for writing. Immutable; each {@code with} gives a changed copy. */
public final class LedgerOptions {
  /** A new segment begins from this size on (section 2). */
  public static final long DEFAULT_SEGMENT_BYTES = 256L << 20;

  /** A checkpoint follows the oldest unanchored entry within this time (section 3). */
  public static final Duration DEFAULT_CHECKPOINT_INTERVAL = Duration.ofSeconds(1);

  /** The longest that the format allows. */
  public static final Duration MAX_CHECKPOINT_INTERVAL = Duration.ofSeconds(10);

  private static final LedgerOptions DEFAULT =
      new LedgerOptions(
          null,
          DEFAULT_SEGMENT_BYTES,
          DEFAULT_CHECKPOINT_INTERVAL,
          TimeSource.SYSTEM,
          JsonObject.EMPTY,
          false,
          RealDisk.INSTANCE,
          new SecureRandom());

  private final @Nullable Path keys;
  private final long segmentBytes;
  private final Duration checkpointInterval;
  private final TimeSource time;
  private final JsonObject holder;
  private final boolean largeCut;
  private final Disk disk;
  private final SecureRandom random;

  private LedgerOptions(
      @Nullable Path keys,
      long segmentBytes,
      Duration checkpointInterval,
      TimeSource time,
      JsonObject holder,
      boolean largeCut,
      Disk disk,
      SecureRandom random) {
    this.keys = keys;
    this.segmentBytes = segmentBytes;
    this.checkpointInterval = checkpointInterval;
    this.time = time;
    this.holder = holder;
    this.largeCut = largeCut;
    this.disk = disk;
    this.random = random;
  }

  /** What suits nearly everybody. */
  public static LedgerOptions defaults() {
    return DEFAULT;
  }

  /**
   * The folder of the private keys; unless said, {@code <ledger folder>.keys} beside the ledger.
   */
  public LedgerOptions withKeys(@Nullable Path folder) {
    return new LedgerOptions(
        folder, segmentBytes, checkpointInterval, time, holder, largeCut, disk, random);
  }

  /** From how many bytes on a new segment begins; at least 1. */
  public LedgerOptions withSegmentBytes(long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("a segment has at least one byte, not " + bytes);
    }
    return new LedgerOptions(keys, bytes, checkpointInterval, time, holder, largeCut, disk, random);
  }

  /** How long an entry may stay unanchored; more than zero, at most 10 s. */
  public LedgerOptions withCheckpointInterval(Duration interval) {
    if (!interval.isPositive() || interval.compareTo(MAX_CHECKPOINT_INTERVAL) > 0) {
      throw new IllegalArgumentException(
          "a checkpoint follows an entry within 10 s, not " + interval);
    }
    return new LedgerOptions(keys, segmentBytes, interval, time, holder, largeCut, disk, random);
  }

  public LedgerOptions withTime(TimeSource source) {
    return new LedgerOptions(
        keys, segmentBytes, checkpointInterval, source, holder, largeCut, disk, random);
  }

  /** What the lock file tells others of its holder, beside its process id and start. */
  public LedgerOptions withHolder(JsonObject about) {
    return new LedgerOptions(
        keys, segmentBytes, checkpointInterval, time, about, largeCut, disk, random);
  }

  /**
   * The operator's explicit consent to recovery's cutting off more than a commit group (section 4).
   */
  public LedgerOptions withLargeCutAccepted() {
    return new LedgerOptions(
        keys, segmentBytes, checkpointInterval, time, holder, true, disk, random);
  }

  LedgerOptions withDisk(Disk other) {
    return new LedgerOptions(
        keys, segmentBytes, checkpointInterval, time, holder, largeCut, other, random);
  }

  Path keysFor(LedgerFolder folder) {
    return keys != null ? keys : folder.defaultKeys();
  }

  long segmentBytes() {
    return segmentBytes;
  }

  Duration checkpointInterval() {
    return checkpointInterval;
  }

  TimeSource time() {
    return time;
  }

  JsonObject holder() {
    return holder;
  }

  boolean isLargeCutAccepted() {
    return largeCut;
  }

  Disk disk() {
    return disk;
  }

  SecureRandom random() {
    return random;
  }
}
