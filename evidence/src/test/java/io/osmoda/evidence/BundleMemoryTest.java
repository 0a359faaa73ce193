package io.osmoda.evidence;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.json.JsonObject;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerOptions;
import io.osmoda.verify.BundleVerification;
import io.osmoda.verify.BundleVerifier;
import io.osmoda.verify.VerifyOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bundles many times larger than the heap are made and verified in it. */
class BundleMemoryTest {
  private static final int ENTRIES = 60_000; // some 120 MB
  private static final String TEXT = "x".repeat(1_500);

  @TempDir Path temp;

  @Test
  void makesAndVerifiesBundlesOfAHundredMegabytesInAHeapOf48() throws Exception {
    try (Ledger ledger =
        Ledger.create(temp.resolve("ledger"), "test.example/memory", LedgerOptions.defaults())) {
      fill(ledger); // which takes memory for what waits to be written
    }
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx48m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                InSmallHeap.class.getName(),
                temp.toString())
            .redirectErrorStream(true)
            .start();
    String told = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as("%s", told).isZero();
    assertThat(told.lines())
        .allMatch(line -> line.startsWith("intact ") && line.endsWith(" of more than 60000"))
        .hasSize(2);
  }

  private static void fill(Ledger ledger) throws IOException {
    CompletableFuture<?> last = CompletableFuture.completedFuture(true);
    for (int i = 0; i < ENTRIES; i++) {
      last =
          ledger.append(
              EntryDraft.builder("api", "agent:a", "tool_call")
                  .tool("read")
                  .payload(JsonObject.builder().put("text", TEXT + i).build())
                  .build());
    }
    last.join();
  }

  /** What runs in the small heap. */
  static final class InSmallHeap {
    private InSmallHeap() {}

    public static void main(String[] args) throws Exception {
      Path temp = Path.of(args[0]);
      try (Ledger ledger = Ledger.open(temp.resolve("ledger"), LedgerOptions.defaults())) {
        BundleExport export = new BundleExport(ledger, Frameworks.builtIn());
        ExportRequest request = new ExportRequest(null, null, null, null, Map.of(), false);
        Path folder = temp.resolve("bundle");
        Path zip = temp.resolve("bundle.zip");
        try (BundleSink sink = new FolderSink(folder)) {
          export.write(request, "user:me", sink);
        }
        try (BundleSink sink = new ZipFileSink(zip)) {
          export.write(request, "user:me", sink);
        }
        VerifyOptions options = VerifyOptions.defaults().withTrust(ledger.trustFile());
        tell(BundleVerifier.verify(folder, options.withThreads(4)));
        tell(BundleVerifier.verify(zip, options.withThreads(4)));
      }
    }

    private static void tell(BundleVerification found) {
      System.out.println(
          found.verdict().text()
              + " "
              + found.findings()
              + " of more than "
              + (found.counts() == null ? 0 : found.counts().entries() / ENTRIES * ENTRIES));
    }
  }
}
