package io.osmoda.verify;

import io.osmoda.format.entry.Finding;
import io.osmoda.format.entry.FindingKind;
import io.osmoda.format.entry.Findings;
import io.osmoda.format.folder.LedgerFiles;
import io.osmoda.format.folder.ReadDisk;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.log.BadKeyException;
import io.osmoda.format.log.BadNoteException;
import io.osmoda.format.log.Checkpoint;
import io.osmoda.format.log.Hash;
import io.osmoda.format.log.SignedCheckpoint;
import io.osmoda.format.log.TrustPolicy;
import io.osmoda.format.log.VerifierKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoints that a ledger folder keeps (section 2), and which keys each answers to (section
 * 3). Only what they state is kept in memory; the notes are read again for their signatures. For
 * one use by one thread.
 */
final class KeptNotes {
  private static final int MAX_NOTE = 1 << 20;

  /** What one kept note states. */
  private record Kept(Path path, Checkpoint checkpoint) {}

  private final ReadDisk disk;
  private final boolean missing;
  private final List<Kept> notes; // by size
  private final @Nullable SignedCheckpoint newest; // of all; a writer may drop its file meanwhile
  private final long ignored;

  private KeptNotes(
      ReadDisk disk,
      boolean missing,
      List<Kept> notes,
      @Nullable SignedCheckpoint newest,
      long ignored) {
    this.disk = disk;
    this.missing = missing;
    this.notes = notes;
    this.newest = newest;
    this.ignored = ignored;
  }

  /** Reads all notes; those that are none are told. */
  static KeptNotes read(ReadDisk disk, Path folder, Findings findings) throws IOException {
    Path directory = folder.resolve(LedgerFiles.CHECKPOINTS);
    List<Kept> notes = new ArrayList<>();
    SignedCheckpoint newest = null;
    long ignored = 0;
    for (String name : disk.list(directory)) {
      Long size = LedgerFiles.number(name);
      Path path = directory.resolve(name);
      if (size == null) {
        ignored++;
        continue;
      }
      try {
        SignedCheckpoint signed = readNote(disk, path);
        Checkpoint checkpoint = signed.checkpoint();
        if (checkpoint.size() != size) {
          findings.add(
              FindingKind.BAD_MEMBER,
              "checkpoints/" + name + " is of size " + checkpoint.size() + ", unlike its name");
        }
        notes.add(new Kept(path, checkpoint));
        if (newest == null || checkpoint.size() > newest.checkpoint().size()) {
          newest = signed;
        }
      } catch (BadNoteException e) {
        findings.add(FindingKind.UNREADABLE, "checkpoints/" + name + ": " + e.getMessage());
      } catch (IOException e) {
        // A writer that goes on meanwhile drops notes that need not be kept any longer.
        if (disk.exists(path)) {
          findings.add(FindingKind.UNREADABLE, "checkpoints/" + name + ": " + e);
        }
      }
    }
    notes.sort(Comparator.comparingLong(note -> note.checkpoint().size()));
    return new KeptNotes(disk, !disk.exists(directory), notes, newest, ignored);
  }

  private static SignedCheckpoint readNote(ReadDisk disk, Path path)
      throws IOException, BadNoteException {
    try (ReadDisk.ReadFile file = disk.openRead(path)) {
      if (file.size() > MAX_NOTE) {
        throw new BadNoteException("a note of more than " + MAX_NOTE + " bytes");
      }
    }
    return SignedCheckpoint.parse(disk.readAll(path));
  }

  /** Whether there is no folder for them. */
  boolean isFolderMissing() {
    return missing;
  }

  boolean isEmpty() {
    return notes.isEmpty();
  }

  /** Files that are not named by 20 digits. */
  long ignored() {
    return ignored;
  }

  long[] sizes() {
    return notes.stream().mapToLong(note -> note.checkpoint().size()).toArray();
  }

  /** The origin that the newest note states, empty if there is none. */
  String newestOrigin() {
    return notes.isEmpty() ? "" : notes.getLast().checkpoint().origin();
  }

  /** The newest note of an origin, or null. */
  @Nullable Checkpoint newest(String origin) {
    for (Kept note : notes.reversed()) {
      if (note.checkpoint().origin().equals(origin)) {
        return note.checkpoint();
      }
    }
    return null;
  }

  /** Compares what each note states with the entries: origin, size and root. */
  void compare(LedgerScan scan, String origin, Findings findings) {
    for (Kept note : notes) {
      Checkpoint checkpoint = note.checkpoint();
      if (!checkpoint.origin().equals(origin)) {
        findings.add(FindingKind.BAD_ORIGIN, shown(note) + " is of " + checkpoint.origin());
      } else if (checkpoint.size() > scan.entries()) {
        findings.add(
            FindingKind.TRUNCATED,
            scan.due(),
            shown(note) + " counts " + checkpoint.size() + " entries");
      } else {
        Hash root = scan.root(checkpoint.size());
        if (root != null && !root.equals(checkpoint.root())) {
          findings.add(
              FindingKind.ROOT_MISMATCH,
              shown(note) + " has another root than the entries' " + root.base64());
        }
      }
    }
  }

  /** The newest note that states what the entries say, or null. */
  @Nullable Checkpoint newestMatching(LedgerScan scan, String origin) {
    for (Kept note : notes.reversed()) {
      if (matches(note, scan, origin)) {
        return note.checkpoint();
      }
    }
    return null;
  }

  private static boolean matches(Kept note, LedgerScan scan, String origin) {
    Checkpoint checkpoint = note.checkpoint();
    Hash root = scan.root(checkpoint.size());
    return checkpoint.origin().equals(origin) && root != null && root.equals(checkpoint.root());
  }

  /**
   * What the notes' signatures come to.
   *
   * @param newestSigned the newest note that is signed as demanded and matches the entries
   * @param quorum what the newest note lacks in cosignatures, or null
   */
  record Signatures(@Nullable Checkpoint newestSigned, @Nullable String quorum) {}

  /** Checks all notes' signatures by the keys that each answers to. */
  Signatures checkSignatures(
      TrustPolicy trust, LedgerScan scan, String origin, int threads, Findings findings)
      throws InterruptedException {
    KeyHistory history = follow(trust, scan, origin);
    Checkpoint newestSigned = null;
    String quorum = null;
    int index = 0;
    for (CheckpointVerifier.@Nullable Outcome outcome : verifyAll(history, threads)) {
      Kept note = notes.get(index++);
      if (outcome == null) {
        // Dropped by a writer that goes on, as in read(): then it counts no more than one that was
        // never there.
        if (disk.exists(note.path())) {
          findings.add(FindingKind.UNREADABLE, shown(note) + " changed during the verification");
        }
        continue;
      }
      for (Finding finding : outcome.findings()) {
        findings.add(finding.kind(), finding.detail());
      }
      quorum = outcome.notChecked();
      if (outcome.isSigned() && matches(note, scan, origin)) {
        newestSigned = note.checkpoint();
      }
    }
    return new Signatures(newestSigned, quorum);
  }

  private List<CheckpointVerifier.@Nullable Outcome> verifyAll(KeyHistory history, int threads)
      throws InterruptedException {
    List<CheckpointVerifier.@Nullable Outcome> outcomes = new ArrayList<>();
    int workersNeeded = Math.min(threads, notes.size());
    if (workersNeeded <= 1) {
      for (Kept note : notes) {
        outcomes.add(verify(note, history.demandedAt(note.checkpoint().size())));
      }
      return outcomes;
    }
    List<Callable<CheckpointVerifier.@Nullable Outcome>> checks = new ArrayList<>();
    for (Kept note : notes) {
      checks.add(() -> verify(note, history.demandedAt(note.checkpoint().size())));
    }
    ExecutorService workers =
        Executors.newFixedThreadPool(
            workersNeeded, Thread.ofPlatform().daemon().name("verify-notes-", 0).factory());
    try {
      for (Future<CheckpointVerifier.@Nullable Outcome> check : workers.invokeAll(checks)) {
        outcomes.add(check.get());
      }
      return outcomes;
    } catch (ExecutionException e) {
      throw new IllegalStateException("checking a note failed", e.getCause());
    } finally {
      workers.shutdownNow();
    }
  }

  /** What a note's signatures come to; null where its file is gone or another meanwhile. */
  private CheckpointVerifier.@Nullable Outcome verify(Kept note, TrustPolicy demanded) {
    try {
      SignedCheckpoint signed =
          newest != null && note.checkpoint().equals(newest.checkpoint())
              ? newest
              : readNote(disk, note.path());
      return signed.checkpoint().equals(note.checkpoint())
          ? new CheckpointVerifier(demanded).verify(signed)
          : null;
    } catch (IOException | BadNoteException e) {
      return null;
    }
  }

  /**
   * The keys that notes answer to, by size.
   *
   * @param ends sizes of the notes that end each era but the last
   */
  private record KeyHistory(List<Long> ends, List<TrustPolicy> eras, List<TrustPolicy> joints) {
    TrustPolicy demandedAt(long size) {
      for (int i = 0; i < ends.size(); i++) {
        if (size == ends.get(i)) {
          return joints.get(i);
        }
        if (size < ends.get(i)) {
          return eras.get(i);
        }
      }
      return eras.getLast();
    }
  }

  /** Follows key rotations from the trusted keys, forwards and backwards. */
  private KeyHistory follow(TrustPolicy trust, LedgerScan scan, String origin) {
    List<LedgerScan.Rotation> rotations = scan.rotations();
    int trusted = 0;
    while (trusted <= rotations.size() && !keys(rotations, trusted).containsAll(trust.logKeys())) {
      trusted++;
    }
    if (rotations.isEmpty() || trusted > rotations.size()) {
      return new KeyHistory(List.of(), List.of(trust), List.of());
    }
    List<Long> ends = new ArrayList<>();
    List<TrustPolicy> eras = new ArrayList<>();
    List<TrustPolicy> joints = new ArrayList<>();
    eras.add(trust);
    for (int i = trusted; i < rotations.size(); i++) {
      Kept joint = jointNote(rotations, i, trust, scan, origin);
      if (joint == null) {
        break;
      }
      ends.add(joint.checkpoint().size());
      joints.add(both(rotations.get(i), trust));
      eras.add(policy(rotations.get(i).after(), trust));
    }
    for (int i = trusted - 1; i >= 0; i--) {
      Kept joint = jointNote(rotations, i, trust, scan, origin);
      if (joint == null) {
        break;
      }
      ends.addFirst(joint.checkpoint().size());
      joints.addFirst(both(rotations.get(i), trust));
      eras.addFirst(policy(rotations.get(i).before(), trust));
    }
    return new KeyHistory(ends, eras, joints);
  }

  /** The keys in force before a rotation, or after the last one. */
  private static Collection<String> keys(List<LedgerScan.Rotation> rotations, int index) {
    if (rotations.isEmpty()) {
      return Set.of();
    }
    return index < rotations.size() ? rotations.get(index).before() : rotations.getLast().after();
  }

  /** The note that old and new keys signed together after a rotation, or null. */
  private @Nullable Kept jointNote(
      List<LedgerScan.Rotation> rotations,
      int index,
      TrustPolicy trust,
      LedgerScan scan,
      String origin) {
    LedgerScan.Rotation rotation = rotations.get(index);
    if (!LedgerScan.areLogKeys(rotation.before(), origin)
        || !LedgerScan.areLogKeys(rotation.after(), origin)) {
      return null;
    }
    long last =
        index + 1 < rotations.size() ? rotations.get(index + 1).seq() : JsonNumber.MAX_SAFE_INTEGER;
    TrustPolicy both = both(rotation, trust);
    for (Kept note : notes) {
      long size = note.checkpoint().size();
      if (size > rotation.seq() && size <= last && matches(note, scan, origin)) {
        CheckpointVerifier.Outcome outcome = verify(note, both);
        if (outcome != null && outcome.isSigned()) {
          return note;
        }
      }
    }
    return null;
  }

  private static TrustPolicy both(LedgerScan.Rotation rotation, TrustPolicy trust) {
    Set<String> keys = new LinkedHashSet<>(rotation.before());
    keys.addAll(rotation.after());
    return policy(keys, trust);
  }

  private static TrustPolicy policy(Collection<String> vkeys, TrustPolicy trust) {
    List<VerifierKey> keys = new ArrayList<>();
    try {
      for (String vkey : vkeys) {
        keys.add(VerifierKey.parse(vkey));
      }
    } catch (BadKeyException e) {
      throw new IllegalArgumentException("these keys were checked before", e);
    }
    return trust.withLogKeys(keys);
  }

  private static String shown(Kept note) {
    return "checkpoints/" + note.path().getFileName();
  }
}
