package io.osmoda.verify;

import io.osmoda.ledger.BadNoteException;
import io.osmoda.ledger.BadProofException;
import io.osmoda.ledger.CauseReference;
import io.osmoda.ledger.Checkpoint;
import io.osmoda.ledger.Entry;
import io.osmoda.ledger.FindingKind;
import io.osmoda.ledger.Findings;
import io.osmoda.ledger.Hash;
import io.osmoda.ledger.InclusionProof;
import io.osmoda.ledger.JsonNumber;
import io.osmoda.ledger.JsonObject;
import io.osmoda.ledger.LineCheck;
import io.osmoda.ledger.ProofVerification;
import io.osmoda.ledger.RangeProof;
import io.osmoda.ledger.RedactedRange;
import io.osmoda.ledger.SignedCheckpoint;
import io.osmoda.ledger.TrustPolicy;
import io.osmoda.ledger.Verdict;
import io.osmoda.ledger.VerifyOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Verifies a bundle by itself (sections 6 and 8): no ledger, no network, nothing that it says of
 * its own trust. Reads every file once, a line at a time; what is kept are 32 bytes and a few bits
 * a line. For one bundle.
 */
public final class BundleVerifier {
  private static final int MAX_NOTE = 1 << 16;
  private static final int MAX_PROOF = 1 << 20;
  private static final int BUFFER = 1 << 16;
  private static final List<String> LISTED =
      List.of("annotations.ndjson", "context.ndjson", "entries.ndjson");

  private final BundleFiles files;
  private final VerifyOptions options;
  private final @Nullable TrustPolicy trust;
  private final Findings findings = new Findings();
  private final List<String> notChecked = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final LineCheck check = new LineCheck();

  // What the lines of entries.ndjson told.
  private final HashList hashes = new HashList();
  // By the line's place: seq - first, in a sample its index. So a few lines never take much memory.
  private final BitSet present = new BitSet(); // there is such a line
  private final BitSet missing = new BitSet(); // it has no payload
  private final BitSet matchingMissing = new BitSet(); // it has none and matches
  private final List<RedactedRange> redactions = new ArrayList<>();
  private final List<SampleLine> sampleLines = new ArrayList<>();
  private final Set<Long> proven = new HashSet<>(); // whose proof was looked at
  private long lines;
  private long matching;
  private long uncheckedCauses;

  private record SampleLine(long seq, Hash hash) {}

  private BundleVerifier(BundleFiles files, VerifyOptions options) {
    this.files = files;
    this.options = options;
    this.trust = options.trust();
  }

  /**
   * Verifies a bundle.
   *
   * @param bundle a folder or a zip
   * @param options without trust it is at best {@code unverifiable}; a bundle leaves no state
   * @throws IOException if there is nothing of that name that can be opened
   */
  public static BundleVerification verify(Path bundle, VerifyOptions options) throws IOException {
    try (BundleFiles files = BundleFiles.open(bundle)) {
      return new BundleVerifier(files, options).verify();
    }
  }

  /**
   * Verifies a bundle under a policy.
   *
   * @throws IOException as the other
   */
  public static BundleVerification verify(Path bundle, TrustPolicy trust) throws IOException {
    return verify(bundle, VerifyOptions.defaults().withTrust(trust, "a policy"));
  }

  private BundleVerification verify() throws IOException {
    if (!files.isBundle()) {
      notChecked.add("anything: it is neither a folder nor a zip");
      return result(null, null, null, null);
    }
    for (String fault : files.faults()) {
      findings.add(FindingKind.BAD_MANIFEST, fault);
    }
    if (files.names().isEmpty() && findings.isEmpty()) {
      notChecked.add("anything: it holds no files");
      return result(null, null, null, null);
    }
    byte[] bytes = read("manifest.json", Manifest.MAX_BYTES);
    Manifest manifest = null;
    try {
      manifest = bytes == null ? null : Manifest.parse(bytes);
    } catch (BadManifestException e) {
      if (e.isOfOtherFormat()) {
        notChecked.add("anything: its " + e.getMessage() + " here");
        return new BundleVerification(
            Verdict.UNVERIFIABLE,
            null,
            null,
            null,
            0,
            List.of(),
            null,
            options.trustSource(),
            notChecked,
            notes);
      }
      findings.add(FindingKind.BAD_MANIFEST, "manifest.json: " + e.getMessage());
    }
    SignedCheckpoint checkpoint = readCheckpoint(manifest);
    if (manifest == null || bytes == null) {
      return result(null, null, null, checkpoint);
    }
    long size = checkpoint == null ? JsonNumber.MAX_SAFE_INTEGER : checkpoint.checkpoint().size();
    if (manifest.endSeq() > size || manifest.size() > size) {
      findings.add(FindingKind.BAD_MANIFEST, "manifest.json speaks of entries past the checkpoint");
    }
    checkEntries(manifest, checkpoint);
    checkContext(manifest, checkpoint);
    checkExplained(manifest);
    Counts counts = new Counts(lines, matching, redactedCount(manifest), missing.cardinality());
    if (!counts.equals(manifest.counts())) {
      findings.add(
          FindingKind.BAD_MANIFEST, "counted %s, stated %s".formatted(counts, manifest.counts()));
    }
    checkAnnotations(manifest);
    Long closing = checkExport(manifest, bytes, checkpoint);
    checkSample(manifest, checkpoint);
    checkFileList(manifest, closing);
    return result(manifest, counts, manifest.isSample() ? "sample" : "range", checkpoint);
  }

  private BundleVerification result(
      @Nullable Manifest manifest,
      @Nullable Counts counts,
      @Nullable String kind,
      @Nullable SignedCheckpoint checkpoint) {
    if (trust == null) {
      notChecked.add("the checkpoint's signatures: no trust policy was given");
    }
    if (manifest != null && trust != null && !trust.logKeys().equals(manifest.logKeys())) {
      Set<String> stated = new HashSet<>(manifest.logKeys());
      if (!stated.equals(new HashSet<>(trust.logKeys()))) {
        notes.add("the manifest states other log keys than the trust policy");
      }
    }
    if (manifest != null && manifest.isSample()) {
      notes.add(
          "a sample: each line is proven to stand in the ledger, but nothing says that these are"
              + " all; the population's bundle does");
    }
    Checkpoint stated = checkpoint == null ? null : checkpoint.checkpoint();
    Verdict verdict =
        !findings.isEmpty()
            ? Verdict.TAMPERED
            : notChecked.isEmpty() ? Verdict.INTACT : Verdict.UNVERIFIABLE;
    return new BundleVerification(
        verdict,
        kind,
        manifest == null ? null : manifest.origin(),
        counts,
        uncheckedCauses,
        findings.toList(),
        stated,
        options.trustSource(),
        notChecked,
        notes);
  }

  /** A file's bytes; null, and a finding, where it is missing or cannot be read. */
  private byte @Nullable [] read(String name, int longest) {
    try {
      return files.read(name, longest);
    } catch (IOException e) {
      findings.add(FindingKind.UNREADABLE, name + ": " + e.getMessage());
      return null;
    }
  }

  private @Nullable SignedCheckpoint readCheckpoint(@Nullable Manifest manifest) {
    byte[] note = read("checkpoint", MAX_NOTE);
    if (note == null) {
      return null;
    }
    SignedCheckpoint checkpoint;
    try {
      checkpoint = SignedCheckpoint.parse(note);
    } catch (BadNoteException e) {
      findings.add(FindingKind.UNREADABLE, "checkpoint: " + e.getMessage());
      return null;
    }
    if (manifest != null && !manifest.origin().equals(checkpoint.checkpoint().origin())) {
      findings.add(
          FindingKind.BAD_ORIGIN,
          "manifest.json is of %s, the checkpoint of %s"
              .formatted(manifest.origin(), checkpoint.checkpoint().origin()));
    }
    compareSince(checkpoint.checkpoint());
    if (trust != null) {
      ProofVerification signatures = checkpoint.verify(trust);
      signatures.findings().forEach(each -> findings.add(each.kind(), each.detail()));
      notChecked.addAll(signatures.notChecked());
    }
    return checkpoint;
  }

  /** A bundle has no proof of growth: only a checkpoint of the same size can be compared. */
  private void compareSince(Checkpoint own) {
    SignedCheckpoint signed = options.since();
    if (signed == null) {
      return;
    }
    Checkpoint since = signed.checkpoint();
    if (!since.origin().equals(own.origin())) {
      findings.add(FindingKind.BAD_ORIGIN, "the older checkpoint is of " + since.origin());
    } else if (since.size() != own.size()) {
      notChecked.add(
          "the older checkpoint of size %d: a bundle, whose own has %d, cannot show that one grew"
                  .formatted(since.size(), own.size())
              + " from the other");
    } else if (!since.root().equals(own.root())) {
      findings.add(FindingKind.ROLLBACK, "the older checkpoint of the same size has another root");
    }
  }

  // --- entries.ndjson

  private void checkEntries(Manifest manifest, @Nullable SignedCheckpoint checkpoint) {
    MessageDigest digest = Digests.sha256();
    boolean isWhole = false;
    try (InputStream in = new DigestInputStream(files.open("entries.ndjson"), digest)) {
      EntryLines entries = new EntryLines(manifest, new LineSource(in));
      if (!manifest.isSample()) {
        checkRange(manifest, checkpoint, entries);
      }
      while (entries.hasNext()) {
        entries.next(); // what no proof asked for is checked all the same
      }
      entries.checkEnd();
      isWhole = true;
    } catch (IOException e) {
      findings.add(FindingKind.UNREADABLE, "entries.ndjson: " + e.getMessage());
    } catch (UncheckedIOException e) {
      findings.add(
          FindingKind.UNREADABLE,
          "entries.ndjson: " + Objects.requireNonNull(e.getCause()).getMessage());
    }
    if (isWhole) {
      checkHash(manifest, "entries.ndjson", digest);
    }
  }

  private void checkRange(
      Manifest manifest, @Nullable SignedCheckpoint checkpoint, Iterator<Hash> entryHashes) {
    byte[] bytes = read("range.proof", MAX_PROOF);
    if (bytes == null || checkpoint == null) {
      return;
    }
    try {
      RangeProof proof = RangeProof.parse(bytes);
      if (!proof.checkpoint().equals(checkpoint)) {
        findings.add(FindingKind.BAD_PROOF, "range.proof ends in another checkpoint");
      } else if (proof.first() != manifest.firstSeq() || proof.end() != manifest.endSeq()) {
        findings.add(FindingKind.BAD_PROOF, "range.proof is of another range");
      } else if (!proof.leadsToRoot(entryHashes)) {
        findings.add(FindingKind.BAD_PROOF, "the entries do not lead to the checkpoint's root");
      }
    } catch (BadProofException e) {
      findings.add(FindingKind.BAD_PROOF, "range.proof: " + e.getMessage());
    }
  }

  private void checkHash(Manifest manifest, String name, MessageDigest digest) {
    String stated = manifest.files().get(name);
    if (stated != null && !stated.equals(Hash.of(digest.digest()).hex())) {
      findings.add(
          FindingKind.BAD_MANIFEST, name + " has not the SHA-256 that manifest.json states");
    }
  }

  /** The lines of entries.ndjson, checked as they are read; gives their recomputed hashes. */
  private final class EntryLines implements Iterator<Hash> {
    private final Manifest manifest;
    private final LineSource source;
    private long due;
    private long holes;
    private @Nullable Hash tip;
    private @Nullable String time;
    private @Nullable String lastTime;
    private @Nullable Hash ahead;
    private boolean ended;

    EntryLines(Manifest manifest, LineSource source) {
      this.manifest = manifest;
      this.source = source;
      this.due = manifest.firstSeq();
      this.tip = manifest.firstSeq() == 0 && !manifest.isSample() ? Hash.ZERO : null;
    }

    @Override
    public boolean hasNext() {
      if (ahead == null && !ended) {
        try {
          if (source.next()) {
            ahead = line();
          } else {
            ended = true;
          }
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
      return ahead != null;
    }

    @Override
    public Hash next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Hash hash = Objects.requireNonNull(ahead);
      ahead = null;
      return hash;
    }

    private Hash line() {
      lines++;
      LineCheck.Line line = check.check(source.buffer(), source.offset(), source.length(), due);
      if (!source.hasLineFeed()) {
        findings.add(FindingKind.UNREADABLE, due, "the last line has no LF");
      }
      line.faults().forEach(each -> add(each.kind(), each.seq(), each.detail()));
      Entry entry = line.entry();
      Hash hash = line.hash();
      if (line.seq() >= 0) {
        checkPlace(line.seq());
      } else {
        holes++;
      }
      if (entry == null || hash == null) {
        tip = null;
        return Hash.ZERO;
      }
      checkLink(entry);
      keep(entry, hash);
      checkCauses(manifest, entry, entry.seq());
      return hash;
    }

    private void checkPlace(long seq) {
      if (manifest.isSample()) {
        if (seq < due) {
          findings.add(FindingKind.DUPLICATE_SEQ, seq, "a sample's lines stand in order");
        }
        if (seq != due) {
          tip = null;
        }
        due = Math.max(due, seq + 1);
        return;
      }
      if (seq < due) {
        findings.add(FindingKind.DUPLICATE_SEQ, seq, "number " + due + " was due here");
      } else if (seq > due + holes) {
        findings.add(FindingKind.MISSING_SEQ, due, "the next line there is has number " + seq);
      }
      due = Math.max(due, seq + 1);
      holes = 0;
    }

    private void checkLink(Entry entry) {
      if (tip != null && !entry.prevHash().equals(tip)) {
        findings.add(
            FindingKind.BROKEN_LINK,
            entry.seq(),
            "prev_hash is not the entry_hash of the line before");
      }
      tip = entry.entryHash();
      if (time != null && time.compareTo(entry.timestamp()) > 0) {
        findings.add(
            FindingKind.TIME_REVERSED, entry.seq(), "timestamp is before that of the line before");
      }
      String from = manifest.timeFrom();
      if (time == null
          && from != null
          && !manifest.isSample()
          && entry.seq() != 0
          && entry.timestamp().compareTo(from) >= 0) {
        findings.add(
            FindingKind.MISSING_SEQ,
            manifest.firstSeq(),
            "the first line is not from before time_from, so earlier ones may be missing");
      }
      time = entry.timestamp();
      lastTime = entry.timestamp();
    }

    private void keep(Entry entry, Hash hash) {
      long seq = entry.seq();
      if (seq < manifest.firstSeq() || seq >= manifest.endSeq()) {
        findings.add(FindingKind.BAD_MANIFEST, "entry " + seq + " is outside the range");
        return;
      }
      long place = manifest.isSample() ? sampleLines.size() : seq - manifest.firstSeq();
      boolean isInPlace =
          manifest.isSample()
              ? sampleLines.isEmpty() || sampleLines.getLast().seq() < seq
              : place < lines && !present.get((int) place);
      int at = (int) place;
      if (isInPlace) { // else there is a finding of a lower number already
        if (manifest.isSample()) {
          sampleLines.add(new SampleLine(seq, hash));
        }
        hashes.put(at, hash);
        present.set(at);
      }
      boolean matches = manifest.isInside(entry.timestamp()) && manifest.filter().matches(entry);
      boolean isWhole = !entry.isRedacted();
      if (matches) {
        matching++;
      }
      if (!isWhole) {
        if (isInPlace) {
          missing.set(at);
          matchingMissing.set(at, matches);
        }
      } else if (!entry.isContext() && (!matches || manifest.withheld())) {
        findings.add(FindingKind.FILTER_MISMATCH, seq, "it stands whole, and should be a skeleton");
      }
      if (manifest.isSample() && !matches) {
        findings.add(FindingKind.FILTER_MISMATCH, seq, "a sample holds matching entries alone");
      }
      if (entry.action().equals("ledger_redact")) {
        addRedaction(entry);
      }
      if (seq == 0
          && !(entry.action().equals("ledger_create")
              && manifest.origin().equals(entry.target()))) {
        findings.add(
            FindingKind.BAD_ORIGIN, 0, "entry 0 is not the making of " + manifest.origin());
      }
    }

    void checkEnd() {
      if (manifest.isSample()) {
        return;
      }
      if (due < manifest.endSeq()) {
        findings.add(
            FindingKind.MISSING_SEQ,
            due,
            "the lines end before " + manifest.endSeq() + ", the range's end");
      }
      String to = manifest.timeTo();
      if (to != null && (lastTime == null || lastTime.compareTo(to) < 0)) {
        findings.add(
            FindingKind.MISSING_SEQ,
            manifest.endSeq(),
            "the last line is from before time_to, so later ones may be missing");
      }
    }
  }

  private void add(FindingKind kind, @Nullable Long seq, String detail) {
    if (seq == null) {
      findings.add(kind, detail);
    } else {
      findings.add(kind, seq, detail);
    }
  }

  private @Nullable RedactedRange addRedaction(Entry entry) {
    String target = entry.target();
    RedactedRange range =
        target == null ? null : RedactedRange.parse(target, entry.seq()).orElse(null);
    if (range != null) {
      redactions.add(range);
    }
    return range;
  }

  private void checkCauses(Manifest manifest, Entry entry, long own) {
    for (CauseReference cause : entry.causedBy()) {
      if (cause.origin().equals(manifest.origin())) {
        findings.add(FindingKind.BAD_CAUSE, own, "caused_by spells out this ledger's own origin");
      } else if (!cause.origin().isEmpty()) {
        uncheckedCauses++;
      } else if (cause.seq() >= own) {
        findings.add(
            FindingKind.BAD_CAUSE,
            own,
            "caused_by names entry " + cause.seq() + ", which is not earlier");
      } else if (!isPresent(manifest, cause.seq())) {
        uncheckedCauses++;
      } else if (!hashes.is(placeOf(manifest, cause.seq()), cause.entryHash())) {
        findings.add(
            FindingKind.BAD_CAUSE, own, "caused_by does not name the hash of entry " + cause.seq());
      }
    }
  }

  // --- context.ndjson and what it explains

  private void checkContext(Manifest manifest, @Nullable SignedCheckpoint checkpoint) {
    MessageDigest digest = Digests.sha256();
    try (InputStream in = new DigestInputStream(files.open("context.ndjson"), digest)) {
      LineSource source = new LineSource(in);
      long last = -1;
      while (source.next()) {
        Entry entry = lonelyLine(source, "context.ndjson", checkpoint);
        if (entry == null) {
          continue;
        }
        if (entry.seq() <= last) {
          findings.add(
              FindingKind.BAD_MANIFEST, "context.ndjson is not in the order of its entries");
        }
        last = entry.seq();
        checkCauses(manifest, entry, entry.seq());
        boolean isOutside =
            entry.seq() >= manifest.endSeq()
                || (manifest.isSample() && !isPresent(manifest, entry.seq()));
        RedactedRange range =
            entry.action().equals("ledger_redact") && isOutside ? addRedaction(entry) : null;
        if (range == null || !namesMissing(manifest, range)) {
          findings.add(
              FindingKind.BAD_MANIFEST,
              "entry %d in context.ndjson explains no payload that is missing"
                  .formatted(entry.seq()));
        }
      }
    } catch (IOException e) {
      findings.add(FindingKind.UNREADABLE, "context.ndjson: " + e.getMessage());
      return;
    }
    checkHash(manifest, "context.ndjson", digest);
  }

  private boolean isPresent(Manifest manifest, long seq) {
    int place = placeOf(manifest, seq);
    return present.get(place)
        && (manifest.isSample()
            ? sampleLines.get(place).seq() == seq
            : seq == manifest.firstSeq() + place);
  }

  /**
   * The place of the first line that has this number or a larger one, as far as there are lines.
   */
  private int placeOf(Manifest manifest, long seq) {
    if (!manifest.isSample()) {
      return (int) Math.max(0, Math.min(seq - manifest.firstSeq(), lines));
    }
    int low = 0;
    int high = sampleLines.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sampleLines.get(middle).seq() < seq) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private boolean namesMissing(Manifest manifest, RedactedRange range) {
    int found = missing.nextSetBit(placeOf(manifest, range.first()));
    return found >= 0 && found < placeOf(manifest, range.last() + 1);
  }

  /** A line outside the range with its proof; null where it is no entry. */
  private @Nullable Entry lonelyLine(
      LineSource source, String file, @Nullable SignedCheckpoint checkpoint) {
    LineCheck.Line line = check.check(source.buffer(), source.offset(), source.length(), 0);
    if (!source.hasLineFeed()) {
      findings.add(FindingKind.UNREADABLE, file + ": the last line has no LF");
    }
    line.faults()
        .forEach(
            each ->
                add(each.kind(), line.seq() < 0 ? null : each.seq(), file + ": " + each.detail()));
    Entry entry = line.entry();
    Hash hash = line.hash();
    if (entry != null && hash != null) {
      proven.add(entry.seq());
      checkProof(entry.seq(), hash, checkpoint);
    }
    return entry;
  }

  private static String proofName(long seq) {
    return BundleFiles.PROOFS + seq + ".tlog-proof";
  }

  private void checkProof(long seq, Hash hash, @Nullable SignedCheckpoint checkpoint) {
    byte[] bytes = read(proofName(seq), MAX_PROOF);
    if (bytes == null || checkpoint == null) {
      return;
    }
    try {
      InclusionProof proof = InclusionProof.parse(bytes);
      if (!proof.checkpoint().equals(checkpoint)) {
        findings.add(FindingKind.BAD_PROOF, proofName(seq) + " ends in another checkpoint");
      } else if (proof.index() != seq || !proof.leadsToRoot(hash)) {
        findings.add(
            FindingKind.BAD_PROOF, proofName(seq) + " does not lead to the checkpoint's root");
      }
    } catch (BadProofException e) {
      findings.add(FindingKind.BAD_PROOF, proofName(seq) + ": " + e.getMessage());
    }
  }

  /** The lines that a redaction names. */
  private BitSet explained(Manifest manifest) {
    BitSet explained = new BitSet();
    for (RedactedRange range : redactions) {
      int from = placeOf(manifest, range.first());
      explained.set(from, Math.max(from, placeOf(manifest, range.last() + 1)));
    }
    return explained;
  }

  private long redactedCount(Manifest manifest) {
    BitSet redacted = explained(manifest);
    redacted.and(matchingMissing);
    return redacted.cardinality();
  }

  private void checkExplained(Manifest manifest) {
    if (manifest.withheld()) {
      return;
    }
    BitSet unexplained = (BitSet) matchingMissing.clone();
    unexplained.andNot(explained(manifest));
    for (int at = unexplained.nextSetBit(0); at >= 0; at = unexplained.nextSetBit(at + 1)) {
      findings.add(
          FindingKind.FILTER_MISMATCH,
          manifest.isSample() ? sampleLines.get(at).seq() : manifest.firstSeq() + at,
          "it matches, and has no payload though no redaction names it");
    }
  }

  // --- the other files

  private void checkAnnotations(Manifest manifest) {
    MessageDigest digest = Digests.sha256();
    try (InputStream in = new DigestInputStream(files.open("annotations.ndjson"), digest)) {
      LineSource source = new LineSource(in);
      long last = -1;
      while (source.next()) {
        Long seq =
            source.hasLineFeed()
                ? AnnotationLine.seq(
                    Arrays.copyOfRange(
                        source.buffer(),
                        source.offset(),
                        source.offset() + Math.min(source.length(), MAX_NOTE)))
                : null;
        if (seq == null || seq <= last || !isPresent(manifest, seq)) {
          findings.add(
              FindingKind.BAD_MANIFEST,
              "annotations.ndjson: a line after %d is no annotation of a line in entries.ndjson"
                  .formatted(last));
        } else {
          last = seq;
        }
      }
    } catch (IOException e) {
      findings.add(FindingKind.UNREADABLE, "annotations.ndjson: " + e.getMessage());
      return;
    }
    checkHash(manifest, "annotations.ndjson", digest);
  }

  /** Checks the line that closes the export; gives its number, null where there is none. */
  private @Nullable Long checkExport(
      Manifest manifest, byte[] manifestBytes, @Nullable SignedCheckpoint checkpoint) {
    if (manifest.isSample() && !files.names().contains("export.ndjson")) {
      return null;
    }
    Entry closing = null;
    int count = 0;
    try (InputStream in = files.open("export.ndjson")) {
      LineSource source = new LineSource(in);
      while (source.next()) {
        closing = lonelyLine(source, "export.ndjson", checkpoint);
        count++;
      }
    } catch (IOException e) {
      findings.add(FindingKind.UNREADABLE, "export.ndjson: " + e.getMessage());
      return null;
    }
    if (count != 1) {
      findings.add(FindingKind.BAD_MANIFEST, "export.ndjson holds " + count + " lines, not one");
    }
    if (closing == null) {
      return null;
    }
    checkCauses(manifest, closing, closing.seq());
    JsonObject payload = closing.payload();
    String to = manifest.timeTo();
    List<String> wrong = new ArrayList<>();
    if (!closing.action().equals("ledger_export") || !closing.status().equals("ok")) {
      wrong.add("it is no ledger_export with status ok");
    }
    if (payload == null
        || !Manifest.sha256(manifestBytes).hex().equals(payload.string("manifest_sha256"))) {
      wrong.add("it does not name this manifest.json");
    }
    if (payload == null || !sameJson(payload.get("counts"), manifest.counts().toJson())) {
      wrong.add("its counts are not those of manifest.json");
    }
    if (closing.seq() < manifest.endSeq()
        || (to != null && closing.timestamp().compareTo(to) < 0)) {
      wrong.add("it stands before the range's end");
    }
    if (closing.causedBy().isEmpty() || !closing.causedBy().getFirst().origin().isEmpty()) {
      wrong.add("it does not name the entry that began the export");
    }
    wrong.forEach(each -> findings.add(FindingKind.BAD_MANIFEST, "export.ndjson: " + each));
    return closing.seq();
  }

  private static boolean sameJson(io.osmoda.ledger.@Nullable JsonValue one, JsonObject other) {
    return one instanceof JsonObject object && object.members().equals(other.members());
  }

  private void checkSample(Manifest manifest, @Nullable SignedCheckpoint checkpoint) {
    if (!manifest.isSample()) {
      return;
    }
    Manifest.Sample sample = Objects.requireNonNull(manifest.sample());
    if (sample.n() != lines) {
      findings.add(
          FindingKind.BAD_MANIFEST,
          "the sample has %d lines, and manifest.json says %d".formatted(lines, sample.n()));
    }
    if (files.names().contains("range.proof")) {
      findings.add(FindingKind.BAD_MANIFEST, "a sample has no range.proof");
    }
    for (SampleLine line : sampleLines) {
      proven.add(line.seq());
      checkProof(line.seq(), line.hash(), checkpoint);
    }
  }

  private void checkFileList(Manifest manifest, @Nullable Long closing) {
    for (String name : LISTED) {
      if (!manifest.files().containsKey(name)) {
        findings.add(FindingKind.BAD_MANIFEST, "manifest.json does not list " + name);
      }
    }
    for (Map.Entry<String, String> file : manifest.files().entrySet()) {
      String name = file.getKey();
      if (!isListable(name)) {
        findings.add(
            FindingKind.BAD_MANIFEST,
            "manifest.json lists " + BundleFiles.Quoted.of(name) + ", which is not for it to list");
      } else if (!LISTED.contains(name)) {
        checkOther(manifest, name);
      }
    }
    Set<String> proofs = new HashSet<>();
    proven.forEach(seq -> proofs.add(proofName(seq)));
    for (String name : files.names()) {
      if (name.startsWith(BundleFiles.PROOFS)
          ? !proofs.contains(name)
          : isListable(name) && !manifest.files().containsKey(name)) {
        findings.add(FindingKind.BAD_MANIFEST, name + " does not belong to the bundle");
      }
    }
    if (closing == null && !manifest.isSample()) {
      findings.add(FindingKind.BAD_MANIFEST, "no entry closes the export");
    }
  }

  private static boolean isListable(String name) {
    return BundleFiles.isName(name)
        && !BundleFiles.UNLISTED.contains(name)
        && !name.startsWith(BundleFiles.PROOFS);
  }

  private void checkOther(Manifest manifest, String name) {
    MessageDigest digest = Digests.sha256();
    byte[] chunk = new byte[BUFFER];
    try (InputStream in = files.open(name)) {
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        digest.update(chunk, 0, count);
      }
    } catch (IOException e) {
      findings.add(FindingKind.UNREADABLE, name + ": " + e.getMessage());
      return;
    }
    checkHash(manifest, name, digest);
  }
}
