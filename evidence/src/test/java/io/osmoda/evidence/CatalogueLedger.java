package io.osmoda.evidence;

import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.entry.Status;
import io.osmoda.format.entry.TraceContext;
import io.osmoda.format.json.JsonObject;
import io.osmoda.ledger.Hold;
import io.osmoda.ledger.HoldScope;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A ledger with every action of the catalogue, every outcome, many capture points and kinds of
 * actors, texts that steer or break readers, empty and large payloads, and a redaction.
 */
final class CatalogueLedger {
  static final Path FORMAT = Path.of("../docs/ledger-format.md");

  /** Texts that a member may hold: quotes, markup, formulas, bidi, astral, noncharacters. */
  static final List<String> HOSTILE =
      List.of(
          "\"}],\"x\":{\"",
          "</script><img src=x onerror=alert(1)>",
          "=HYPERLINK(\"http://x\")",
          "\u202Egnp.exe\u2066",
          "😀 \uD83D\uDC69\u200D\uD83D\uDCBB größe",
          "\uFFFF\uFDD0\uDBFF\uDFFF",
          "../../etc/passwd\\u0000",
          " leading and trailing ",
          "/",
          "x".repeat(256));

  private static final List<String> SOURCES =
      List.of(
          "mcp_proxy",
          "otlp",
          "hook",
          "sdk",
          "api",
          "supervisor",
          "kernel",
          "fanotify",
          "ssh",
          "nix",
          "drift",
          "mesh",
          "own_source");

  private static final List<String> KINDS = List.of("agent", "user", "ssh", "system", "mesh");

  private CatalogueLedger() {}

  /** The actions of section 7 of the format. */
  static List<String> actions() throws IOException {
    String text = Files.readString(FORMAT);
    String section = text.substring(text.indexOf("## 7."), text.indexOf("Two-phase actions:"));
    List<String> actions = new ArrayList<>();
    Matcher matcher =
        Pattern.compile("[a-z]+(?:_[a-z]+)+|reconcile|login|logout|sampling|elicitation|review")
            .matcher(section);
    while (matcher.find()) {
      actions.add(matcher.group());
    }
    return actions;
  }

  static Ledger create(Path folder) throws IOException {
    Ledger ledger =
        Ledger.create(folder.resolve("ledger"), SampleLedger.ORIGIN, LedgerOptions.defaults());
    List<String> actions = new ArrayList<>(actions());
    actions.add("own_action");
    Receipt cause = ledger.appendDurably(draft("tool_call", 0).build());
    List<CompletableFuture<Receipt>> sealed = new ArrayList<>();
    int i = 1;
    for (String action : List.of("review", "sign_off")) {
      ledger.appendStatement(action, "user:ann", "#1-2", List.of(), payload(1));
    }
    Hold hold = ledger.setHold(HoldScope.ALL, "suit", "user:ann");
    ledger.releaseHold(hold.seq(), "settled", "user:ann");
    actions.removeAll(List.of("review", "sign_off", "hold_set", "hold_release"));
    for (String action : actions) {
      for (Status status : Status.values()) {
        if (isControl(action)) {
          if (status == Status.OK && !action.equals("ledger_redact")) {
            sealed.add(
                ledger.appendControl(
                    action,
                    status,
                    "target",
                    "why",
                    List.of(CauseReference.local(cause)),
                    payload(i)));
          }
        } else {
          EntryDraft.Builder draft = draft(action, i).status(status);
          if (i % 3 == 0) {
            draft.causedBy(CauseReference.local(cause));
          }
          sealed.add(ledger.append(draft.build()));
        }
        i++;
      }
    }
    sealed.forEach(CompletableFuture::join);
    ledger.appendDurably(
        draft("tool_result", i)
            .payload(JsonObject.builder().put("text", "big ".repeat(180_000)).build())
            .build());
    ledger.redact(20, 24, "asked", JsonObject.EMPTY);
    return ledger;
  }

  private static boolean isControl(String action) {
    return action.startsWith("ledger_")
        || action.startsWith("capture_")
        || action.startsWith("witness_")
        || action.equals("key_rotate")
        || action.equals("clock_step");
  }

  private static EntryDraft.Builder draft(String action, int i) {
    String kind = KINDS.get(i % KINDS.size());
    String hostile = HOSTILE.get(i % HOSTILE.size());
    EntryDraft.Builder draft =
        EntryDraft.builder(SOURCES.get(i % SOURCES.size()), kind + ":" + hostile, action)
            .payload(i % 4 == 0 ? JsonObject.EMPTY : payload(i));
    if (i % 2 == 0) {
      draft.target(HOSTILE.get((i / 2) % HOSTILE.size()));
    }
    if (i % 3 == 0) {
      draft.tool(HOSTILE.get((i / 3) % HOSTILE.size())).session(hostile);
    }
    if (i % 5 == 0) {
      draft.reason("line one\nline two\t\u0000\u001b[2J " + hostile);
    }
    if (i % 7 == 0) {
      draft.trace(new TraceContext("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", null));
      draft.occurredAt(Instant.parse("1969-12-31T23:59:59.123456789Z"));
    }
    return draft;
  }

  private static JsonObject payload(int i) {
    return JsonObject.builder()
        .put("number", i)
        .put("text", HOSTILE.get(i % HOSTILE.size()) + "\u0000\n\u2028")
        .build();
  }

  /** Exports into a bundle. */
  static Path export(Ledger ledger, Path target, ExportRequest request) throws IOException {
    try (BundleSink sink =
        target.toString().endsWith(".zip") ? new ZipFileSink(target) : new FolderSink(target)) {
      new BundleExport(ledger, Frameworks.builtIn()).write(request, "user:me", sink);
    }
    return target;
  }

  /** All of a ledger. */
  static ExportRequest all(boolean withheld) {
    return new ExportRequest(null, null, null, null, Map.of(), withheld);
  }
}
