package io.osmoda.verify;

import io.osmoda.format.entry.Finding;
import io.osmoda.format.entry.FindingKind;
import io.osmoda.format.entry.Findings;
import io.osmoda.format.folder.LedgerFiles;
import io.osmoda.format.folder.LedgerJson;
import io.osmoda.format.folder.ReadDisk;
import io.osmoda.format.folder.UnknownFormatException;
import io.osmoda.format.log.Checkpoint;
import io.osmoda.format.log.Hash;
import io.osmoda.format.log.SignedCheckpoint;
import io.osmoda.format.log.TrustPolicy;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Verifies a whole ledger folder: every rule of sections 1 to 5, with the findings and the verdict
 * of section 8. Reads only; a writer may go on meanwhile, and what it appends is left alone.
 */
public final class LedgerVerifier {
  /** How often to start over when a writer rewrites what is being read. */
  private static final int MAX_ATTEMPTS = 3;

  private final Path folder;
  private final VerifyOptions options;
  private final ReadDisk disk;
  private final Findings findings = new Findings();
  private final List<String> notChecked = new ArrayList<>();
  private boolean quorumMet = true;
  private @Nullable LedgerJson claims;
  private List<LedgerFiles.Segment> atFirst = List.of();

  private LedgerVerifier(Path folder, VerifyOptions options) {
    this.folder = folder;
    this.options = options;
    this.disk = options.disk();
  }

  /**
   * Verifies the ledger in a folder. Whatever is wrong with the ledger is a finding, never an
   * exception.
   *
   * @throws IOException if the folder's parts cannot even be listed, or the thread was interrupted
   */
  public static Verification verify(Path folder, VerifyOptions options) throws IOException {
    long start = System.nanoTime();
    try {
      for (int attempt = 1; ; attempt++) {
        LedgerVerifier verifier = new LedgerVerifier(folder, options);
        Verification result = verifier.verify(start);
        // What a redaction or rotation rewrote meanwhile is no fault, and an attacker who rewrites
        // without end gains nothing: the last attempt counts.
        if (result.findings().isEmpty() || attempt == MAX_ATTEMPTS || !verifier.wasRewritten()) {
          return result;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("verification interrupted");
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  private Verification verify(long start) throws IOException, InterruptedException {
    try {
      claims = LedgerJson.read(disk, folder, findings);
    } catch (UnknownFormatException e) {
      return nothingVerified(String.valueOf(e.getMessage()), start);
    }
    atFirst = segments();
    // Notes before segments: a writer that goes on makes entries durable first, then signs them.
    KeptNotes notes = KeptNotes.read(disk, folder, findings);
    LedgerFiles files = LedgerFiles.list(disk, folder, findings);
    if (files.segments().isEmpty() && notes.isEmpty() && claims == null) {
      return nothingVerified("nothing could be read: " + folder + " is no ledger folder", start);
    }
    if (files.segments().isEmpty()) {
      findings.add(FindingKind.UNREADABLE, "segments/ holds no segment");
    }
    SignedCheckpoint since = options.since();
    long[] sizes =
        LongStream.concat(
                Arrays.stream(notes.sizes()),
                since == null ? LongStream.empty() : LongStream.of(since.checkpoint().size()))
            .toArray();
    String claimed = claims == null ? notes.newestOrigin() : claims.origin();
    Checkpoint newest = notes.newest(claimed);
    long anchorLimit = newest == null ? 0 : newest.size();
    VerifyState known = readState(claimed);
    VerifyState learned = options.state() == null ? null : new VerifyState(claimed);
    LedgerScan scan =
        scan(files, claimed, sizes, anchorLimit, options.progress(), findings, known, learned);
    String origin =
        claims == null && scan.beginning() != null ? scan.beginning().origin() : claimed;
    compareClaims(claims, scan, notes);
    notes.compare(scan, origin, findings);
    compareSince(scan, origin);
    TrustPolicy trust = options.trust();
    Checkpoint anchor; // for redactions
    Checkpoint verified = null;
    if (trust == null) {
      anchor = notes.newestMatching(scan, origin);
      notChecked.add("signatures: no trusted keys were given");
    } else {
      KeptNotes.Signatures signatures = checkSignatures(trust, notes, scan, origin);
      verified = signatures.newestSigned();
      anchor = verified;
      if (signatures.quorum() != null) {
        notChecked.add(signatures.quorum());
        quorumMet = false;
      }
    }
    if (anchor == null || anchor.size() < anchorLimit) {
      judgeRedactionsAgain(scan, files, claimed, sizes, anchor == null ? 0 : anchor.size());
    }
    tellWhatWasNotChecked(notes, scan);
    if (learned != null && findings.isEmpty()) {
      writeState(learned);
    }
    return result(scan, notes, origin, verified, start);
  }

  private List<LedgerFiles.Segment> segments() throws IOException {
    return LedgerFiles.list(disk, folder, new Findings()).segments();
  }

  /**
   * Whether something may have been rewritten since the beginning, and not only been appended to. A
   * segment that was closed meanwhile may have been: a redaction closes the last one first.
   */
  private boolean wasRewritten() throws IOException {
    try {
      if (!Objects.equals(claims, LedgerJson.read(disk, folder, new Findings()))) {
        return true;
      }
    } catch (UnknownFormatException e) {
      return true;
    }
    List<LedgerFiles.Segment> now = segments();
    int last = atFirst.size() - 1;
    return now.size() != atFirst.size()
        || (last >= 0
            && (!now.subList(0, last).equals(atFirst.subList(0, last))
                || now.get(last).size() < atFirst.get(last).size()));
  }

  private LedgerScan scan(
      LedgerFiles files,
      String origin,
      long[] sizes,
      long anchorLimit,
      VerifyOptions.Progress progress,
      Findings into,
      @Nullable VerifyState known,
      @Nullable VerifyState learned)
      throws IOException, InterruptedException {
    LedgerScan scan =
        new LedgerScan(
            disk,
            files,
            origin,
            LedgerScan.distinctSorted(sizes),
            anchorLimit,
            options.threads(),
            progress,
            into,
            known,
            learned);
    scan.run();
    return scan;
  }

  /** What an earlier run left; one that does not fit costs time and nothing else. */
  private @Nullable VerifyState readState(String origin) {
    Path file = options.state();
    if (file == null) {
      return null;
    }
    try {
      return VerifyState.read(file, origin);
    } catch (IOException e) {
      notChecked.add("the state file " + file + " was not used: " + e.getMessage());
      return null;
    }
  }

  private void writeState(VerifyState learned) {
    Path file = options.state();
    if (file == null) {
      return;
    }
    try {
      learned.write(file);
    } catch (IOException e) {
      notChecked.add("the state file " + file + " could not be written: " + e);
    }
  }

  /**
   * The newest note turned out not to anchor anything. So redactions between it and the one that
   * does count for nothing: read again for those.
   */
  private void judgeRedactionsAgain(
      LedgerScan scan, LedgerFiles files, String origin, long[] sizes, long anchorLimit)
      throws IOException, InterruptedException {
    if (scan.lastRedaction() < anchorLimit) {
      return;
    }
    Findings again = new Findings();
    scan(files, origin, sizes, anchorLimit, (done, total) -> {}, again, null, null);
    for (Finding finding : again.toList()) {
      if (finding.kind() == FindingKind.PAYLOAD_MISSING && finding.seq() != null) {
        findings.add(finding.kind(), finding.seq(), finding.detail());
      }
    }
  }

  private void compareClaims(@Nullable LedgerJson claims, LedgerScan scan, KeptNotes notes) {
    LedgerScan.Beginning beginning = scan.beginning();
    if (claims == null || beginning == null) {
      return; // told already
    }
    if (!claims.createdAt().equals(beginning.createdAt())
        || !claims.origin().equals(beginning.origin())) {
      findings.add(
          FindingKind.BAD_MEMBER, "created_at or origin in ledger.json is not that of entry 0");
    }
    if (!claims.logKeys().equals(scan.keysInForce())
        && !areOfUnfinishedRotation(claims.logKeys(), scan, notes)) {
      findings.add(
          FindingKind.BAD_MEMBER,
          "log_keys in ledger.json are not those of entry 0 or of the last key_rotate");
    }
  }

  /**
   * Whether these are the keys before the last rotation, which is not complete as long as no note
   * follows the one by old and new keys: its writer is at it, or a crash came between.
   */
  private static boolean areOfUnfinishedRotation(
      List<String> keys, LedgerScan scan, KeptNotes notes) {
    if (scan.rotations().isEmpty() || scan.unfollowedRotations() > 0) {
      return false;
    }
    LedgerScan.Rotation rotation = scan.rotations().getLast();
    return keys.equals(rotation.before())
        && Arrays.stream(notes.sizes()).filter(size -> size > rotation.seq()).count() <= 1;
  }

  private void compareSince(LedgerScan scan, String origin) {
    SignedCheckpoint signed = options.since();
    if (signed == null) {
      return;
    }
    Checkpoint since = signed.checkpoint();
    String older = "the older checkpoint of size " + since.size();
    if (!since.origin().equals(origin)) {
      findings.add(FindingKind.BAD_ORIGIN, older + " is of " + since.origin());
    } else if (since.size() > scan.entries()) {
      findings.add(
          FindingKind.TRUNCATED, scan.due(), older + " counts more than " + scan.entries());
      findings.add(FindingKind.ROLLBACK, older + " counts entries that are not there any more");
    } else {
      Hash root = scan.root(since.size());
      if (root != null && !root.equals(since.root())) {
        findings.add(FindingKind.ROLLBACK, older + " has another root than the entries now have");
      }
    }
  }

  private KeptNotes.Signatures checkSignatures(
      TrustPolicy trust, KeptNotes notes, LedgerScan scan, String origin)
      throws InterruptedException {
    if (!trust.origins().equals(Set.of(origin))) {
      findings.add(
          FindingKind.BAD_ORIGIN,
          "the ledger is of "
              + (origin.isEmpty() ? "an unknown origin" : origin)
              + ", the trusted keys are for "
              + String.join(", ", trust.origins()));
    }
    if (notes.isFolderMissing()) {
      findings.add(FindingKind.UNREADABLE, "checkpoints/ is missing");
    } else if (notes.isEmpty()) {
      notChecked.add("signatures: there is no checkpoint");
    }
    return notes.checkSignatures(trust, scan, origin, options.threads(), findings);
  }

  private void tellWhatWasNotChecked(KeptNotes notes, LedgerScan scan) {
    if (options.trust() == null && notes.isEmpty()) {
      notChecked.add("roots: there is no checkpoint");
    }
    if (scan.foreignCauses() > 0) {
      notChecked.add(scan.foreignCauses() + " references in caused_by to other ledgers");
    }
    if (scan.unfollowedRotations() > 0) {
      notChecked.add(
          scan.unfollowedRotations()
              + " key rotations after the first "
              + LedgerScan.MAX_ROTATIONS);
    }
    if (notes.ignored() > 0) {
      notChecked.add(notes.ignored() + " files in checkpoints/ that are not named by 20 digits");
    }
  }

  private Verification result(
      LedgerScan scan, KeptNotes notes, String origin, @Nullable Checkpoint verified, long start) {
    boolean consistent = findings.isEmpty();
    Verdict verdict =
        !consistent
            ? Verdict.TAMPERED
            : verified != null && quorumMet ? Verdict.INTACT : Verdict.UNVERIFIABLE;
    long anchored = verified == null ? 0 : verified.size();
    return new Verification(
        verdict,
        consistent,
        scan.entries(),
        anchored,
        scan.entries() - anchored,
        scan.adopted(),
        scan.redacted(),
        findings.toList(),
        verified != null ? verified : notes.newest(origin),
        options.trustSource(),
        notChecked,
        Duration.ofNanos(System.nanoTime() - start));
  }

  private Verification nothingVerified(String why, long start) {
    return new Verification(
        Verdict.UNVERIFIABLE,
        false,
        0,
        0,
        0,
        0,
        0,
        List.of(),
        null,
        options.trustSource(),
        List.of(why),
        Duration.ofNanos(System.nanoTime() - start));
  }
}
