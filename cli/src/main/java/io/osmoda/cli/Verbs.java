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
    RUN("Operate");

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
              "See it work in seconds: record, tamper, prove, redact.",
              DemoVerb::new),
          verb(Group.FIRST_STEPS, "init", "Create a ledger and its signing keys.", InitVerb::new),
          verb(
              Group.FIRST_STEPS,
              "status",
              "Show the ledger's state and what your setup protects.",
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
              "Seal one entry, or one per line of standard input.",
              AppendVerb::new),
          verb(
              Group.WRITE,
              "redact",
              "Permanently remove payloads; every hash still verifies.",
              RedactVerb::new),
          verb(
              Group.READ,
              "query",
              "Find and count entries by member, text or payload.",
              QueryVerb::new),
          verb(Group.READ, "show", "Show one entry in full.", ShowVerb::new),
          verb(
              Group.READ,
              "trace",
              "Draw what led to an entry and what followed from it.",
              TraceVerb::new),
          verb(Group.READ, "summary", "Summarize a period on one page.", SummaryVerb::new),
          verb(Group.READ, "tail", "Show the newest entries and follow new ones.", TailVerb::new),
          verb(Group.READ, "index", "Update or rebuild the search index.", IndexVerb::new),
          verb(
              Group.PROVE,
              "verify",
              "Check the whole ledger: intact, tampered or unverifiable.",
              VerifyVerb::new),
          verb(
              Group.PROVE,
              "checkpoint",
              "Sign and print a checkpoint to keep elsewhere.",
              CheckpointVerb::new),
          verb(
              Group.PROVE,
              "prove",
              "Write a proof that one entry is in the ledger.",
              ProveVerb::new),
          verb(Group.PROVE, "verify-proof", "Check a proof offline.", VerifyProofVerb::new),
          verb(
              Group.PROVE,
              "controls",
              "Show which SOC 2, HIPAA … controls the entries support.",
              ControlsVerb::new),
          verb(
              Group.PROVE,
              "export",
              "Write a verifiable evidence bundle, or a readable copy.",
              ExportVerb::new),
          verb(Group.PROVE, "review", "Record a review; show what is unreviewed.", ReviewVerb::new),
          verb(
              Group.PROVE,
              "sign-off",
              "Record your sign-off of a bundle; show who signed.",
              SignOffVerb::new),
          verb(Group.PROVE, "sample", "Draw an auditor's sample from a bundle.", SampleVerb::new),
          verb(
              Group.PROVE,
              "verify-bundle",
              "Check a bundle or sample offline.",
              VerifyBundleVerb::new),
          verb(
              Group.PROVE,
              "verify-chain",
              "Check a folder of consecutive bundles.",
              VerifyChainVerb::new),
          verb(
              Group.PROVE,
              "publish",
              "Write the signed tree as static files for a web server.",
              PublishVerb::new),
          verb(
              Group.PROVE,
              "canonicalize",
              "Print a JSON value in canonical form.",
              CanonicalizeVerb::new),
          verb(
              Group.RUN,
              "serve",
              "Run the daemon that gives programs access to the ledger.",
              ServeVerb::new),
          verb(
              Group.RUN,
              "schedule",
              "Show the automatic evidence collection and what is due.",
              ScheduleVerb::new),
          verb(
              Group.RUN,
              "schedule run",
              "Collect the evidence that is due now.",
              ScheduleRunVerb::new),
          verb(
              Group.RUN,
              "retention",
              "Show how long payloads are kept and which may be removed.",
              RetentionVerb::new),
          verb(Group.RUN, "hold set", "Set a legal hold that blocks redaction.", HoldSetVerb::new),
          verb(Group.RUN, "hold list", "Show the legal holds in force.", HoldListVerb::new),
          verb(Group.RUN, "hold release", "Release a legal hold.", HoldReleaseVerb::new),
          verb(
              Group.RUN,
              "token create",
              "Create a bearer token for the HTTP interface.",
              TokenCreateVerb::new),
          verb(Group.RUN, "token list", "List the tokens.", TokenListVerb::new),
          verb(Group.RUN, "token revoke", "Revoke a token.", TokenRevokeVerb::new),
          verb(
              Group.RUN,
              "key show",
              "Show the public keys and the trust file's path.",
              KeyShowVerb::new),
          verb(
              Group.RUN,
              "key rotate",
              "Replace the keys that sign checkpoints.",
              KeyRotateVerb::new),
          verb(
              Group.RUN,
              "clock confirm",
              "Accept the machine's clock after it jumped forward.",
              ClockConfirmVerb::new),
          new Entry(
              Group.RUN,
              "bench",
              "Benchmark the ledger against the alternatives.",
              true,
              BenchVerb::new));

  private Verbs() {}

  private static Entry verb(Group group, String name, String summary, Supplier<Verb> make) {
    return new Entry(group, name, summary, false, make);
  }

  /** The verb that the arguments begin with; null if there is none. */
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
