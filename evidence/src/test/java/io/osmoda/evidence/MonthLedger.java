package io.osmoda.evidence;

import io.osmoda.format.entry.CaptureEvent;
import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.entry.Status;
import io.osmoda.format.json.JsonObject;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerOptions;
import io.osmoda.ledger.SettableTime;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;

/**
 * A ledger of March 2026 as a company might have it: agents at work by day, changes approved, an
 * incident, a proxy that lost entries, a writer that was down for days, a step of the clock, a
 * redaction. The same each time but for salts and keys.
 */
final class MonthLedger {
  static final String ORIGIN = "audit.example.com/operations";
  static final Instant FROM = Instant.parse("2026-03-01T00:00:00Z");
  static final Instant TO = Instant.parse("2026-04-01T00:00:00Z");
  static final Instant LATER = Instant.parse("2026-04-02T08:00:00Z");

  private static final List<String> AGENTS =
      List.of("research-01", "support-desk", "deploy-bot", "invoice-clerk", "code-review");
  private static final List<String> TOOLS =
      List.of(
          "read_file", "http_get", "query_database", "send_message", "update_ticket", "git_diff");

  private final Path folder;
  private final SettableTime time = new SettableTime(Instant.parse("2026-02-24T07:55:00Z"));
  private final Random random = new Random(20260301);

  private final int minutes;
  private Ledger ledger;

  private MonthLedger(Path folder, int minutes) throws IOException {
    this.folder = folder;
    this.minutes = minutes;
    this.ledger = Ledger.create(folder.resolve("month"), ORIGIN, options());
  }

  private LedgerOptions options() {
    return LedgerOptions.defaults().withTime(time);
  }

  /**
   * Makes it; to be closed by the caller.
   *
   * @param minutes from one action to the next by day, on average: 9 gives some 3,800 entries
   */
  static Ledger create(Path folder, int minutes) throws IOException {
    return new MonthLedger(folder, minutes).fill();
  }

  private Ledger fill() throws IOException {
    startAll();
    work(Instant.parse("2026-03-04T10:00:00Z"));
    approvedChange("CHG-2041", "svc/payments");
    work(Instant.parse("2026-03-06T13:10:00Z"));
    ledger
        .capture(
            new CaptureEvent(
                CaptureEvent.Kind.GAP,
                "mcp_proxy",
                "agent:support-desk files",
                JsonObject.builder()
                    .put("lost", 14)
                    .put("refused", 3)
                    .put("passed_unrecorded", 0)
                    .put("from", "2026-03-06T10:41:07.120Z")
                    .put("to", "2026-03-06T13:09:58Z")
                    .put("why", "the ledger's disk was full")
                    .build()))
        .join();
    work(Instant.parse("2026-03-10T16:00:00Z"));
    capture(CaptureEvent.Kind.STOP, "hook", "claude-code on dev-7");
    work(Instant.parse("2026-03-13T17:00:00Z"));
    ledger.close(); // down over the weekend and longer
    time.passTo(Instant.parse("2026-03-17T08:30:00Z"));
    ledger = Ledger.open(folder.resolve("month"), options());
    ledger.sealStateAtStart();
    startAll();
    incident();
    work(Instant.parse("2026-03-20T11:00:00Z"));
    time.step(Duration.ofSeconds(-95));
    long redacted = call("agent:support-desk");
    work(Instant.parse("2026-03-24T09:00:00Z"));
    approvedChange("CHG-2077", "svc/crm");
    work(Instant.parse("2026-03-31T18:00:00Z"));
    time.passTo(Instant.parse("2026-04-01T06:00:00Z"));
    seal("api", "user:dora", "config_change", Status.OK, "/etc/app/limits.yaml");
    ledger.redact(
        redacted,
        redacted + 1,
        "a customer asked for erasure, ticket DSR-112",
        basis("GDPR Art. 17"));
    time.passTo(LATER);
    return ledger;
  }

  private static JsonObject basis(String basis) {
    return JsonObject.builder().put("basis", basis).build();
  }

  private void startAll() {
    capture(CaptureEvent.Kind.START, "mcp_proxy", "agent:support-desk files");
    capture(CaptureEvent.Kind.START, "mcp_proxy", "agent:research-01 web");
    capture(CaptureEvent.Kind.START, "hook", "claude-code on dev-7");
    capture(CaptureEvent.Kind.START, "kernel", "host app-3");
  }

  private void capture(CaptureEvent.Kind kind, String source, String instance) {
    ledger
        .capture(
            new CaptureEvent(
                kind, source, instance, JsonObject.builder().put("mode", "deny").build()))
        .join();
  }

  /** Goes on until then: much by day, little at night and on weekends. */
  private void work(Instant until) throws IOException {
    while (true) {
      int hour = time.instant().atZone(ZoneOffset.UTC).getHour();
      boolean isWeekend = time.instant().atZone(ZoneOffset.UTC).getDayOfWeek().getValue() > 5;
      int pauseMinutes = hour >= 7 && hour < 18 && !isWeekend ? minutes : 8 * minutes;
      Duration pause = Duration.ofSeconds(1 + random.nextInt(2 * 60 * pauseMinutes));
      if (time.instant().plus(pause).isAfter(until)) {
        time.passTo(until);
        return;
      }
      time.pass(pause);
      act();
    }
  }

  private void act() throws IOException {
    String agent = "agent:" + AGENTS.get(Math.min(random.nextInt(8), AGENTS.size() - 1));
    int what = random.nextInt(100);
    if (what < 80) {
      call(agent);
    } else if (what < 88) {
      sealed(
          EntryDraft.builder("hook", agent, "file_write")
              .target("repo/src/module-" + random.nextInt(40) + ".ts")
              .status(Status.OK)
              .payload(JsonObject.builder().put("bytes", random.nextInt(9_000)).build())
              .build());
    } else if (what < 95) {
      seal("kernel", "system:app-3", "process_exec", Status.OK, "/usr/bin/node");
    } else {
      sealed(
          EntryDraft.builder("api", "user:dora", "access_grant")
              .target("role/readers")
              .status(Status.OK)
              .occurredAt(time.instant().minus(Duration.ofHours(random.nextInt(60))))
              .build());
    }
  }

  /** A call and its result, one after the other; gives the number of the first. */
  private long call(String agent) throws IOException {
    String tool = TOOLS.get(Math.min(random.nextInt(9), TOOLS.size() - 1));
    Receipt call =
        sealed(
            EntryDraft.builder("mcp_proxy", agent, "tool_call")
                .tool(tool)
                .target("https://crm.example.com/customers/" + random.nextInt(5_000))
                .session("run-" + random.nextInt(900))
                .status(Status.PENDING)
                .payload(JsonObject.builder().put("argument", random.nextInt()).build())
                .build());
    time.pass(Duration.ofMillis(40 + random.nextInt(3_000)));
    int outcome = random.nextInt(40);
    sealed(
        EntryDraft.builder("mcp_proxy", agent, "tool_result")
            .tool(tool)
            .status(outcome == 0 ? Status.DENIED : outcome == 1 ? Status.ERROR : Status.OK)
            .causedBy(CauseReference.local(call))
            .payload(JsonObject.builder().put("rows", random.nextInt(90)).build())
            .build());
    return call.seq();
  }

  private void approvedChange(String ticket, String target) throws IOException {
    seal("api", "agent:deploy-bot", "approval_request", Status.PENDING, ticket);
    time.pass(Duration.ofMinutes(17));
    seal("api", "user:mika", "approval_grant", Status.OK, ticket);
    time.pass(Duration.ofMinutes(2));
    seal("mcp_proxy", "agent:deploy-bot", "config_change", Status.OK, target);
  }

  private void incident() throws IOException {
    seal("supervisor", "system:app-3", "agent_crash", Status.CRASHED, "agent:invoice-clerk");
    seal("api", "user:dora", "incident_open", Status.OK, "INC-88");
    time.pass(Duration.ofMinutes(41));
    seal("supervisor", "system:app-3", "agent_restart", Status.OK, "agent:invoice-clerk");
    seal("api", "user:dora", "incident_close", Status.OK, "INC-88");
  }

  private void seal(String source, String actor, String action, Status status, String target)
      throws IOException {
    sealed(
        EntryDraft.builder(source, actor, action)
            .target(target)
            .status(status)
            .payload(JsonObject.builder().put("note", "n" + random.nextInt(99)).build())
            .build());
  }

  /** The clock stands still until it is sealed. */
  private Receipt sealed(EntryDraft draft) throws IOException {
    return ledger.appendDurably(draft);
  }
}
