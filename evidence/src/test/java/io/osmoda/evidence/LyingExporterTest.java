package io.osmoda.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.ledger.CauseReference;
import io.osmoda.ledger.Entry;
import io.osmoda.ledger.JsonObject;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.Receipt;
import io.osmoda.ledger.SignedCheckpoint;
import io.osmoda.ledger.Status;
import io.osmoda.verify.BundleFilter;
import io.osmoda.verify.BundleVerification;
import io.osmoda.verify.BundleVerifier;
import io.osmoda.verify.Counts;
import io.osmoda.verify.Digests;
import io.osmoda.verify.Manifest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whoever holds the ledger and its keys, and closes an export in due form, can still not leave out
 * what matches, show what does not, or shorten the time.
 */
class LyingExporterTest {
  @TempDir Path temp;

  /** A manifest with another filter, time, counts and hash of entries.ndjson. */
  private static Manifest changed(
      Manifest m, BundleFilter filter, String timeTo, Counts counts, byte[] entries) {
    Map<String, String> files = new TreeMap<>(m.files());
    files.put("entries.ndjson", Digests.of(entries).hex());
    return new Manifest(
        counts,
        m.firstSeq(),
        m.endSeq(),
        files,
        filter,
        m.framework(),
        false,
        m.root(),
        m.size(),
        m.logKeys(),
        m.madeBy(),
        m.mapping(),
        m.origin(),
        m.withheld(),
        m.request(),
        m.requestedBy(),
        null,
        m.timeFrom(),
        timeTo);
  }

  /** Closes the changed bundle as the ledger itself would. */
  private static void close(
      Ledger ledger, Path bundle, UnaryOperator<Manifest> change, byte[] entries) throws Exception {
    Path file = bundle.resolve("manifest.json");
    Manifest manifest = change.apply(Manifest.parse(Files.readAllBytes(file)));
    Files.write(file, manifest.toBytes());
    Files.write(bundle.resolve("entries.ndjson"), entries);
    Entry begun = Entry.parse(Files.readAllBytes(bundle.resolve("export.ndjson")));
    Receipt closing =
        ledger
            .appendControl(
                "ledger_export",
                Status.OK,
                null,
                null,
                List.<CauseReference>of(begun.causedBy().getFirst()),
                JsonObject.builder()
                    .put("counts", manifest.counts().toJson())
                    .put("manifest_sha256", Manifest.sha256(manifest.toBytes()).hex())
                    .build())
            .join();
    SignedCheckpoint checkpoint = ledger.checkpoint();
    try (Stream<Path> proofs = Files.list(bundle.resolve("proofs"))) {
      for (Path proof : proofs.toList()) {
        Files.delete(proof);
      }
    }
    Files.writeString(
        bundle.resolve("export.ndjson"), ledger.reader().entry(closing.seq()).toJson() + "\n");
    Files.write(bundle.resolve("checkpoint"), checkpoint.note());
    Files.write(
        bundle.resolve("range.proof"),
        ledger.reader().proveRange(manifest.firstSeq(), manifest.endSeq(), checkpoint).toBytes());
    Files.write(
        bundle.resolve("proofs/" + closing.seq() + ".tlog-proof"),
        ledger.reader().prove(closing.seq(), checkpoint).toBytes());
  }

  private static Path export(Ledger ledger, Path target) throws IOException {
    Instant to = ledger.reader().entry(13).instant();
    try (BundleSink sink = new FolderSink(target)) {
      new BundleExport(ledger, Frameworks.builtIn())
          .write(
              new ExportRequest(null, null, null, to, Map.of("actor", List.of("agent:a1")), false),
              "user:me",
              sink);
    }
    return target;
  }

  private static void assertFound(Ledger ledger, Path bundle, String kind, long seq)
      throws Exception {
    BundleVerification found = BundleVerifier.verify(bundle, SampleLedger.trust(ledger));
    assertThat(found.findings())
        .extracting(finding -> finding.kind().text() + " " + finding.seq())
        .containsExactly(kind + " " + seq);
  }

  @Test
  void whatIsClosedUnchangedIsIntact() throws Exception {
    try (Ledger ledger = SampleLedger.create(temp)) {
      SampleLedger.fill(ledger, 10);
      Path bundle = export(ledger, temp.resolve("same"));
      close(
          ledger,
          bundle,
          UnaryOperator.identity(),
          Files.readAllBytes(bundle.resolve("entries.ndjson")));
      assertThat(BundleVerifier.verify(bundle, SampleLedger.trust(ledger)).findings()).isEmpty();
    }
  }

  @Test
  void aMatchingEntryCannotBeHiddenAndNoOtherShown() throws Exception {
    try (Ledger ledger = SampleLedger.create(temp)) {
      SampleLedger.fill(ledger, 10);
      for (boolean hides : new boolean[] {true, false}) {
        Path bundle = export(ledger, temp.resolve("changed-" + hides));
        long seq = hides ? 4 : 5; // the second agent's result, and a call of the first
        ByteArrayOutputStream entries = new ByteArrayOutputStream();
        for (String line : Files.readAllLines(bundle.resolve("entries.ndjson"))) {
          Entry entry = Entry.parse(line.getBytes(StandardCharsets.UTF_8));
          entries.writeBytes(
              entry.seq() != seq
                  ? entry.line()
                  : hides ? entry.skeleton() : ledger.reader().entry(seq).line());
          entries.write('\n');
        }
        close(
            ledger,
            bundle,
            m ->
                changed(
                    m,
                    m.filter(),
                    String.valueOf(m.timeTo()),
                    new Counts(
                        m.counts().entries(),
                        m.counts().matching(),
                        0,
                        m.counts().skeletons() + (hides ? 1 : -1)),
                    entries.toByteArray()),
            entries.toByteArray());
        assertFound(ledger, bundle, "filter_mismatch", seq);
      }
    }
  }

  @Test
  void theTimeCannotBeClaimedToReachFurtherThanTheLines() throws Exception {
    try (Ledger ledger = SampleLedger.create(temp)) {
      SampleLedger.fill(ledger, 10);
      Path bundle = export(ledger, temp.resolve("short"));
      String later = ledger.reader().entry(17).timestamp();
      byte[] entries = Files.readAllBytes(bundle.resolve("entries.ndjson"));
      // The last line does not match: else it would now have to stand whole.
      assertThat(ledger.reader().entry(13).actor()).isEqualTo("agent:a0");
      close(ledger, bundle, m -> changed(m, m.filter(), later, m.counts(), entries), entries);
      assertFound(ledger, bundle, "missing_seq", 14);
    }
  }
}
