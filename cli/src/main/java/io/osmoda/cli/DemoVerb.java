package io.osmoda.cli;

import io.osmoda.daemon.LedgerAccess;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.BadNoteException;
import io.osmoda.format.log.BadPolicyException;
import io.osmoda.ledger.EntryCursor;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerLockedException;
import io.osmoda.ledger.LedgerOptions;
import io.osmoda.ledger.LedgerReader;
import io.osmoda.verify.LedgerVerifier;
import io.osmoda.verify.Verdict;
import io.osmoda.verify.Verification;
import io.osmoda.verify.VerificationText;
import io.osmoda.verify.VerifyOptions;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "demo",
    description = {
      "A real agent calls a real MCP server through osmoda mcp wrap, on this machine and without a"
          + " network. The demo then verifies the ledger, tampers with copies of it in six ways and"
          + " shows that each is detected, proves one entry from files alone, and removes one"
          + " payload for good. It leaves everything in the folder so you can try the other"
          + " commands."
    },
    footer = {"  osmoda demo", "  osmoda demo /tmp/osmoda-demo"})
final class DemoVerb extends Verb {
  private static final String ORIGIN = "demo.example.com/help-desk";
  private static final String MARGIN = "   ";
  private static final Path MARK = Path.of(".osmoda-demo");
  private static final Duration DAEMON_PATIENCE = Duration.ofSeconds(15);
  private static final Duration AGENT_PATIENCE = Duration.ofSeconds(60);

  @Parameters(
      arity = "0..1",
      paramLabel = "DIR",
      description = "Demo folder (default: ./osmoda-demo). An earlier demo there is replaced.")
  Path folder = Path.of("osmoda-demo");

  /** What the steps share. */
  private record Stage(
      Shell shell, Style style, Path root, Path ledger, Path trust, String osmoda) {
    PrintStream out() {
      return shell.out();
    }

    void say(String line) {
      out().println(line);
      out().flush();
    }

    void title(int number, String text) {
      say("");
      say(style.bold(number + "  " + text));
    }

    void command(String line) {
      say(style.dim("   $ ") + style.name(line));
    }
  }

  @Override
  int run(Shell shell) throws IOException, InterruptedException, JsonException {
    long start = System.nanoTime();
    if (ledger != null || keys != null) {
      throw new CliException(
          "the demo creates its own ledger", "Pass the folder as an argument: osmoda demo DIR");
    }
    Style style = style(shell);
    prepare(folder);
    Stage stage =
        new Stage(
            shell,
            style,
            folder,
            folder.resolve("ledger"),
            folder.resolve("ledger.keys").resolve("trust.policy"),
            Words.command());
    stage.say(
        style.bold("osModa Audit") + ": an agent's actions on record, so that tampering shows");

    makeLedger(stage);
    recordAgent(stage);
    quietly(stage, "checkpoint", "--ledger", stage.ledger().toString());
    Path older = stage.root().resolve("older-copy");
    Tampering.copy(stage.ledger(), older);
    boolean intact = verify(stage);
    boolean allFound = tamper(stage, older);
    boolean proven = prove(stage);
    boolean redacted = redact(stage);
    stopDaemon(stage.ledger()); // else it would end by itself a minute later

    tryNext(stage, (System.nanoTime() - start) / 1_000_000);
    return intact && allFound && proven && redacted ? ExitCode.DONE : ExitCode.FAILED;
  }

  private static void prepare(Path folder) throws IOException, InterruptedException {
    if (Files.exists(folder)) {
      if (!Files.exists(folder.resolve(MARK))) {
        throw new CliException(
            "%s exists and is not an earlier demo".formatted(folder),
            "Choose another folder: osmoda demo DIR");
      }
      stopDaemon(folder.resolve("ledger"));
      delete(folder);
    }
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve(MARK), "Made by osmoda demo; the next osmoda demo deletes this folder.\n");
    Path desk = Files.createDirectories(folder.resolve("help-desk"));
    Files.writeString(
        desk.resolve("ticket-77.txt"), "Order A-1042 has not arrived. Please help. M. Huber\n");
    Files.writeString(
        desk.resolve("policy.md"),
        "Lost parcels: send a replacement. Never disclose a diagnosis.\n");
    Files.writeString(desk.resolve("customers.csv"), "number,name\n4711,Maria Huber\n");
  }

  /** Stops the daemon that holds a ledger, if one does, and waits until it has let go. */
  private static void stopDaemon(Path ledger) throws IOException, InterruptedException {
    if (!Files.exists(ledger) || !LedgerAccess.stopDaemon(ledger)) {
      return;
    }
    long deadline = System.nanoTime() + DAEMON_PATIENCE.toNanos();
    while (true) {
      try {
        Ledger.open(ledger, LedgerOptions.defaults()).close();
        return;
      } catch (LedgerLockedException e) {
        if (System.nanoTime() - deadline > 0) {
          throw e;
        }
        Thread.sleep(50);
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    List<Path> all;
    try (Stream<Path> files = Files.walk(folder)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : all) {
      Files.delete(file);
    }
  }

  private void makeLedger(Stage stage) throws IOException {
    stage.title(1, "A ledger, and the keys that sign its checkpoints in a folder of their own");
    stage.command("osmoda init --origin " + ORIGIN);
    Ledger.create(stage.ledger(), ORIGIN, LedgerOptions.defaults()).close();
    stage.say("   ledger      " + stage.ledger());
    stage.say(
        "   trust file  " + stage.trust() + stage.style().dim("   (give this to the auditor)"));
  }

  private void recordAgent(Stage stage) throws IOException, InterruptedException {
    stage.title(2, "An agent at work: each call is on disk before the MCP server sees it");
    stage.command("osmoda mcp wrap --agent demo-agent -- java … DemoServer help-desk");
    long start = System.nanoTime();
    Process agent = startAgent(stage);
    Table calls =
        new Table(
            MARGIN,
            Table.Column.left("TOOL", stage.style()::bold),
            Table.Column.left("RESULT", stage.style()::status),
            Table.Column.left("ARGUMENTS"));
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(agent.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] parts = line.split("\t", -1);
        if (parts.length == 5) {
          calls.row(parts[0], parts[1], Table.clip(parts[3], 60));
        }
      }
    }
    if (!agent.waitFor(AGENT_PATIENCE.toSeconds(), TimeUnit.SECONDS) || agent.exitValue() != 0) {
      agent.destroyForcibly();
      throw new CliException(
          "the demo's agent failed", Files.readString(stage.root().resolve("agent.log")));
    }
    calls.print(stage.out(), stage.style(), Integer.MAX_VALUE);
    try (LedgerReader reader = LedgerReader.open(stage.ledger())) {
      stage.say(
          "   "
              + Words.entries(reader.size())
              + " sealed in "
              + Times.brief(Duration.ofNanos(System.nanoTime() - start))
              + ". Three of them in osmoda query:");
      showSome(stage, reader);
    }
    sayWhatBecameOfTheSecret(stage);
  }

  private static Process startAgent(Stage stage) throws IOException {
    List<String> command = new ArrayList<>(ChildJvm.demo(DemoAgent.class.getName()));
    command.addAll(ChildJvm.osmoda());
    command.addAll(
        List.of(
            "mcp",
            "wrap",
            "--agent",
            "demo-agent",
            "--server-name",
            "help-desk",
            "--ledger",
            stage.ledger().toAbsolutePath().toString(),
            "--"));
    command.addAll(ChildJvm.demo(DemoServer.class.getName()));
    command.add(stage.root().resolve("help-desk").toAbsolutePath().toString());
    return new ProcessBuilder(command)
        .redirectError(stage.root().resolve("agent.log").toFile())
        .start();
  }

  private static void showSome(Stage stage, LedgerReader reader) throws IOException {
    Entry result = find(reader, "tool_result", "read_file", "error");
    if (result == null || result.causedBy().isEmpty()) {
      throw new CliException("the refused read is not in the ledger", null);
    }
    Entry call = reader.entry(result.causedBy().getFirst().seq());
    Entry masked = find(reader, "tool_call", "http_request", "pending");
    Rendering utc = new Rendering();
    try (EntryTable table = new EntryTable(stage.shell(), stage.style(), utc, MARGIN)) {
      if (masked != null) {
        table.add(masked);
      }
      table.add(call);
      table.add(result);
    }
  }

  private static void sayWhatBecameOfTheSecret(Stage stage) throws IOException {
    String all = Files.readString(segment(stage.ledger()));
    boolean leaked = all.contains(DemoAgent.SECRET);
    stage.say(
        leaked
            ? stage.style().bad("   The token in the request's header IS in the ledger.")
            : "   The token in the first entry's header was masked before anything was written.");
  }

  private static Path segment(Path ledger) {
    return ledger.resolve("segments").resolve("00000000000000000000.ndjson");
  }

  private static boolean verify(Stage stage) throws IOException {
    stage.title(3, "Verified: every hash, every link, the tree, both signatures");
    stage.command("osmoda verify");
    Verification verification = verification(stage.ledger(), stage.trust(), null);
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    VerificationText.print(
        verification,
        stage.ledger(),
        Instant.now(),
        new PrintStream(text, true, StandardCharsets.UTF_8),
        stage.style());
    text.toString(StandardCharsets.UTF_8)
        .lines()
        .filter(line -> !line.isBlank())
        .forEach(line -> stage.say(MARGIN + line));
    return verification.verdict() == Verdict.INTACT;
  }

  private static Verification verification(Path ledger, Path trust, @Nullable Path since)
      throws IOException {
    try {
      VerifyOptions options = VerifyOptions.defaults().withTrust(trust);
      return LedgerVerifier.verify(ledger, since == null ? options : options.withSince(since));
    } catch (BadPolicyException | BadNoteException e) {
      throw new CliException("the demo's own files are malformed: " + e.getMessage(), null);
    }
  }

  /** One way to tamper. */
  private record Attempt(String what, Work work) {
    interface Work {
      void on(Path copy) throws IOException, JsonException;
    }
  }

  private boolean tamper(Stage stage, Path older) throws IOException, JsonException {
    stage.title(4, "Six ways to tamper, each on a copy, and what verify finds");
    long denied;
    long size;
    try (LedgerReader reader = LedgerReader.open(stage.ledger())) {
      Entry entry = find(reader, "tool_result", "read_file", "error");
      denied = entry == null ? 0 : entry.seq();
      size = reader.newestCheckpoint().checkpoint().size();
    }
    List<Attempt> attempts =
        List.of(
            new Attempt(
                "rewrite what entry %d says".formatted(denied),
                copy -> Tampering.editLine(copy, denied, "access denied", "access granted")),
            new Attempt(
                "delete entry %d".formatted(denied), copy -> Tampering.deleteLine(copy, denied)),
            new Attempt(
                "cut off the last %d entries".formatted(3),
                copy -> Tampering.cutTail(copy, size - 3)),
            new Attempt(
                "rewrite entry %d and recompute all later hashes".formatted(denied),
                copy ->
                    Tampering.rewrite(
                        copy, denied, p -> JsonObject.builder().put("result", "ok").build())),
            new Attempt(
                "replace it with a ledger of the same name and other keys",
                DemoVerb::replaceByForgery));
    Table table =
        new Table(
            MARGIN,
            Table.Column.left("WHAT WAS DONE"),
            Table.Column.left("VERDICT", stage.style()::bad),
            Table.Column.left("FOUND", stage.style()::bold));
    boolean allFound = true;
    int number = 0;
    for (Attempt attempt : attempts) {
      number++;
      Path copy = stage.root().resolve("tampered-" + number);
      Tampering.copy(stage.ledger(), copy);
      attempt.work().on(copy);
      allFound &= row(table, attempt.what(), verification(copy, stage.trust(), null));
    }
    Path held = stage.root().resolve("checkpoint-you-hold");
    rollBack(stage, held);
    allFound &=
        row(table, "restore an older copy of everything", verification(older, stage.trust(), held));
    table.print(stage.out(), stage.style(), Integer.MAX_VALUE);
    stage.say(
        stage
            .style()
            .dim(
                "   The last copy is consistent in itself: only a checkpoint kept elsewhere exposes"
                    + " it (--since)."));
    return allFound;
  }

  /** Lets the ledger grow past the older copy, and keeps the checkpoint that tells. */
  private static void rollBack(Stage stage, Path held) throws IOException {
    quietly(
        stage,
        "append",
        "--actor",
        "user:auditor",
        "--action",
        "deploy",
        "--ledger",
        stage.ledger().toString());
    quietly(stage, "checkpoint", "-o", held.toString(), "--ledger", stage.ledger().toString());
  }

  private static void replaceByForgery(Path copy) throws IOException {
    delete(copy);
    Path keys = copy.resolveSibling(copy.getFileName() + ".keys");
    if (Files.exists(keys)) {
      delete(keys);
    }
    try (Ledger forged = Ledger.create(copy, ORIGIN, LedgerOptions.defaults())) {
      forged.appendDurably(
          EntryDraft.builder("mcp_proxy", "agent:demo-agent", "tool_call")
              .tool("read_file")
              .build());
    }
  }

  private static boolean row(Table table, String what, Verification verification) {
    List<String> found = new ArrayList<>();
    verification.findings().stream()
        .filter(f -> f.seq() != null)
        .min(Comparator.comparingLong(f -> f.seq() == null ? 0 : f.seq()))
        .ifPresent(f -> found.add(f.kind().text() + " at entry " + f.seq()));
    verification.findings().stream()
        .filter(f -> f.seq() == null)
        .map(f -> f.kind().text())
        .distinct()
        .forEach(found::add);
    table.row(
        what,
        verification.verdict().text(),
        found.isEmpty() ? "nothing" : String.join(", ", found));
    return verification.verdict() == Verdict.TAMPERED;
  }

  private static boolean prove(Stage stage) throws IOException {
    long seq;
    try (LedgerReader reader = LedgerReader.open(stage.ledger())) {
      Entry call = find(reader, "tool_call", "send_mail", "pending");
      seq = call == null ? 0 : call.seq();
    }
    stage.title(5, "Entry %d proven to someone who sees no other entry".formatted(seq));
    Path entry = stage.root().resolve("entry-%d.json".formatted(seq));
    Path proof = stage.root().resolve("entry-%d.tlog-proof".formatted(seq));
    String ledgerOption = stage.ledger().toString();
    stage.command("osmoda show %d --json > %s".formatted(seq, entry));
    Files.writeString(
        entry, quietly(stage, "show", Long.toString(seq), "--json", "--ledger", ledgerOption));
    stage.command("osmoda prove %d -o %s".formatted(seq, proof));
    quietly(stage, "prove", Long.toString(seq), "-o", proof.toString(), "--ledger", ledgerOption);
    stage.command(
        "osmoda verify-proof %s \\\n       --entry %s --trust %s"
            .formatted(proof, entry, stage.trust()));
    String answer =
        quietly(
            stage,
            "verify-proof",
            proof.toString(),
            "--entry",
            entry.toString(),
            "--trust",
            stage.trust().toString());
    answer.lines().forEach(line -> stage.say("   " + line));
    return true;
  }

  private static boolean redact(Stage stage) throws IOException {
    long seq;
    try (LedgerReader reader = LedgerReader.open(stage.ledger())) {
      Entry call = find(reader, "tool_call", "send_mail", "pending");
      seq = call == null ? 0 : call.seq();
    }
    stage.title(6, "The email address in entry %d removed for good".formatted(seq));
    String reason = "erasure requested by the customer";
    stage.command("osmoda redact %d --reason '%s'".formatted(seq, reason));
    quietly(
        stage,
        "redact",
        Long.toString(seq),
        "--reason",
        reason,
        "--yes",
        "--ledger",
        stage.ledger().toString());
    Verification verification = verification(stage.ledger(), stage.trust(), null);
    boolean gone = !Files.readString(segment(stage.ledger())).contains(DemoAgent.PERSONAL);
    stage.say(
        "   The address is "
            + (gone ? "nowhere" : stage.style().bad("STILL"))
            + " in the ledger's files. The payload's hash and position remain: verify says"
            + " "
            + (verification.verdict() == Verdict.INTACT
                ? stage.style().good("intact")
                : stage.style().bad(verification.verdict().text()))
            + ".");
    stage.say(
        stage.style().dim("   Earlier copies, such as the tampered ones above, still contain it."));
    return gone && verification.verdict() == Verdict.INTACT;
  }

  private static void tryNext(Stage stage, long millis) {
    stage.say("");
    stage.say(
        stage.style().bold("Try next")
            + stage.style().dim("   (the demo took %.1f s)".formatted(millis / 1000.0)));
    String osmoda = stage.osmoda();
    stage.say("   export OSMODA_LEDGER=" + Words.quoted(stage.ledger().toString()));
    stage.say("   " + osmoda + " query --status error");
    stage.say("   " + osmoda + " show 5");
    stage.say("   " + osmoda + " status");
    stage.say(
        "   "
            + osmoda
            + " verify --ledger "
            + Words.quoted(stage.root().resolve("tampered-4").toString())
            + " --trust "
            + Words.quoted(stage.trust().toString()));
    stage.say(
        "   claude mcp add files -- "
            + osmoda
            + " mcp wrap --agent claude \\\n       --ledger "
            + Words.quoted(stage.ledger().toAbsolutePath().normalize().toString())
            + " -- npx -y @modelcontextprotocol/server-filesystem .");
  }

  private static @Nullable Entry find(
      LedgerReader reader, String action, String tool, String status) throws IOException {
    try (EntryCursor cursor = reader.read(0, Long.MAX_VALUE)) {
      for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
        if (entry.action().equals(action)
            && tool.equals(entry.tool())
            && entry.status().equals(status)) {
          return entry;
        }
      }
    }
    return null;
  }

  /** Runs one of our own verbs; what it prints is the answer. */
  private static String quietly(Stage stage, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Shell inner = Shell.of(stage.shell().in(), out, err, stage.shell().environment());
    int code = Osmoda.run(inner, arguments);
    if (code != ExitCode.DONE) {
      throw new CliException(
          "osmoda %s failed".formatted(String.join(" ", arguments)),
          err.toString(StandardCharsets.UTF_8) + out.toString(StandardCharsets.UTF_8));
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
