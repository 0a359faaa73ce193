package io.osmoda.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.osmoda.client.Json;
import io.osmoda.client.Wire;
import io.osmoda.evidence.BundleSink;
import io.osmoda.evidence.ExportRequest;
import io.osmoda.evidence.FolderSink;
import io.osmoda.evidence.ZipFileSink;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.TrustPolicy;
import io.osmoda.ledger.LedgerOptions;
import io.osmoda.verify.BundleVerifier;
import io.osmoda.verify.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bundles and reports through the daemon are those that an embedded ledger gives. */
class EvidenceApiTest {
  private static final ExportRequest ALL =
      new ExportRequest(null, null, null, null, Map.of(), false);

  private static Path export(LedgerSession access, ExportRequest request, Path target)
      throws Exception {
    try (BundleSink sink =
        target.toString().endsWith(".zip") ? new ZipFileSink(target) : new FolderSink(target)) {
      access.export(request, Map.of(), sink);
    }
    return target;
  }

  private static LedgerSession access(DaemonFixture fixture) throws IOException {
    return LedgerAccess.open(fixture.ledger, LedgerOptions.defaults(), fixture.environment);
  }

  @Test
  void aBundleThroughTheDaemonVerifiesAsFolderAndZip(@TempDir Path temp) throws Exception {
    try (DaemonFixture fixture = DaemonFixture.start(temp);
        LedgerSession access = access(fixture)) {
      fixture.append("{\"actor\":\"agent:x\",\"action\":\"tool_call\",\"tool\":\"t\"}");
      TrustPolicy trust =
          TrustPolicy.load(DaemonFixture.keys(fixture.ledger).resolve("trust.policy"));
      for (String name : List.of("bundle", "bundle.zip")) {
        Path bundle = export(access, ALL, temp.resolve(name));
        assertThat(access.isThroughDaemon()).isTrue();
        assertThat(BundleVerifier.verify(bundle, trust).findings()).isEmpty();
        assertThat(BundleVerifier.verify(bundle, trust).verdict()).isEqualTo(Verdict.INTACT);
      }
      assertThat(Files.readString(temp.resolve("bundle/export.ndjson")))
          .contains("\"status\":\"ok\"");
    }
  }

  @Test
  void whatCannotBeExportedIsRefusedAndLeavesNothing(@TempDir Path temp) throws IOException {
    try (DaemonFixture fixture = DaemonFixture.start(temp);
        LedgerSession access = access(fixture)) {
      Path target = temp.resolve("none");
      ExportRequest later =
          new ExportRequest(null, null, null, Instant.now().plusSeconds(900), Map.of(), false);
      assertThatThrownBy(() -> export(access, later, target))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is in the future");
      assertThat(target).doesNotExist();
      DaemonFixture.Reply wrong =
          fixture.post("/api/v1/exports", Wire.JSON, "{\"request\":{\"colour\":\"red\"}}");
      assertThat(wrong.status()).isEqualTo(400);
      assertThat(wrong.body()).contains("unknown member of an export: colour");
    }
  }

  @Test
  void theReportIsTheSameThroughTheDaemonAndWithout(@TempDir Path temp) throws Exception {
    JsonObject served;
    Map<String, String> own =
        Map.of(
            "own.yaml",
            """
            id: own
            name: Our rules
            version: "1"
            source: us
            applicability: us
            dates: []
            controls:
              - id: R1
                title: Calls
                asks: calls
                requirements: []
                supports: [{actions: [tool_call]}]
                cannot_show: intent
                human_evidence: talk
            """);
    DaemonFixture fixture = DaemonFixture.start(temp);
    try (fixture;
        LedgerSession access = access(fixture)) {
      fixture.append("{\"actor\":\"agent:x\",\"action\":\"tool_call\",\"tool\":\"t\"}");
      served = access.controls("own", null, null, own);
      assertThat(served.toString()).contains("supports");
    }
    try (LedgerSession access = access(fixture)) {
      JsonObject embedded = access.controls("own", null, null, own);
      assertThat(access.isThroughDaemon()).isFalse();
      assertThat(Json.text(java.util.Objects.requireNonNull(embedded.get("frameworks"))))
          .isEqualTo(Json.text(java.util.Objects.requireNonNull(served.get("frameworks"))));
    }
  }
}
