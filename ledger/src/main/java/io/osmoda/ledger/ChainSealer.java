package io.osmoda.ledger;

import io.osmoda.format.entry.CaptureEvent;
import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.ControlActions;
import io.osmoda.format.entry.DraftRefusedException;
import io.osmoda.format.entry.Status;
import io.osmoda.format.entry.Timestamps;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.Digests;
import io.osmoda.format.log.Hash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;

/**
 * Gives entries their place: sequence number, timestamp, link and hash (section 1), and seals the
 * entries that the ledger must add itself ({@code clock_step}, {@code capture_state}) before the
 * one at hand. Not thread-safe: one sealer at a time.
 */
final class ChainSealer {
  /** Entry hashes kept in memory, so that {@code caused_by} is checked without the disk. */
  static final int RECENT = 1 << 16;

  private final Salts salts;
  private final LedgerClock clock;
  private final CaptureSources sources;
  private final EntryHashes older;
  private final MessageDigest digest = Digests.sha256();
  private final byte[] recent = new byte[RECENT * Hash.LENGTH];
  private final byte[] prevHash;
  private final byte[] timestamp = new byte[Timestamps.LENGTH];
  private long nextSeq;
  private long formatted = Long.MIN_VALUE;
  private long day;

  /** Looks up the hash of an entry that is no longer kept in memory. */
  interface EntryHashes {
    Hash entryHash(long seq) throws IOException;
  }

  /**
   * @param nextSeq the sequence number of the next entry; at least 1, entry 0 is made by {@link
   *     LedgerCreation}
   * @param prevHash the entry hash of the one before
   * @param day the UTC day of the newest entry, counted from 1970
   */
  ChainSealer(
      long nextSeq,
      Hash prevHash,
      long day,
      LedgerClock clock,
      CaptureSources sources,
      Salts salts,
      EntryHashes older) {
    this.nextSeq = nextSeq;
    this.prevHash = prevHash.toBytes();
    this.day = day;
    this.clock = clock;
    this.sources = sources;
    this.salts = salts;
    this.older = older;
    prevHash.copyTo(recent, slot(nextSeq - 1));
    this.firstRecent = nextSeq - 1;
  }

  private final long firstRecent;

  private static int slot(long seq) {
    return (int) (seq % RECENT) * Hash.LENGTH;
  }

  long nextSeq() {
    return nextSeq;
  }

  /** Whether a UTC day has begun that has no entry yet. */
  boolean isNewDay() {
    return Timestamps.epochDay(clock.read()) != day;
  }

  LedgerClock clock() {
    return clock;
  }

  CaptureSources sources() {
    return sources;
  }

  /**
   * Seals an append into the group, with what is owed before it.
   *
   * @return false where the draft is refused: then its future is completed and nothing was sealed
   */
  boolean seal(PendingAppend append, Group group) {
    PreparedEntry entry = append.entry();
    if (!entry.causes().isEmpty()) {
      try {
        checkCauses(entry.causes());
      } catch (DraftRefusedException | IOException e) {
        append.completeExceptionally(e);
        return false;
      }
    }
    long now = clock.read();
    LedgerClock.Step step = clock.takeStep();
    if (step != null) {
      seal(clockStep(step), now, group);
    }
    if (Timestamps.epochDay(now) != day) {
      day = Timestamps.epochDay(now);
      if (!entry.isCaptureState()) {
        seal(captureState(), now, group);
      }
    }
    append.sealedAs(seal(entry, now, group));
    CaptureEvent event = append.event();
    if (event != null) {
      sources.apply(event, new String(timestamp, StandardCharsets.US_ASCII));
    }
    group.appends().add(append);
    return true;
  }

  private long seal(PreparedEntry entry, long now, Group group) {
    if (now != formatted) {
      Timestamps.write(now, timestamp, 0);
      formatted = now;
    }
    long seq = nextSeq;
    group.reserve(entry.maxLength());
    int end =
        entry.seal(
            seq,
            prevHash,
            timestamp,
            group.lines(),
            group.size(),
            digest,
            group.entryHashes(),
            group.entryHashAt());
    System.arraycopy(group.entryHashes(), group.entryHashAt(), prevHash, 0, Hash.LENGTH);
    System.arraycopy(prevHash, 0, recent, slot(seq), Hash.LENGTH);
    group.added(end, now);
    sources.count(entry.source());
    nextSeq = seq + 1;
    return seq;
  }

  private void checkCauses(List<CauseReference> causes) throws IOException {
    for (CauseReference cause : causes) {
      if (!cause.origin().isEmpty()) {
        continue;
      }
      if (cause.seq() >= nextSeq) {
        throw new DraftRefusedException(
            "caused_by", "entry " + cause.seq() + " is not sealed yet; causes come before");
      }
      if (!isHashOf(cause)) {
        throw new DraftRefusedException(
            "caused_by", "entry " + cause.seq() + " does not have the hash " + cause.entryHash());
      }
    }
  }

  private boolean isHashOf(CauseReference cause) throws IOException {
    long seq = cause.seq();
    if (seq >= firstRecent && seq >= nextSeq - RECENT) {
      int at = slot(seq);
      return Arrays.equals(recent, at, at + Hash.LENGTH, cause.entryHash().raw(), 0, Hash.LENGTH);
    }
    return older.entryHash(seq).equals(cause.entryHash());
  }

  private PreparedEntry clockStep(LedgerClock.Step step) {
    long seconds = Math.round(step.nanos() / 1e9);
    return control(
        ControlActions.CLOCK_STEP,
        step.followed() ? Status.OK : Status.PENDING,
        (seconds >= 0 ? "+" : "") + seconds,
        JsonObject.builder()
            .put("followed", step.followed())
            .put("nanoseconds", Long.toString(step.nanos()))
            .build());
  }

  private PreparedEntry captureState() {
    return control(ControlActions.CAPTURE_STATE, Status.OK, null, sources.state());
  }

  private PreparedEntry control(
      String action,
      Status status,
      @org.jspecify.annotations.Nullable String target,
      JsonObject payload) {
    byte[] salt = new byte[Salts.LENGTH];
    salts.next(salt, 0);
    return new PreparedEntry(
        ControlActions.draft(action, status, target, null, List.of(), payload).build(), salt);
  }
}
