package io.osmoda.cli;

import io.osmoda.query.Spelling;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The verbs: their names, order, groups and one line each. Loads no verb's class by itself. */
final class Verbs {
  /** What a verb is for, in the order of the help. */
  enum Group {
    FIRST_STEPS("First steps"),
    WRITE("Write"),
    READ("Read"),
    PROVE("Prove"),
    RUN("Run and look after");

    private final String title;

    Group(String title) {
      this.title = title;
    }

    String title() {
      return title;
    }
  }

  /**
   * A verb.
   *
   * @param name one word or two
   * @param takesCommand whether its arguments end in somebody else's command line
   */
  record Entry(
      Group group, String name, String summary, boolean takesCommand, Supplier<Verb> make) {
    int words() {
      return name.indexOf(' ') < 0 ? 1 : 2;
    }
  }

  static final List<Entry> ALL =
      List.of(
          verb(
              Group.FIRST_STEPS,
              "demo",
              "See it work: record an agent, tamper, prove, redact (some seconds, no network).",
              DemoVerb::new),
          verb(
              Group.FIRST_STEPS,
              "init",
              "Make a ledger and the keys that sign its checkpoints.",
              InitVerb::new),
          verb(
              Group.FIRST_STEPS,
              "status",
              "How the ledger stands, who holds it, and what that protects.",
              StatusVerb::new),
          new Entry(
              Group.WRITE,
              "mcp wrap",
              "Record every call between an agent and an MCP server.",
              true,
              McpWrapVerb::new),
          verb(
              Group.WRITE,
              "append",
              "Seal an entry, or one for each line of standard input.",
              AppendVerb::new),
          verb(
              Group.WRITE,
              "redact",
              "Remove payloads for good; every hash still checks.",
              RedactVerb::new),
          verb(
              Group.READ,
              "query",
              "Find and count entries by any member, by text, by what the payload holds.",
              QueryVerb::new),
          verb(Group.READ, "show", "Show one entry whole.", ShowVerb::new),
          verb(
              Group.READ,
              "trace",
              "Draw what led to an entry and what came of it.",
              TraceVerb::new),
          verb(Group.READ, "summary", "What happened in a period, on a page.", SummaryVerb::new),
          verb(Group.READ, "tail", "Show the newest entries, and those that come.", TailVerb::new),
          verb(Group.READ, "index", "Make what is missing of the index.", IndexVerb::new),
          verb(
              Group.PROVE,
              "verify",
              "Check everything: intact, tampered with, or not to be judged.",
              VerifyVerb::new),
          verb(
              Group.PROVE,
              "checkpoint",
              "Sign and print a checkpoint, to be kept elsewhere.",
              CheckpointVerb::new),
          verb(
              Group.PROVE,
              "prove",
              "Write the proof that one entry stands in the ledger.",
              ProveVerb::new),
          verb(
              Group.PROVE,
              "verify-proof",
              "Check such a proof with files alone.",
              VerifyProofVerb::new),
          verb(
              Group.PROVE,
              "controls",
              "Show which controls of SOC 2, HIPAA … entries support, and what is missing.",
              ControlsVerb::new),
          verb(
              Group.PROVE,
              "export",
              "Write a bundle that proves what it leaves out.",
              ExportVerb::new),
          verb(
              Group.PROVE,
              "review",
              "Put on record that you reviewed a time; show what is not reviewed.",
              ReviewVerb::new),
          verb(
              Group.PROVE,
              "sign-off",
              "Put on record that you sign off a bundle; show who did.",
              SignOffVerb::new),
          verb(Group.PROVE, "sample", "Draw an auditor's sample from a bundle.", SampleVerb::new),
          verb(
              Group.PROVE,
              "verify-bundle",
              "Check a bundle or sample with files alone.",
              VerifyBundleVerb::new),
          verb(
              Group.PROVE,
              "verify-chain",
              "Check a folder of bundles that follow one another.",
              VerifyChainVerb::new),
          verb(
              Group.PROVE,
              "publish",
              "Write the signed tree as a static folder for a web server.",
              PublishVerb::new),
          verb(
              Group.PROVE,
              "canonicalize",
              "Print a JSON value's canonical form, or say why it is refused.",
              CanonicalizeVerb::new),
          verb(
              Group.RUN,
              "serve",
              "Hold the ledger open for all of the machine's writers and readers.",
              ServeVerb::new),
          verb(
              Group.RUN,
              "schedule",
              "Show which evidence is collected by itself, and what is due.",
              ScheduleVerb::new),
          verb(Group.RUN, "schedule run", "Collect now what is due.", ScheduleRunVerb::new),
          verb(
              Group.RUN,
              "retention",
              "Show how long payloads are kept, and what may go.",
              RetentionVerb::new),
          verb(
              Group.RUN,
              "hold set",
              "Set a legal hold: nothing that it covers is redacted.",
              HoldSetVerb::new),
          verb(Group.RUN, "hold list", "Show the legal holds in force.", HoldListVerb::new),
          verb(Group.RUN, "hold release", "Release a legal hold.", HoldReleaseVerb::new),
          verb(
              Group.RUN,
              "token create",
              "Make a bearer token for the HTTP interface.",
              TokenCreateVerb::new),
          verb(Group.RUN, "token list", "List the tokens.", TokenListVerb::new),
          verb(Group.RUN, "token revoke", "Take a token back.", TokenRevokeVerb::new),
          verb(
              Group.RUN,
              "key show",
              "Show the public keys and where the trust file lies.",
              KeyShowVerb::new),
          verb(
              Group.RUN,
              "key rotate",
              "Replace the keys that sign checkpoints.",
              KeyRotateVerb::new),
          verb(
              Group.RUN,
              "clock confirm",
              "Follow the machine's clock after it jumped forward.",
              ClockConfirmVerb::new),
          new Entry(
              Group.RUN,
              "bench",
              "Measure this machine, beside what people would use instead.",
              true,
              BenchVerb::new));

  private Verbs() {}

  private static Entry verb(Group group, String name, String summary, Supplier<Verb> make) {
    return new Entry(group, name, summary, false, make);
  }

  /** The verb that the arguments begin with; null where there is none. */
  static @Nullable Entry find(List<String> arguments) {
    if (arguments.isEmpty()) {
      return null;
    }
    String one = arguments.getFirst();
    String two = arguments.size() > 1 ? one + " " + arguments.get(1) : one;
    Entry found = null;
    for (Entry entry : ALL) {
      if (entry.name().equals(two)) {
        return entry; // the longer name, where both are one
      }
      if (entry.name().equals(one)) {
        found = entry;
      }
    }
    return found;
  }

  /** The verbs of two words that begin with this one. */
  static List<Entry> family(String word) {
    List<Entry> family = new ArrayList<>();
    for (Entry entry : ALL) {
      if (entry.name().startsWith(word + " ")) {
        family.add(entry);
      }
    }
    return family;
  }

  /** The verb that was probably meant; null where none is near. */
  static @Nullable String nearest(String word) {
    List<String> names = new ArrayList<>();
    for (Entry entry : ALL) {
      names.add(entry.name());
      names.add(entry.name().replaceFirst(" .*", ""));
    }
    return Spelling.nearest(word, names);
  }
}
