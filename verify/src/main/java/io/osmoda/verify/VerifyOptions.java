package io.osmoda.verify;

import io.osmoda.format.folder.ReadDisk;
import io.osmoda.format.log.BadNoteException;
import io.osmoda.format.log.BadPolicyException;
import io.osmoda.format.log.SignedCheckpoint;
import io.osmoda.format.log.TrustPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a verification of a ledger or of a bundle goes by (section 8). Immutable; each {@code with}
 * method gives changed options.
 */
public final class VerifyOptions {
  /** Told how far a verification is; called often, from one thread, and to return at once. */
  @FunctionalInterface
  public interface Progress {
    /** Of {@code total} bytes of lines {@code done} have been checked; total 0 is not known. */
    void progress(long done, long total);
  }

  private static final VerifyOptions DEFAULTS =
      new VerifyOptions(
          null,
          "none",
          null,
          null,
          (done, total) -> {},
          Runtime.getRuntime().availableProcessors(),
          ReadDisk.real());

  private final @Nullable TrustPolicy trust;
  private final String trustSource;
  private final @Nullable SignedCheckpoint since;
  private final @Nullable Path state;
  private final Progress progress;
  private final int threads;
  private final ReadDisk disk;

  private VerifyOptions(
      @Nullable TrustPolicy trust,
      String trustSource,
      @Nullable SignedCheckpoint since,
      @Nullable Path state,
      Progress progress,
      int threads,
      ReadDisk disk) {
    this.trust = trust;
    this.trustSource = trustSource;
    this.since = since;
    this.state = state;
    this.progress = progress;
    this.threads = threads;
    this.disk = disk;
  }

  /** No trust, no older checkpoint, no state, on all cores: self-consistency alone. */
  public static VerifyOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Trusts the keys of a policy.
   *
   * @param source where it came from, for the report
   */
  public VerifyOptions withTrust(TrustPolicy policy, String source) {
    return new VerifyOptions(policy, source, since, state, progress, threads, disk);
  }

  /**
   * Trusts the keys of a policy file.
   *
   * @throws IOException if it cannot be read
   * @throws BadPolicyException if it is no policy
   */
  public VerifyOptions withTrust(Path file) throws IOException, BadPolicyException {
    return withTrust(TrustPolicy.load(file), file.toString());
  }

  /** Demands that the ledger is consistent with an older checkpoint that the auditor holds. */
  public VerifyOptions withSince(SignedCheckpoint older) {
    return new VerifyOptions(trust, trustSource, older, state, progress, threads, disk);
  }

  /**
   * Demands that the ledger is consistent with an older checkpoint in a file.
   *
   * @throws IOException if it cannot be read
   * @throws BadNoteException if it is no checkpoint
   */
  public VerifyOptions withSince(Path file) throws IOException, BadNoteException {
    return withSince(SignedCheckpoint.parse(Files.readAllBytes(file)));
  }

  /**
   * Keeps in a file what was found of the closed segments, and next time only hashes those that are
   * unchanged. The file is the auditor's own and trusted as such: it says that segments with these
   * SHA-256 values were checked and are free of faults. Signatures are never taken from it.
   */
  public VerifyOptions withState(Path file) {
    return new VerifyOptions(trust, trustSource, since, file, progress, threads, disk);
  }

  /** Tells how far the verification is. */
  public VerifyOptions withProgress(Progress listener) {
    return new VerifyOptions(trust, trustSource, since, state, listener, threads, disk);
  }

  /** Checks on so many threads, at least one. */
  public VerifyOptions withThreads(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("at least one thread is needed, not " + count);
    }
    return new VerifyOptions(trust, trustSource, since, state, progress, count, disk);
  }

  /** Reads the ledger from another disk, such as one in memory. The state file stays a real one. */
  public VerifyOptions withDisk(ReadDisk other) {
    return new VerifyOptions(trust, trustSource, since, state, progress, threads, other);
  }

  /** Whose keys to believe; null where nothing was brought. */
  public @Nullable TrustPolicy trust() {
    return trust;
  }

  /** Where the trusted keys came from, for a person; "none" where nothing was given. */
  public String trustSource() {
    return trustSource;
  }

  /** The older checkpoint that the auditor holds, or null. */
  public @Nullable SignedCheckpoint since() {
    return since;
  }

  @Nullable Path state() {
    return state;
  }

  /** Who is told how far it is. */
  public Progress progress() {
    return progress;
  }

  /** On how many threads, at least 1. */
  public int threads() {
    return threads;
  }

  ReadDisk disk() {
    return disk;
  }
}
