package io.osmoda.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.osmoda.ledger.JsonObject;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.TrustPolicy;
import io.osmoda.ledger.Verdict;
import io.osmoda.verify.BundleVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** verify.html in a real browser judges bundles as {@link BundleVerifier} does. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class VerifyPageTest {
  Path temp = Path.of("");
  Path zip = Path.of("");
  Path policy = Path.of("");
  @Nullable PageVerifier page;

  @BeforeAll
  void open(@TempDir Path folder) throws Exception {
    temp = folder;
    try (Ledger ledger = SampleLedger.create(folder)) {
      SampleLedger.fill(ledger, 12);
      ledger.redact(3, 3, "asked", JsonObject.EMPTY);
      policy = Files.copy(ledger.trustFile(), folder.resolve("auditor.policy"));
      Instant from = ledger.reader().entry(2).instant();
      Instant to = ledger.reader().entry(20).instant();
      ExportRequest request =
          new ExportRequest(null, null, from, to, Map.of("actor", List.of("agent:a1")), false);
      zip = folder.resolve("bundle.zip");
      try (BundleSink sink = new ZipFileSink(zip)) {
        new BundleExport(ledger, Frameworks.builtIn()).write(request, "user:me", sink);
      }
    }
    if (PageVerifier.isAvailable()) {
      page = new PageVerifier();
    }
  }

  @AfterAll
  void close() throws IOException {
    if (page != null) {
      page.close();
    }
  }

  private PageVerifier page() {
    assumeTrue(page != null, "skipped: chromium and chromedriver are not on the PATH");
    return java.util.Objects.requireNonNull(page);
  }

  @Test
  void theCheckedInPageIsWhatItsPartsGive() throws IOException {
    assertThat(Files.readString(PageParts.PAGE))
        .as("run scripts/verify-page.sh")
        .isEqualTo(PageParts.join(PageParts.PARTS));
  }

  @Test
  void anIntactBundleIsCalledIntact() throws Exception {
    PageVerifier.PageVerdict verdict = page().verify(zip, policy);
    assertThat(verdict.verdict()).isEqualTo(Verdict.INTACT);
    assertThat(BundleVerifier.verify(zip, TrustPolicy.load(policy)).verdict())
        .isEqualTo(Verdict.INTACT);
  }
}
