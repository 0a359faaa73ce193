package io.osmoda.evidence;

import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.entry.Status;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.TrustPolicy;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerOptions;
import io.osmoda.verify.VerifyOptions;
import java.io.IOException;
import java.nio.file.Path;

/** A ledger with calls of two agents, a refusal, changes and a redaction, for tests. */
final class SampleLedger {
  static final String ORIGIN = "test.example/evidence";

  private SampleLedger() {}

  static Ledger create(Path folder) throws IOException {
    return Ledger.create(folder.resolve("ledger"), ORIGIN, LedgerOptions.defaults());
  }

  /** Seals so many pairs of call and result; each fifth is refused. */
  static void fill(Ledger ledger, int pairs) throws IOException {
    for (int i = 0; i < pairs; i++) {
      String agent = "agent:a" + i % 2;
      Receipt call =
          ledger.appendDurably(
              EntryDraft.builder("mcp_proxy", agent, "tool_call")
                  .tool(i % 3 == 0 ? "read_file" : "http_request")
                  .target("/data/größe-" + i)
                  .session("run-" + i / 10)
                  .status(Status.PENDING)
                  .payload(JsonObject.builder().put("number", i).build())
                  .build());
      ledger.appendDurably(
          EntryDraft.builder("mcp_proxy", agent, "tool_result")
              .tool(i % 3 == 0 ? "read_file" : "http_request")
              .session("run-" + i / 10)
              .status(i % 5 == 4 ? Status.DENIED : Status.OK)
              .causedBy(CauseReference.local(call))
              .payload(JsonObject.builder().put("text", "result " + i).build())
              .build());
    }
    ledger.appendDurably(
        EntryDraft.builder("api", "user:operator", "config_change").target("/etc/x").build());
  }

  static TrustPolicy trust(Ledger ledger) throws Exception {
    return TrustPolicy.load(ledger.trustFile());
  }

  static VerifyOptions trusting(Ledger ledger) throws Exception {
    return VerifyOptions.defaults().withTrust(trust(ledger), "the ledger's own");
  }
}
