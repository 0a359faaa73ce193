package io.osmoda.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.NoSuchEntryException;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.entry.Status;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.ledger.LedgerOptions;
import io.osmoda.query.CausalStart;
import io.osmoda.query.CausalTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Traces and summaries, over the API and as commands have them. */
class OverviewApiTest {
  private static final String ODD = "a/../b%2F;c?d=é&e+f";

  @TempDir Path folder;
  Path ledger = Path.of("");
  Map<String, String> environment = Map.of();

  @BeforeEach
  void create() throws IOException {
    ledger = DaemonFixture.createLedger(folder);
    environment = DaemonFixture.environment(folder);
  }

  private AutoCloseable daemon(boolean wanted) throws IOException {
    return wanted ? Daemon.start(DaemonOptions.of(ledger).withEnvironment(environment)) : () -> {};
  }

  private static EntryDraft.Builder draft(String action, Status status, Receipt... causes) {
    List<CauseReference> references = new ArrayList<>();
    for (Receipt cause : causes) {
      references.add(CauseReference.local(cause));
    }
    return EntryDraft.builder("api", "agent:x", action)
        .status(status)
        .causedBy(references)
        .tool("t");
  }

  private static long number(JsonObject json, String member) {
    return json.get(member) instanceof JsonNumber(double value) ? (long) value : -1;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aCommandHasTheTreeAndTheSummaryEitherWay(boolean throughDaemon) throws Exception {
    try (AutoCloseable daemon = daemon(throughDaemon);
        LedgerSession access = LedgerAccess.open(ledger, LedgerOptions.defaults(), environment)) {
      assertThat(daemon).isNotNull();
      Receipt call = access.append(draft("tool_call", Status.PENDING).session(ODD).build());
      access.append(draft("tool_result", Status.ERROR, call).session(ODD).build());
      access.append(draft("tool_call", Status.PENDING).build());
      List<CausalStart> starts =
          List.of(new CausalStart.Seq(call.seq()), new CausalStart.Session(ODD));
      for (CausalStart start : starts) {
        CausalTree tree = access.trace(start, Instant.now());
        assertThat(tree.of()).isEqualTo(start);
        assertThat(tree.lines())
            .singleElement()
            .extracting(CausalTree.Line::outcome)
            .isEqualTo("error");
      }
      assertThatThrownBy(() -> access.trace(new CausalStart.Seq(99), Instant.now()))
          .isInstanceOf(NoSuchEntryException.class)
          .hasMessageContaining("there is no entry 99");
      assertThatThrownBy(() -> access.trace(new CausalStart.Session("none"), Instant.now()))
          .isInstanceOf(NoSuchEntryException.class)
          .hasMessage("no entry has the session \"none\"");

      Instant now = Instant.now();
      JsonObject summary = access.summary(now.minusSeconds(900), now, "agent:*", now);
      assertThat(number(summary, "entries")).isEqualTo(3);
      assertThat(number(summary, "reads")).isEqualTo(3);
      assertThat(summary.get("unfinished"))
          .isInstanceOfSatisfying(
              JsonObject.class, each -> assertThat(number(each, "count")).isEqualTo(1));
    }
  }

  @Test
  void eachRequestIsOnRecordOnceAndWhatItReadsDoesNotHoldIt() throws IOException {
    try (DaemonFixture fixture =
        DaemonFixture.start(Files.createDirectory(folder.resolve("daemon")))) {
      fixture.append("{\"actor\":\"agent:x\",\"action\":\"tool_call\",\"session\":\"s\"}");
      long size = fixture.sealed().size();
      assertThat(fixture.get("/api/v1/trace/1").status()).isEqualTo(200);
      assertThat(fixture.get("/api/v1/trace/s").status()).isEqualTo(200);
      assertThat(fixture.get("/api/v1/trace?session=s").status()).isEqualTo(200);
      JsonObject summary = fixture.get("/api/v1/summary?from=1h&actor=agent:x").json();

      assertThat(number(summary, "size")).isEqualTo(size + 3);
      assertThat(number(summary, "reads")).isEqualTo(3);
      assertThat(number(summary, "entries")).isEqualTo(1);
      List<Entry> reads = fixture.sealed().subList((int) size, fixture.sealed().size());
      assertThat(reads).hasSize(4).allMatch(each -> each.action().equals("ledger_query"));
      assertThat(reads.get(0).payloadText()).contains("\"filter\":{\"trace\":{\"seq\":1}}");
      assertThat(reads.get(2).payloadText()).contains("\"filter\":{\"trace\":{\"session\":\"s\"}}");
      assertThat(reads.get(3).payloadText())
          .contains("\"filter\":{\"summary\":{\"actor\":\"agent:x\",\"from\":\"");
    }
  }

  @Test
  void anEntryThatTheReadItselfWouldMakeIsNotThere() throws IOException {
    try (DaemonFixture fixture =
        DaemonFixture.start(Files.createDirectory(folder.resolve("daemon")))) {
      long next = fixture.sealed().size();

      assertThat(fixture.get("/api/v1/trace/" + next).status()).isEqualTo(404);
      assertThat(fixture.get("/api/v1/trace/nobody").status()).isEqualTo(404);
    }
  }

  @Test
  void aTreeIsGivenAsLinesInItsOrder() throws IOException {
    try (DaemonFixture fixture =
        DaemonFixture.start(Files.createDirectory(folder.resolve("daemon")))) {
      JsonObject first =
          fixture
              .append("{\"actor\":\"agent:x\",\"action\":\"tool_call\",\"status\":\"pending\"}")
              .json();
      fixture.append(
          "{\"actor\":\"agent:x\",\"action\":\"file_write\",\"caused_by\":[\"#%d@%s\"]}"
              .formatted(number(first, "seq"), first.string("entry_hash")));

      JsonObject tree = fixture.get("/api/v1/trace/" + number(first, "seq")).json();
      assertThat(tree.get("lines"))
          .isInstanceOfSatisfying(
              JsonArray.class,
              lines ->
                  assertThat(
                          lines.elements().stream().map(each -> number((JsonObject) each, "depth")))
                      .containsExactly(0L, 1L));
      assertThat(tree.toString()).contains("unfinished");
    }
  }
}
