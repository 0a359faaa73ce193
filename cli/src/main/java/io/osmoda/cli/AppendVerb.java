package io.osmoda.cli;

import io.osmoda.client.DaemonLauncher;
import io.osmoda.client.DraftJson;
import io.osmoda.client.RecorderConnection;
import io.osmoda.daemon.LedgerSession;
import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.DraftRefusedException;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.entry.Status;
import io.osmoda.format.json.JsonException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "append",
    description = {
      "Seals one entry built from the options or, with -, one entry per line of standard input."
          + " Each line is a JSON object with actor and action and, optionally, status, tool,"
          + " target, session, reason, occurred_at, trace, caused_by and payload. The source is"
          + " always api: what a program says about itself is reported, not observed.",
      "Prints a receipt, {\"entry_hash\",\"seq\"}, for each entry once it is on stable storage, in"
          + " input order. A rejected line is reported on standard error with its line number; the"
          + " rest are still sealed, and the exit code is 1."
    },
    footer = {
      "  osmoda append --actor user:ana --action deploy --reason 'OPS-77'",
      "  osmoda append --actor agent:a1 --action deploy --status error --payload '{\"build\":77}'",
      "  my-app --log-json | osmoda append -",
    })
final class AppendVerb extends Verb {
  @Parameters(
      arity = "0..1",
      paramLabel = "-",
      description = "Read entries from standard input, one JSON object per line.")
  @Nullable String dash;

  @Option(
      names = "--actor",
      paramLabel = "KIND:ID",
      description = "Who did it: agent:…, user:…, ssh:…, system:… or mesh:….")
  @Nullable String actor;

  @Option(
      names = "--action",
      paramLabel = "NAME",
      description = "What happened, for example deploy.")
  @Nullable String action;

  @Option(
      names = "--status",
      paramLabel = "STATUS",
      description =
          "The outcome: ok (default), error, denied, pending, timeout, cancelled, crashed,"
              + " unknown.")
  @Nullable String status;

  @Option(names = "--tool", paramLabel = "NAME", description = "The tool's name.")
  @Nullable String tool;

  @Option(
      names = "--target",
      paramLabel = "ID",
      description = "What was acted on. Use an identifier, never personal data.")
  @Nullable String target;

  @Option(names = "--session", paramLabel = "ID", description = "The run or session it belongs to.")
  @Nullable String session;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "Why it happened, or a ticket number.")
  @Nullable String reason;

  @Option(
      names = "--caused-by",
      paramLabel = "SEQ@HASH",
      description = "An earlier entry that led to this one. Repeatable.")
  List<String> causes = List.of();

  @Option(
      names = "--payload",
      paramLabel = "JSON|@FILE|-",
      description = "Details as a JSON object. @FILE reads a file, - reads standard input.")
  @Nullable String payload;

  @Override
  int run(Shell shell) throws IOException, InterruptedException, JsonException {
    if (dash != null) {
      return fromInput(shell);
    }
    if (actor == null || action == null) {
      throw new CliException(
          "an entry needs --actor and --action",
          "Pass both, or - to read entries from standard input. See: osmoda append --help");
    }
    EntryDraft draft = draft(shell, actor, action);
    try (LedgerSession access = access(shell)) {
      shell.out().println(receipt(access.append(draft)));
    }
    return ExitCode.DONE;
  }

  private int fromInput(Shell shell) throws IOException, InterruptedException {
    if (!"-".equals(dash)) {
      throw new CliException(
          "unexpected argument '%s'".formatted(dash),
          "The only argument is -, for standard input.");
    }
    if (actor != null || action != null || payload != null) {
      throw new CliException(
          "- reads complete entries from standard input",
          "Drop --actor, --action and --payload; each input line carries its own.");
    }
    Path folder = ledgerFolder(shell);
    DaemonLauncher launcher = DaemonLauncher.ofThisProcess(Osmoda.class).withKeys(keys);
    try (RecorderConnection recorder = RecorderConnection.open(folder, launcher)) {
      return new DraftStream(shell, recorder).run();
    }
  }

  private EntryDraft draft(Shell shell, String actor, String action)
      throws IOException, JsonException {
    EntryDraft.Builder draft = EntryDraft.builder(DraftJson.API, actor, action);
    if (status != null) {
      draft.status(Status.parse(status));
    }
    draft.tool(tool).target(target).session(session).reason(reason);
    draft.causedBy(causes.stream().map(AppendVerb::cause).toList());
    if (payload != null) {
      try {
        draft.payloadJson(payloadBytes(shell, payload));
      } catch (JsonException e) {
        throw new CliException("--payload: invalid JSON " + e.getMessage(), null);
      }
    }
    return draft.build();
  }

  private static CauseReference cause(String text) {
    try {
      return CauseReference.parse(text.contains("#") ? text : "#" + text);
    } catch (DraftRefusedException e) {
      throw new CliException(
          "--caused-by: '%s' does not name an entry".formatted(text),
          "Use SEQ@ENTRY_HASH from the entry's receipt, or ORIGIN#SEQ@ENTRY_HASH for an entry in"
              + " another ledger.");
    }
  }

  private static byte[] payloadBytes(Shell shell, String payload) throws IOException {
    if (payload.equals("-")) {
      return shell.in().readAllBytes();
    }
    if (!payload.startsWith("@")) {
      return payload.getBytes(StandardCharsets.UTF_8);
    }
    Path file = Path.of(payload.substring(1));
    if (file.toString().isEmpty() || Files.isDirectory(file)) {
      throw new CliException(
          "--payload: expected a file after @, found '%s'".formatted(file), null);
    }
    return Files.readAllBytes(file);
  }

  static String receipt(Receipt receipt) {
    return "{\"entry_hash\":\"" + receipt.entryHash().hex() + "\",\"seq\":" + receipt.seq() + "}";
  }
}
