package io.osmoda.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.TrustPolicy;
import io.osmoda.ledger.EntryCursor;
import io.osmoda.ledger.Ledger;
import io.osmoda.verify.BundleFiles;
import io.osmoda.verify.BundleVerification;
import io.osmoda.verify.BundleVerifier;
import io.osmoda.verify.Counts;
import io.osmoda.verify.Verdict;
import io.osmoda.verify.VerifyOptions;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is exported verifies, says what it should, and is on record. */
class BundleTest {
  private static final Path VECTORS = Path.of("../format/src/test/resources/vectors");

  @TempDir Path temp;

  private static ExportRequest request(
      @Nullable Instant from, @Nullable Instant to, Map<String, List<String>> members) {
    return new ExportRequest(null, null, from, to, members, false);
  }

  private Path export(Ledger ledger, ExportRequest request, String name) throws IOException {
    Path target = temp.resolve(name);
    try (BundleSink sink =
        name.endsWith(".zip") ? new ZipFileSink(target) : new FolderSink(target)) {
      new BundleExport(ledger, Frameworks.builtIn()).write(request, "user:me", sink);
    }
    return target;
  }

  private static List<Entry> exports(Ledger ledger) throws IOException {
    List<Entry> exports = new ArrayList<>();
    try (EntryCursor cursor = ledger.reader().read(0, Long.MAX_VALUE)) {
      for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
        if (entry.action().equals("ledger_export")) {
          exports.add(entry);
        }
      }
    }
    return exports;
  }

  @Test
  void theFormatsVectorIsIntactUnderItsKeysAndUnverifiableWithout() throws Exception {
    TrustPolicy trust = TrustPolicy.load(VECTORS.resolve("trust.policy"));
    Path bundle = VECTORS.resolve("bundle-actor");
    BundleVerification found = BundleVerifier.verify(bundle, trust);
    assertThat(found.findings()).isEmpty();
    assertThat(found.verdict()).isEqualTo(Verdict.INTACT);
    assertThat(found.counts()).isEqualTo(new Counts(26, 15, 1, 11));
    assertThat(BundleVerifier.verify(bundle, VerifyOptions.defaults()).verdict())
        .isEqualTo(Verdict.UNVERIFIABLE);
  }

  @Test
  void folderAndZipHoldTheSameAndVerify() throws Exception {
    try (Ledger ledger = SampleLedger.create(temp)) {
      SampleLedger.fill(ledger, 20);
      ledger.redact(3, 3, "asked", JsonObject.EMPTY);
      Instant from = ledger.reader().entry(2).instant();
      Instant to = ledger.reader().entry(30).instant();
      ExportRequest request = request(from, to, Map.of("actor", List.of("agent:a1")));
      Path folder = export(ledger, request, "bundle");
      Path zip = export(ledger, request, "bundle.zip");
      TrustPolicy trust = SampleLedger.trust(ledger);
      for (Path bundle : List.of(folder, zip)) {
        BundleVerification found = BundleVerifier.verify(bundle, trust);
        assertThat(found.findings()).as(bundle.toString()).isEmpty();
        assertThat(found.verdict()).isEqualTo(Verdict.INTACT);
        assertThat(found.counts()).isNotNull().satisfies(c -> assertThat(c.redacted()).isOne());
      }
      try (BundleFiles one = BundleFiles.open(folder);
          BundleFiles other = BundleFiles.open(zip)) {
        assertThat(one.names()).hasSameSizeAs(other.names());
        for (String name : List.of("entries.ndjson", "annotations.ndjson", "context.ndjson")) {
          assertThat(one.read(name, 1 << 20)).isEqualTo(other.read(name, 1 << 20));
        }
        assertThat(new String(one.read("context.ndjson", 1 << 20), StandardCharsets.UTF_8))
            .contains("ledger_redact");
      }
    }
  }

  @Test
  void everyShapeOfRequestGivesABundleThatVerifies() throws Exception {
    try (Ledger ledger = SampleLedger.create(temp)) {
      SampleLedger.fill(ledger, 15);
      ledger.redact(4, 6, "asked", JsonObject.EMPTY);
      SampleLedger.fill(ledger, 5);
      Instant middle = ledger.reader().entry(10).instant();
      List<ExportRequest> requests =
          List.of(
              request(null, null, Map.of()),
              request(middle, null, Map.of()),
              request(null, middle, Map.of("tool", List.of("read*"))),
              request(null, null, Map.of("status", List.of("denied"), "tool", List.of("*"))),
              new ExportRequest("soc2", null, null, null, Map.of(), false),
              new ExportRequest("soc2", "CC8.1", null, null, Map.of(), true),
              new ExportRequest(null, null, middle, null, Map.of(), true),
              request(null, null, Map.of("actor", List.of("agent:nobody"))));
      TrustPolicy trust = SampleLedger.trust(ledger);
      for (int i = 0; i < requests.size(); i++) {
        Path bundle = export(ledger, requests.get(i), "bundle-" + i);
        BundleVerification found = BundleVerifier.verify(bundle, trust);
        assertThat(found.findings()).as(requests.get(i).toString()).isEmpty();
        assertThat(found.verdict()).isEqualTo(Verdict.INTACT);
      }
      assertThat(exports(ledger)).hasSize(2 * requests.size());
    }
  }

  /** Something that happens during an export. */
  private interface Event {
    void happen() throws IOException;
  }

  /** A folder's sink during which something happens when a file is begun; the caller closes it. */
  private record Interrupted(FolderSink folder, String file, Event event) implements BundleSink {
    @Override
    public OutputStream begin(String name) throws IOException {
      if (name.equals(file)) {
        event.happen();
      }
      return folder.begin(name);
    }

    @Override
    public void finish() throws IOException {
      folder.finish();
    }

    @Override
    public void close() {}
  }

  @Test
  void anExportDuringWhichTheKeysAreRotatedIsNone() throws Exception {
    try (Ledger ledger = SampleLedger.create(temp)) {
      SampleLedger.fill(ledger, 3);
      Path target = temp.resolve("mixed");
      BundleExport export = new BundleExport(ledger, Frameworks.builtIn());
      assertThatThrownBy(
              () -> {
                try (FolderSink folder = new FolderSink(target)) {
                  export.write(
                      request(null, null, Map.of()),
                      "user:me",
                      new Interrupted(
                          folder, "manifest.json", () -> ledger.rotateKeys("it was due")));
                }
              })
          .hasMessageContaining("keys were rotated during the export");
      assertThat(exports(ledger).getLast().status()).isEqualTo("error");
      assertThat(target).doesNotExist();
    }
  }

  @Test
  void anExportThatBreaksOffIsOnRecordAsAnErrorAndLeavesNothing() throws Exception {
    try (Ledger ledger = SampleLedger.create(temp)) {
      SampleLedger.fill(ledger, 3);
      Path target = temp.resolve("broken");
      BundleExport export = new BundleExport(ledger, Frameworks.builtIn());
      assertThatThrownBy(
              () -> {
                try (FolderSink folder = new FolderSink(target)) {
                  export.write(
                      request(null, null, Map.of()),
                      "user:me",
                      new Interrupted(
                          folder,
                          "context.ndjson",
                          () -> {
                            throw new IOException("the disk is full");
                          }));
                }
              })
          .hasMessage("the disk is full");
      assertThat(exports(ledger)).extracting(Entry::status).containsExactly("pending", "error");
      assertThat(exports(ledger).getLast().causedBy().getFirst().seq())
          .isEqualTo(exports(ledger).getFirst().seq());
      try (var left = Files.list(temp)) {
        assertThat(left.map(path -> path.getFileName().toString()))
            .noneMatch(name -> name.contains("export") || name.contains("broken"));
      }
    }
  }

  @Test
  void whatCannotBeServedIsRefusedBeforeAnythingIsSealed() throws Exception {
    try (Ledger ledger = SampleLedger.create(temp)) {
      long size = ledger.reader().size();
      assertThatThrownBy(
              () -> export(ledger, request(null, Instant.now().plusSeconds(600), Map.of()), "a"))
          .hasMessageContaining("is in the future");
      assertThatThrownBy(
              () ->
                  export(
                      ledger,
                      new ExportRequest("part11", "11.10(j)", null, null, Map.of(), false),
                      "b"))
          .hasMessageContaining("no entry can support part11 11.10(j)");
      assertThatThrownBy(
              () ->
                  export(ledger, new ExportRequest("soc3", null, null, null, Map.of(), false), "c"))
          .hasMessageContaining("unknown framework soc3");
      assertThatThrownBy(() -> request(Instant.EPOCH, Instant.EPOCH, Map.of()))
          .hasMessageContaining("not before");
      assertThat(ledger.reader().size()).isEqualTo(size);
    }
  }

  @Test
  void theSameSeedDrawsTheSameSampleAndItVerifies() throws Exception {
    try (Ledger ledger = SampleLedger.create(temp)) {
      SampleLedger.fill(ledger, 20);
      ledger.redact(2, 21, "asked", JsonObject.EMPTY);
      SampleLedger.fill(ledger, 3);
      ledger.redact(30, 31, "asked too", JsonObject.EMPTY);
      Instant to = ledger.reader().entry(48).instant();
      TrustPolicy trust = SampleLedger.trust(ledger);
      Path population = export(ledger, request(null, to, Map.of("tool", List.of("*"))), "all");
      List<String> seeds = List.of("1", "2", "größe");
      List<byte[]> drawn = new ArrayList<>();
      for (String seed : seeds) {
        for (String attempt : List.of("", "-again.zip")) {
          Path sample = temp.resolve("sample-" + seed + attempt);
          try (BundleSink sink =
              attempt.isEmpty() ? new FolderSink(sample) : new ZipFileSink(sample)) {
            assertThat(BundleSample.draw(population, 9, seed, sink)).isEqualTo(9);
          }
          BundleVerification found = BundleVerifier.verify(sample, trust);
          assertThat(found.findings()).as(seed).isEmpty();
          assertThat(found.verdict()).isEqualTo(Verdict.INTACT);
          assertThat(found.counts()).isNotNull().extracting(Counts::entries).isEqualTo(9L);
          try (BundleFiles files = BundleFiles.open(sample)) {
            drawn.add(files.read("entries.ndjson", 1 << 20));
          }
        }
      }
      assertThat(drawn.get(0)).isEqualTo(drawn.get(1)).isNotEqualTo(drawn.get(2));
      Path all = temp.resolve("sample-all");
      try (BundleSink sink = new FolderSink(all)) {
        assertThat(BundleSample.draw(population, 10_000, "x", sink)).isGreaterThan(30);
      }
      assertThat(BundleVerifier.verify(all, trust).findings()).isEmpty();
      Files.delete(all.resolve("proofs/5.tlog-proof"));
      Files.writeString(
          all.resolve("entries.ndjson"),
          Files.readString(all.resolve("entries.ndjson")).replaceFirst("read_file", "read_life"));
      assertThat(BundleVerifier.verify(all, trust).findings())
          .extracting(finding -> finding.kind().text())
          .contains("bad_hash", "bad_proof", "unreadable", "bad_manifest");
    }
  }

  @Test
  void theSameTimeAndFilterGiveTheSameBytes() throws Exception {
    try (Ledger ledger = SampleLedger.create(temp)) {
      SampleLedger.fill(ledger, 10);
      Instant to = ledger.reader().entry(15).instant();
      ExportRequest request = request(null, to, Map.of("status", List.of("ok")));
      Path one = export(ledger, request, "one");
      SampleLedger.fill(ledger, 2);
      Path other = export(ledger, request, "other");
      for (String name : List.of("entries.ndjson", "annotations.ndjson")) {
        assertThat(one.resolve(name)).hasSameBinaryContentAs(other.resolve(name));
      }
    }
  }
}
