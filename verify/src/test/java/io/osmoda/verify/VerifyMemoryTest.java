package io.osmoda.verify;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.format.log.TestKeys;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A verification takes the same memory whatever the ledger's size: it runs in a small heap. */
class VerifyMemoryTest {
  @TempDir Path temp;

  private void verifyInHeap(long entries, int megabytes) throws IOException, InterruptedException {
    Path folder = temp.resolve("ledger");
    GeneratedLedger.write(folder, entries, 250_000);
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + megabytes + "m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                InSmallHeap.class.getName(),
                folder.toString())
            .redirectErrorStream(true)
            .start();
    String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s", told).isZero();
    assertThat(told).startsWith("intact " + entries + " ");
  }

  @Test
  void verifiesAHundredMegabytesInAHeapOfThirtyTwo() throws Exception {
    verifyInHeap(120_000, 32);
  }

  @Test
  @Tag("soak")
  void verifiesTenMillionEntriesInAHeapOf256() throws Exception {
    verifyInHeap(10_000_000, 256);
  }

  /** What runs in the small heap. */
  static final class InSmallHeap {
    private InSmallHeap() {}

    public static void main(String[] args) throws IOException {
      Verification result =
          LedgerVerifier.verify(
              Path.of(args[0]),
              VerifyOptions.defaults()
                  .withTrust(TestKeys.trust(TestKeys.signer(LedgerBuilder.ORIGIN, 1)), "test keys")
                  .withThreads(2));
      System.out.println(
          result.verdict().text() + " " + result.entries() + " " + result.findings());
    }
  }
}
