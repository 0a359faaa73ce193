package io.osmoda.evidence;

import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.entry.RedactedRange;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.entry.Status;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.Digests;
import io.osmoda.format.log.SignedCheckpoint;
import io.osmoda.ledger.EntryCursor;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerReader;
import io.osmoda.query.FieldMask;
import io.osmoda.query.Moments;
import io.osmoda.query.SeqAtTime;
import io.osmoda.verify.BundleFilter;
import io.osmoda.verify.Counts;
import io.osmoda.verify.Manifest;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes bundles (section 6). Each export is on record twice: before anything is read, and at its
 * end, with the manifest's hash or with why it failed. Memory does not grow with what is exported
 * but for two bits an entry. Thread-safe.
 */
public final class BundleExport {
  private static final String ACTION = "ledger_export";
  private static final int BUFFER = 1 << 16;

  private static final String READ_ME =
      """
      This folder is a bundle of an osModa Audit ledger: a part of it, with proofs that no entry of
      the range is missing or changed. Check it with a verifier that you obtained elsewhere (the
      audited party put this one here) and with keys that you received separately:

          osmoda verify-bundle THIS --trust trust.policy
          python3 verify.py THIS --trust trust.policy

      or, for a zip, by opening verify.html in a browser.

      report.html is for reading: the request, what was recorded when, and which controls entries
      support. It was counted by the software that created the bundle and proves nothing by itself.
      verify.py and verify.html are included for convenience: obtain them elsewhere too.

      entries.ndjson contains every entry of the range; those that do not match the filter are
      skeletons without their payload. manifest.json states the request. Annotations name controls
      that an entry supports; they are a claim of the audited party and prove nothing.
      """;

  /** Files of ours that go along as they are. */
  private static final List<String> COME_ALONG = List.of("verify.html", "verify.py");

  private final Ledger ledger;
  private final LedgerReader reader;
  private final Frameworks frameworks;

  /**
   * An export of a ledger.
   *
   * @param frameworks what annotates the entries
   */
  public BundleExport(Ledger ledger, Frameworks frameworks) {
    this.ledger = ledger;
    this.reader = ledger.reader();
    this.frameworks = frameworks;
  }

  /**
   * Writes a bundle.
   *
   * @param requestedBy the actor who asks, {@code user:…}
   * @param sink finished here, closed by the caller
   * @return the entry that closes the export
   * @throws RequestRefusedException if the request cannot be served; says why
   */
  public Receipt write(ExportRequest request, String requestedBy, BundleSink sink)
      throws IOException {
    BundleFilter filter = request.filter(frameworks);
    List<Framework> mapped = frameworks.select(request.framework(), request.control());
    Instant to = request.to();
    if (to != null && to.isAfter(Instant.now())) {
      throw new RequestRefusedException(
          "the period ends at "
              + to
              + ", which is in the future; omit the end to include everything up to now");
    }
    Receipt pending =
        seal(
            Status.PENDING,
            List.of(),
            JsonObject.builder()
                .put("by", requestedBy)
                .put("filter", filter.toJson())
                .put("request", request.toJson())
                .build());
    try {
      return new Run(request, filter, mapped, requestedBy, sink, pending).write();
    } catch (IOException | RuntimeException e) {
      try {
        seal(
            Status.ERROR,
            List.of(CauseReference.local(pending)),
            JsonObject.builder().put("failure", String.valueOf(e.getMessage())).build());
      } catch (IOException | RuntimeException unsealed) {
        e.addSuppressed(unsealed);
      }
      throw e;
    }
  }

  /** Software and version, for manifests. */
  static String madeBy() {
    String version = BundleExport.class.getPackage().getImplementationVersion();
    return "osmoda " + (version == null ? "development" : version);
  }

  private Receipt seal(Status status, List<CauseReference> causes, JsonObject payload)
      throws IOException {
    try {
      return ledger.appendControl(ACTION, status, null, null, causes, payload).join();
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case IOException failure -> throw failure;
        case RuntimeException failure -> throw failure;
        case null, default -> throw new IOException("the entry was not sealed", e);
      }
    }
  }

  /** One export. */
  private final class Run {
    private final ExportRequest request;
    private final BundleFilter filter;
    private final List<Framework> mapped;
    private final String requestedBy;
    private final BundleSink sink;
    private final Receipt pending;
    private final Map<String, String> hashes = new TreeMap<>();
    private final BitSet missing = new BitSet(); // lines without payload, from the first on
    private final BitSet matchingMissing = new BitSet(); // those of them that match
    private long matching;

    Run(
        ExportRequest request,
        BundleFilter filter,
        List<Framework> mapped,
        String requestedBy,
        BundleSink sink,
        Receipt pending) {
      this.request = request;
      this.filter = filter;
      this.mapped = mapped;
      this.requestedBy = requestedBy;
      this.sink = sink;
      this.pending = pending;
    }

    Receipt write() throws IOException {
      SignedCheckpoint began = ledger.checkpoint();
      String timeFrom = null;
      String timeTo = null;
      long first = 0;
      long end = pending.seq();
      if (request.from() != null || request.to() != null) {
        String begun = reader.entry(pending.seq()).timestamp();
        Instant from = request.from();
        Instant to = request.to();
        timeFrom = from == null ? reader.entry(0).timestamp() : Moments.stamp(from);
        timeTo = to == null ? begun : Moments.stamp(to);
        if (timeTo.compareTo(begun) > 0) {
          throw new RequestRefusedException(
              "the period ends at " + timeTo + ", after the export started at " + begun);
        }
        if (timeFrom.compareTo(timeTo) >= 0) {
          throw new RequestRefusedException(
              "the period starts at " + timeFrom + ", not before " + timeTo);
        }
        first = Math.max(0, SeqAtTime.firstAtOrAfter(reader, timeFrom, end) - 1);
        end = SeqAtTime.firstAtOrAfter(reader, timeTo, end) + 1;
      }
      if (end - first > Integer.MAX_VALUE) {
        throw new RequestRefusedException(
            "a bundle holds at most " + Integer.MAX_VALUE + " entries: choose a shorter period");
      }
      ReportTally tally =
          new ReportTally(period(first, end, timeFrom, timeTo), mapped, timeFrom, timeTo);
      Annotator annotator = new Annotator(mapped);
      try (PendingAnnotations annotations = new PendingAnnotations(annotator, first)) {
        writeEntries(first, end, timeFrom, timeTo, annotator, annotations, tally);
        try (OutputStream out = begin("annotations.ndjson")) {
          annotations.writeTo(out);
        }
      }
      // One look, so that what explains a missing payload and what is counted agree.
      List<RedactedRange> redactions = ledger.redactions();
      List<Entry> context = writeContext(redactions, first, end);
      byte[] mapping =
          mapped.stream()
              .map(each -> each.yaml().endsWith("\n") ? each.yaml() : each.yaml() + "\n")
              .collect(Collectors.joining("---\n"))
              .getBytes(StandardCharsets.UTF_8);
      writeFile("mapping.yaml", mapping);
      writeFile("README.md", READ_ME.getBytes(StandardCharsets.UTF_8));
      for (String name : COME_ALONG) {
        writeFile(name, ReportPage.resource(name).getBytes(StandardCharsets.UTF_8));
      }
      Counts counts =
          new Counts(
              end - first, matching, redacted(redactions, first, end), missing.cardinality());
      tally.finish();
      writeFile(
          "report.html",
          ReportPage.of(
              new ReportScope(
                  ledger.origin(),
                  request,
                  filter,
                  mapped,
                  timeFrom,
                  timeTo,
                  counts,
                  reader.entry(0).timestamp(),
                  context.stream().map(ReportTally.Noted::of).toList(),
                  FieldMask.NONE),
              tally));
      String control = request.control();
      Manifest manifest =
          new Manifest(
              counts,
              first,
              end,
              hashes,
              filter,
              control == null ? request.framework() : request.framework() + " " + control,
              false,
              began.checkpoint().root().base64(),
              began.checkpoint().size(),
              reader.logKeys(),
              madeBy(),
              new Manifest.Mapping(
                  mapped.stream().map(Framework::id).collect(Collectors.joining("+")),
                  Digests.of(mapping).hex(),
                  mapped.stream().map(Framework::version).collect(Collectors.joining("+"))),
              ledger.origin(),
              request.withheld(),
              request.toJson(),
              requestedBy,
              null,
              timeFrom,
              timeTo);
      byte[] manifestBytes = manifest.toBytes();
      writePlain("manifest.json", manifestBytes);
      Receipt closing =
          seal(
              Status.OK,
              List.of(CauseReference.local(pending)),
              JsonObject.builder()
                  .put("counts", counts.toJson())
                  .put("manifest_sha256", Manifest.sha256(manifestBytes).hex())
                  .build());
      writeProofs(first, end, closing, context);
      // The manifest names the keys, the checkpoint came later: they must be of one rotation.
      if (!reader.logKeys().equals(manifest.logKeys())) {
        throw new IOException("the ledger's keys were rotated during the export: export again");
      }
      sink.finish();
      return closing;
    }

    private ReportPeriod period(
        long first, long end, @Nullable String timeFrom, @Nullable String timeTo)
        throws IOException {
      return timeFrom == null || timeTo == null
          ? new ReportPeriod(
              reader.entry(first).instant(), reader.entry(end - 1).instant().plusNanos(1), false)
          : new ReportPeriod(Instant.parse(timeFrom), Instant.parse(timeTo), true);
    }

    private void writeEntries(
        long first,
        long end,
        @Nullable String timeFrom,
        @Nullable String timeTo,
        Annotator annotator,
        PendingAnnotations annotations,
        ReportTally tally)
        throws IOException {
      try (EntryCursor cursor = reader.read(first, end);
          OutputStream out = begin("entries.ndjson")) {
        for (long seq = first; seq < end; seq++) {
          Entry entry = cursor.next();
          if (entry == null) {
            throw new IOException("the ledger ends before entry " + seq);
          }
          String time = entry.timestamp();
          boolean isInside =
              timeFrom == null
                  || timeTo == null
                  || (time.compareTo(timeFrom) >= 0 && time.compareTo(timeTo) < 0);
          boolean matches = isInside && filter.matches(entry);
          tally.add(entry, isInside, matches);
          boolean isWhole =
              entry.isContext() || (matches && !request.withheld() && !entry.isRedacted());
          int at = (int) (seq - first);
          if (!isWhole) {
            missing.set(at);
          }
          if (matches) {
            matching++;
            matchingMissing.set(at, !isWhole);
            Annotator.Note note = annotator.annotate(entry);
            if (note != null) {
              annotations.add(seq, note);
            }
          }
          out.write(isWhole ? entry.line() : entry.skeleton());
          out.write('\n');
        }
      }
    }

    /** The redactions past the range that name a payload missing in it. */
    private List<Entry> writeContext(List<RedactedRange> redactions, long first, long end)
        throws IOException {
      List<Entry> context = new ArrayList<>();
      try (OutputStream out = begin("context.ndjson")) {
        for (RedactedRange range : redactions) {
          if (range.announcedBy() >= end && names(range, missing, first, end)) {
            Entry entry = reader.entry(range.announcedBy());
            context.add(entry);
            out.write(entry.line());
            out.write('\n');
          }
        }
      }
      return context;
    }

    private static boolean names(RedactedRange range, BitSet lines, long first, long end) {
      long from = Math.max(range.first(), first);
      long to = Math.min(range.last() + 1, end);
      if (from >= to) {
        return false;
      }
      int found = lines.nextSetBit((int) (from - first));
      return found >= 0 && found < to - first;
    }

    private long redacted(List<RedactedRange> redactions, long first, long end) {
      BitSet named = new BitSet();
      for (RedactedRange range : redactions) {
        long from = Math.max(range.first(), first);
        long to = Math.min(range.last() + 1, end);
        if (range.announcedBy() >= first && from < to) {
          named.set((int) (from - first), (int) (to - first));
        }
      }
      named.and(matchingMissing);
      return named.cardinality();
    }

    private void writeProofs(long first, long end, Receipt closing, List<Entry> context)
        throws IOException {
      SignedCheckpoint checkpoint = ledger.checkpoint();
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      line.writeBytes(reader.entry(closing.seq()).line());
      line.write('\n');
      writePlain("export.ndjson", line.toByteArray());
      writePlain("checkpoint", checkpoint.note());
      writePlain("range.proof", reader.proveRange(first, end, checkpoint).toBytes());
      List<Long> proven = new ArrayList<>(List.of(closing.seq()));
      context.forEach(entry -> proven.add(entry.seq()));
      for (long seq : proven) {
        writePlain("proofs/" + seq + ".tlog-proof", reader.prove(seq, checkpoint).toBytes());
      }
    }

    /** Begins a file whose hash goes into the manifest. */
    private OutputStream begin(String name) throws IOException {
      MessageDigest digest = Digests.sha256();
      return new BufferedOutputStream(
          new DigestOutputStream(sink.begin(name), digest) {
            @Override
            public void close() throws IOException {
              super.close();
              hashes.put(name, io.osmoda.format.log.Hash.of(digest.digest()).hex());
            }
          },
          BUFFER);
    }

    private void writeFile(String name, byte[] bytes) throws IOException {
      try (OutputStream out = begin(name)) {
        out.write(bytes);
      }
    }

    private void writePlain(String name, byte[] bytes) throws IOException {
      try (OutputStream out = sink.begin(name)) {
        out.write(bytes);
      }
    }
  }
}
