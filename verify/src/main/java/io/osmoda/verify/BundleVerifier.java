package io.osmoda.verify;

import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.FindingKind;
import io.osmoda.format.entry.Findings;
import io.osmoda.format.entry.RedactedRange;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonValue;
import io.osmoda.format.log.BadNoteException;
import io.osmoda.format.log.BadProofException;
import io.osmoda.format.log.Checkpoint;
import io.osmoda.format.log.Digests;
import io.osmoda.format.log.Hash;
import io.osmoda.format.log.InclusionProof;
import io.osmoda.format.log.RangeProof;
import io.osmoda.format.log.SignedCheckpoint;
import io.osmoda.format.log.TrustPolicy;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
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
 * its own trust. Reads every file once; lines are checked on several cores and judged in order.
 * What is kept are 32 bytes and a few bits a line. For one bundle.
 *
 * <p>A file that cannot be read to its end is judged as one that is missing: how much of it can be
 * had before that differs between readers, and verdicts must not.
 */
public final class BundleVerifier {
  private static final int MAX_NOTE = 1 << 20; // 100 signatures of ML-DSA-44 take 330 kB
  private static final int MAX_PROOF = 1 << 20;
  private static final int BUFFER = 1 << 16;
  private static final String ENTRIES = "entries.ndjson";
  private static final String CONTEXT = "context.ndjson";
  private static final String ANNOTATIONS = "annotations.ndjson";
  private static final List<String> LISTED = List.of(ANNOTATIONS, CONTEXT, ENTRIES);

  private final BundleFiles files;
  private final VerifyOptions options;
  private final @Nullable TrustPolicy trust;
  private final Findings findings = new Findings();
  private final List<String> notChecked = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();
  private final LineCheck check = new LineCheck();
  private final Set<Long> proven = new HashSet<>(); // whose proof was looked at
  private long uncheckedCauses;

  /** The timestamp of the entry that closes the export. */
  private @Nullable String closedAt;

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
    String unreadable = files.unreadable();
    if (unreadable != null) {
      notChecked.add("anything: " + unreadable);
      return result(null, null, null, null);
    }
    for (String fault : files.faults()) {
      findings.add(FindingKind.BAD_MANIFEST, fault);
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
    BundleLines lines = checkEntries(manifest, checkpoint);
    checkContext(manifest, lines, checkpoint);
    checkExplained(manifest, lines);
    Counts counts =
        new Counts(lines.lines(), lines.matching(), lines.redacted(), lines.withoutPayload());
    if (!counts.equals(manifest.counts())) {
      findings.add(
          FindingKind.BAD_MANIFEST, "counted %s, stated %s".formatted(counts, manifest.counts()));
    }
    checkAnnotations(manifest, lines);
    Long closing = checkExport(manifest, lines, bytes, checkpoint);
    checkSample(manifest, lines, checkpoint);
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
        closedAt,
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
      ProofVerification signatures = ProofVerification.of(checkpoint, trust);
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

  /** Checks the lines; gives what they told, and nothing where they cannot all be read. */
  private BundleLines checkEntries(Manifest manifest, @Nullable SignedCheckpoint checkpoint) {
    MessageDigest digest = Digests.sha256();
    BundleLines told = new BundleLines(manifest);
    Findings found = new Findings();
    try (InputStream file = files.open(ENTRIES);
        InputStream in = counted(new DigestInputStream(file, digest));
        LineChunks chunks = new LineChunks(in, manifest, options.threads())) {
      EntryLines entries = new EntryLines(manifest, chunks, told, found);
      if (!manifest.isSample()) {
        checkRange(manifest, checkpoint, entries, found);
      }
      while (entries.hasNext()) {
        entries.next(); // what no proof asked for is checked all the same
      }
      entries.checkEnd();
    } catch (IOException e) {
      return unreadable(manifest, e);
    } catch (UncheckedIOException e) {
      return unreadable(manifest, Objects.requireNonNull(e.getCause()));
    }
    findings.addAll(found);
    checkHash(manifest, ENTRIES, digest);
    return told;
  }

  private BundleLines unreadable(Manifest manifest, IOException e) {
    findings.add(FindingKind.UNREADABLE, ENTRIES + ": " + e.getMessage());
    uncheckedCauses = 0;
    return new BundleLines(manifest);
  }

  /** Tells how far the reading is. */
  private InputStream counted(InputStream in) throws IOException {
    long total = files.size(ENTRIES);
    return new FilterInputStream(in) {
      private long done;

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        int count = super.read(target, offset, length);
        done += Math.max(0, count);
        options.progress().progress(done, total);
        return count;
      }
    };
  }

  private void checkRange(
      Manifest manifest,
      @Nullable SignedCheckpoint checkpoint,
      Iterator<Hash> entryHashes,
      Findings found) {
    byte[] bytes = read("range.proof", MAX_PROOF);
    if (bytes == null || checkpoint == null) {
      return;
    }
    try {
      RangeProof proof = RangeProof.parse(bytes);
      if (!proof.checkpoint().equals(checkpoint)) {
        found.add(FindingKind.BAD_PROOF, "range.proof ends in another checkpoint");
      } else if (proof.first() != manifest.firstSeq() || proof.end() != manifest.endSeq()) {
        found.add(FindingKind.BAD_PROOF, "range.proof is of another range");
      } else if (!proof.leadsToRoot(entryHashes)) {
        found.add(FindingKind.BAD_PROOF, "the entries do not lead to the checkpoint's root");
      }
    } catch (BadProofException e) {
      found.add(FindingKind.BAD_PROOF, "range.proof: " + e.getMessage());
    }
  }

  private void checkHash(Manifest manifest, String name, MessageDigest digest) {
    String stated = manifest.files().get(name);
    if (stated != null && !stated.equals(Hash.of(digest.digest()).hex())) {
      findings.add(
          FindingKind.BAD_MANIFEST, name + " has not the SHA-256 that manifest.json states");
    }
  }

  /** The lines of entries.ndjson, judged in order; gives their recomputed hashes. */
  private final class EntryLines implements Iterator<Hash> {
    private final Manifest manifest;
    private final LineChunks chunks;
    private final BundleLines told;
    private final Findings found;

    private @Nullable LineChunk chunk;
    private int line; // of the chunk, the next to judge
    private LineChunk.Cursor<LineCheck.Fault> faults = LineChunk.Cursor.none();
    private LineChunk.Cursor<CauseReference> causes = LineChunk.Cursor.none();
    private LineChunk.Cursor<RedactedRange> redactions = LineChunk.Cursor.none();
    private boolean ended;

    private long due;
    private long holes;
    private boolean isLinked; // tip is the hash that the next line must link to
    private final byte[] tip = new byte[Hash.LENGTH];
    private boolean isTimed; // time is that of an entry before
    private final byte[] time = new byte[LineCheck.TIMESTAMP_LENGTH];

    EntryLines(Manifest manifest, LineChunks chunks, BundleLines told, Findings found) {
      this.manifest = manifest;
      this.chunks = chunks;
      this.told = told;
      this.found = found;
      this.due = manifest.firstSeq();
      this.isLinked = manifest.firstSeq() == 0 && !manifest.isSample(); // to zeros
    }

    @Override
    public boolean hasNext() {
      while (!ended && (chunk == null || line == chunk.lines())) {
        try {
          advance();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
      return !ended;
    }

    private void advance() throws IOException {
      if (chunk != null && chunk.hasMore()) {
        chunk.checkMore();
      } else {
        chunk = chunks.next();
      }
      line = 0;
      if (chunk == null) {
        ended = true;
      } else {
        faults = chunk.faults();
        causes = chunk.causes();
        redactions = chunk.redactions();
      }
    }

    @Override
    public Hash next() {
      if (!hasNext() || chunk == null) {
        throw new NoSuchElementException();
      }
      judge(chunk, line);
      return Hash.of(chunk.hashes(), line++ * Hash.LENGTH, Hash.LENGTH);
    }

    private void judge(LineChunk chunk, int line) {
      told.count();
      long seq = chunk.seq(line);
      if (!chunk.hasLineFeed(line)) {
        found.add(FindingKind.UNREADABLE, due, "the last line has no LF");
      }
      faults.of(line, fault -> found.add(fault.kind(), seq < 0 ? due : seq, fault.detail()));
      if (seq >= 0) {
        checkPlace(seq);
      } else {
        holes++;
      }
      if (!chunk.isEntry(line)) {
        isLinked = false;
        return;
      }
      checkLink(chunk, line);
      checkTime(chunk, line);
      if (seq < manifest.firstSeq() || seq >= manifest.endSeq()) {
        found.add(FindingKind.BAD_MANIFEST, "entry " + seq + " is outside the range");
      } else {
        keep(chunk, line);
      }
      causes.of(line, cause -> checkCause(manifest, told, cause, seq, found));
    }

    private void checkPlace(long seq) {
      if (manifest.isSample()) {
        if (seq < due) {
          found.add(FindingKind.DUPLICATE_SEQ, seq, "a sample's lines stand in order");
        }
        if (seq != due) {
          isLinked = false;
        }
        due = Math.max(due, seq + 1);
        return;
      }
      if (seq < due) {
        found.add(FindingKind.DUPLICATE_SEQ, seq, "number " + due + " was due here");
      } else if (seq > due + holes) {
        found.add(FindingKind.MISSING_SEQ, due, "the next line there is has number " + seq);
      }
      due = Math.max(due, seq + 1);
      holes = 0;
    }

    private void checkLink(LineChunk chunk, int line) {
      int at = line * Hash.LENGTH;
      if (isLinked
          && !Arrays.equals(chunk.prevHashes(), at, at + Hash.LENGTH, tip, 0, tip.length)) {
        found.add(
            FindingKind.BROKEN_LINK,
            chunk.seq(line),
            "prev_hash is not the entry_hash of the line before");
      }
      System.arraycopy(chunk.statedHashes(), at, tip, 0, tip.length);
      isLinked = true;
    }

    private void checkTime(LineChunk chunk, int line) {
      int at = chunk.time(line);
      String from = manifest.timeFrom();
      if (isTimed) {
        if (Arrays.compareUnsigned(time, 0, time.length, chunk.buffer, at, at + time.length) > 0) {
          found.add(
              FindingKind.TIME_REVERSED,
              chunk.seq(line),
              "timestamp is before that of the line before");
        }
      } else if (from != null
          && !manifest.isSample()
          && chunk.seq(line) != 0
          && chunk.timestamp(line).compareTo(from) >= 0) {
        found.add(
            FindingKind.MISSING_SEQ,
            manifest.firstSeq(),
            "the first line is not from before time_from, so earlier ones may be missing");
      }
      System.arraycopy(chunk.buffer, at, time, 0, time.length);
      isTimed = true;
    }

    private void keep(LineChunk chunk, int line) {
      long seq = chunk.seq(line);
      boolean isWhole = chunk.hasPayload(line);
      boolean matches = chunk.matches(line);
      told.add(seq, chunk.hashes(), line * Hash.LENGTH, isWhole, matches);
      if (isWhole && !chunk.isContext(line) && (!matches || manifest.withheld())) {
        found.add(FindingKind.FILTER_MISMATCH, seq, "it stands whole, and should be a skeleton");
      }
      if (manifest.isSample() && !matches) {
        found.add(FindingKind.FILTER_MISMATCH, seq, "a sample holds matching entries alone");
      }
      redactions.of(line, told::add);
      if (seq == 0 && !chunk.makesTheLedger(line)) {
        found.add(FindingKind.BAD_ORIGIN, 0, "entry 0 is not the making of " + manifest.origin());
      }
    }

    void checkEnd() {
      if (manifest.isSample()) {
        return;
      }
      if (due < manifest.endSeq()) {
        found.add(
            FindingKind.MISSING_SEQ,
            due,
            "the lines end before " + manifest.endSeq() + ", the range's end");
      }
      String to = manifest.timeTo();
      if (to != null
          && (!isTimed || new String(time, StandardCharsets.ISO_8859_1).compareTo(to) < 0)) {
        found.add(
            FindingKind.MISSING_SEQ,
            manifest.endSeq(),
            "the last line is from before time_to, so later ones may be missing");
      }
    }
  }

  private void checkCause(
      Manifest manifest, BundleLines lines, CauseReference cause, long own, Findings found) {
    if (cause.origin().equals(manifest.origin())) {
      found.add(FindingKind.BAD_CAUSE, own, "caused_by spells out this ledger's own origin");
    } else if (!cause.origin().isEmpty()) {
      uncheckedCauses++;
    } else if (cause.seq() >= own) {
      found.add(
          FindingKind.BAD_CAUSE,
          own,
          "caused_by names entry " + cause.seq() + ", which is not earlier");
    } else if (!lines.holds(cause.seq())) {
      uncheckedCauses++;
    } else if (!lines.isHashOf(cause)) {
      found.add(
          FindingKind.BAD_CAUSE, own, "caused_by does not name the hash of entry " + cause.seq());
    }
  }

  // --- context.ndjson and what it explains

  private void checkContext(
      Manifest manifest, BundleLines lines, @Nullable SignedCheckpoint checkpoint) {
    MessageDigest digest = Digests.sha256();
    Findings found = new Findings();
    List<RedactedRange> redactions = new ArrayList<>();
    try (InputStream in = new DigestInputStream(files.open(CONTEXT), digest)) {
      LineSource source = new LineSource(in);
      long last = -1;
      while (source.next()) {
        Entry entry = lonelyLine(source, CONTEXT, checkpoint, found);
        if (entry == null) {
          continue;
        }
        long seq = entry.seq();
        if (seq <= last) {
          found.add(FindingKind.BAD_MANIFEST, "context.ndjson is not in the order of its entries");
        }
        last = seq;
        entry.causedBy().forEach(cause -> checkCause(manifest, lines, cause, seq, found));
        boolean isOutside = seq >= manifest.endSeq() || (manifest.isSample() && !lines.holds(seq));
        RedactedRange range = isOutside ? check.redaction() : null;
        if (range != null) {
          redactions.add(range);
        }
        if (range == null || !lines.lacksPayloadIn(range)) {
          found.add(
              FindingKind.BAD_MANIFEST,
              "entry %d in context.ndjson explains no payload that is missing".formatted(seq));
        }
      }
    } catch (IOException e) {
      findings.add(FindingKind.UNREADABLE, CONTEXT + ": " + e.getMessage());
      return;
    }
    redactions.forEach(lines::add);
    findings.addAll(found);
    checkHash(manifest, CONTEXT, digest);
  }

  /** A line outside the range with its proof; null where it is no entry. */
  private @Nullable Entry lonelyLine(
      LineSource source, String file, @Nullable SignedCheckpoint checkpoint, Findings found) {
    boolean isEntry = source.check(check);
    long seq = check.seq();
    if (!source.hasLineFeed()) {
      found.add(FindingKind.UNREADABLE, file + ": the last line has no LF");
    }
    for (LineCheck.Fault fault : check.faults()) {
      String detail = file + ": " + fault.detail();
      if (seq < 0) {
        found.add(fault.kind(), detail);
      } else {
        found.add(fault.kind(), seq, detail);
      }
    }
    if (!isEntry) {
      return null;
    }
    byte[] hash = new byte[Hash.LENGTH];
    check.copyHash(hash, 0);
    proven.add(seq);
    checkProof(seq, Hash.of(hash), checkpoint, found);
    return check.entry();
  }

  private static String proofName(long seq) {
    return BundleFiles.PROOFS + seq + ".tlog-proof";
  }

  private void checkProof(
      long seq, Hash hash, @Nullable SignedCheckpoint checkpoint, Findings found) {
    byte[] bytes = read(proofName(seq), MAX_PROOF);
    if (bytes == null || checkpoint == null) {
      return;
    }
    try {
      InclusionProof proof = InclusionProof.parse(bytes);
      if (!proof.checkpoint().equals(checkpoint)) {
        found.add(FindingKind.BAD_PROOF, proofName(seq) + " ends in another checkpoint");
      } else if (proof.index() != seq || !proof.leadsToRoot(hash)) {
        found.add(
            FindingKind.BAD_PROOF, proofName(seq) + " does not lead to the checkpoint's root");
      }
    } catch (BadProofException e) {
      found.add(FindingKind.BAD_PROOF, proofName(seq) + ": " + e.getMessage());
    }
  }

  private void checkExplained(Manifest manifest, BundleLines lines) {
    if (manifest.withheld()) {
      return;
    }
    lines.unexplained(
        seq ->
            findings.add(
                FindingKind.FILTER_MISMATCH,
                seq,
                "it matches, and has no payload though no redaction names it"));
  }

  // --- the other files

  private void checkAnnotations(Manifest manifest, BundleLines lines) {
    MessageDigest digest = Digests.sha256();
    try (InputStream in = new DigestInputStream(files.open(ANNOTATIONS), digest)) {
      LineSource source = new LineSource(in);
      AnnotationLine annotation = new AnnotationLine();
      long last = -1;
      while (source.next()) {
        Long seq =
            source.hasLineFeed() && source.length() < LineCheck.MAX_LINE
                ? annotation.seq(
                    source.buffer(), source.offset(), source.offset() + source.length())
                : null;
        if (seq == null || seq <= last || !lines.holds(seq)) {
          findings.add(
              FindingKind.BAD_MANIFEST,
              "annotations.ndjson: a line after %d is no annotation of a line in entries.ndjson"
                  .formatted(last));
        } else {
          last = seq;
        }
      }
    } catch (IOException e) {
      findings.add(FindingKind.UNREADABLE, ANNOTATIONS + ": " + e.getMessage());
      return;
    }
    checkHash(manifest, ANNOTATIONS, digest);
  }

  /** Checks the line that closes the export; gives its number, null if there is none. */
  private @Nullable Long checkExport(
      Manifest manifest,
      BundleLines lines,
      byte[] manifestBytes,
      @Nullable SignedCheckpoint checkpoint) {
    if (manifest.isSample() && !files.names().contains("export.ndjson")) {
      return null;
    }
    Entry closing = null;
    int count = 0;
    Findings found = new Findings();
    try (InputStream in = files.open("export.ndjson")) {
      LineSource source = new LineSource(in);
      while (source.next()) {
        closing = lonelyLine(source, "export.ndjson", checkpoint, found);
        count++;
      }
    } catch (IOException e) {
      findings.add(FindingKind.UNREADABLE, "export.ndjson: " + e.getMessage());
      return null;
    }
    findings.addAll(found);
    if (count != 1) {
      findings.add(FindingKind.BAD_MANIFEST, "export.ndjson holds " + count + " lines, not one");
    }
    if (closing == null) {
      return null;
    }
    closedAt = closing.timestamp();
    long seq = closing.seq();
    closing.causedBy().forEach(cause -> checkCause(manifest, lines, cause, seq, findings));
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
    if (seq < manifest.endSeq() || (to != null && closing.timestamp().compareTo(to) < 0)) {
      wrong.add("it stands before the range's end");
    }
    if (closing.causedBy().isEmpty() || !closing.causedBy().getFirst().origin().isEmpty()) {
      wrong.add("it does not name the entry that began the export");
    }
    wrong.forEach(each -> findings.add(FindingKind.BAD_MANIFEST, "export.ndjson: " + each));
    return seq;
  }

  private static boolean sameJson(@Nullable JsonValue one, JsonObject other) {
    return one instanceof JsonObject object && object.members().equals(other.members());
  }

  private void checkSample(
      Manifest manifest, BundleLines lines, @Nullable SignedCheckpoint checkpoint) {
    if (!manifest.isSample()) {
      return;
    }
    Manifest.Sample sample = Objects.requireNonNull(manifest.sample());
    if (sample.n() != lines.lines()) {
      findings.add(
          FindingKind.BAD_MANIFEST,
          "the sample has %d lines, and manifest.json says %d"
              .formatted(lines.lines(), sample.n()));
    }
    if (files.names().contains("range.proof")) {
      findings.add(FindingKind.BAD_MANIFEST, "a sample has no range.proof");
    }
    for (BundleLines.SampleLine line : lines.sampleLines()) {
      proven.add(line.seq());
      checkProof(line.seq(), line.hash(), checkpoint, findings);
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
