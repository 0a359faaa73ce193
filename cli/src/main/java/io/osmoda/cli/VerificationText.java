package io.osmoda.cli;

import io.osmoda.ledger.Checkpoint;
import io.osmoda.ledger.Finding;
import io.osmoda.ledger.JsonArray;
import io.osmoda.ledger.JsonNull;
import io.osmoda.ledger.JsonNumber;
import io.osmoda.ledger.JsonObject;
import io.osmoda.ledger.JsonString;
import io.osmoda.ledger.JsonValue;
import io.osmoda.ledger.Verdict;
import io.osmoda.ledger.Verification;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a verification came to, for people and for programs. */
final class VerificationText {
  private static final int MAX_SHOWN = 50;

  private VerificationText() {}

  /** The exit code of a verdict. */
  static int exitCode(Verdict verdict) {
    return switch (verdict) {
      case INTACT -> Osmoda.DONE;
      case TAMPERED -> Osmoda.FINDINGS;
      case UNVERIFIABLE -> Osmoda.FAILED;
    };
  }

  /** The object that {@code verify --json} prints. */
  static JsonObject json(Verification v) {
    List<JsonValue> notChecked = new ArrayList<>();
    v.notChecked().forEach(text -> notChecked.add(new JsonString(text)));
    return JsonObject.builder()
        .put("verdict", v.verdict().text())
        .put("self_consistent", v.selfConsistent())
        .put("entries", v.entries())
        .put("anchored", v.anchored())
        .put("unanchored_tail", v.unanchoredTail())
        .put("adopted", v.adopted())
        .put("redacted", v.redacted())
        .put("findings", findings(v.findings()))
        .put("checkpoint", checkpoint(v.checkpoint()))
        .put("trust", v.trust())
        .put("not_checked", new JsonArray(notChecked))
        .put("seconds", v.duration().toNanos() / 1e9)
        .build();
  }

  static JsonArray findings(List<Finding> findings) {
    List<JsonValue> values = new ArrayList<>();
    for (Finding finding : findings) {
      Long seq = finding.seq();
      values.add(
          JsonObject.builder()
              .put("kind", finding.kind().text())
              .put("seq", seq == null ? JsonNull.NULL : JsonNumber.of(seq))
              .put("detail", finding.detail())
              .build());
    }
    return new JsonArray(values);
  }

  static JsonValue checkpoint(@Nullable Checkpoint checkpoint) {
    return checkpoint == null
        ? JsonNull.NULL
        : JsonObject.builder()
            .put("origin", checkpoint.origin())
            .put("size", checkpoint.size())
            .put("root", checkpoint.root().base64())
            .build();
  }

  /**
   * Prints the readable form: the verdict first.
   *
   * @param age how old the newest anchored entry is, null where that is not known
   */
  static void print(Verification v, @Nullable String age, PrintStream out, Style style) {
    out.println(headline(v, style));
    out.println();
    if (!v.findings().isEmpty()) {
      Table table =
          new Table(
              Table.Column.left("FINDING", style::bad),
              Table.Column.right("ENTRY"),
              Table.Column.left("WHAT WAS FOUND"));
      v.findings().stream()
          .limit(MAX_SHOWN)
          .forEach(
              finding ->
                  table.row(
                      finding.kind().text(),
                      finding.seq() == null ? "-" : Long.toString(finding.seq()),
                      finding.detail()));
      table.print(out, style, Integer.MAX_VALUE);
      if (v.findings().size() > MAX_SHOWN) {
        out.println("… and %,d more (--json has all)".formatted(v.findings().size() - MAX_SHOWN));
      }
      out.println();
    }
    Checkpoint checkpoint = v.checkpoint();
    line(out, style, "entries", count(v.entries()) + details(v));
    line(out, style, "anchored", count(v.anchored()) + anchor(v, age));
    line(
        out,
        style,
        "not anchored",
        v.unanchoredTail() == 0
            ? "0"
            : style.warning(count(v.unanchoredTail()))
                + ": under no trusted checkpoint, so whoever holds the folder could still change"
                + " them");
    if (checkpoint != null) {
      line(out, style, "root", style.dim(checkpoint.root().base64()));
    }
    line(out, style, "trust", v.trust());
    for (String text : v.notChecked()) {
      line(out, style, "not checked", style.warning(text));
    }
    line(out, style, "took", took(v));
  }

  private static String anchor(Verification v, @Nullable String age) {
    Checkpoint checkpoint = v.checkpoint();
    if (checkpoint == null) {
      return ": there is no checkpoint";
    }
    String which = "checkpoint " + checkpoint.size() + " of " + checkpoint.origin();
    if (v.anchored() == 0) {
      return ": no trusted key vouches for " + which;
    }
    return " by " + which + (age == null ? "" : ", whose last entry is " + age + " old");
  }

  private static String headline(Verification v, Style style) {
    return switch (v.verdict()) {
      case INTACT ->
          style.good(style.bold("INTACT"))
              + ": every entry holds and the newest checkpoint is signed by the trusted keys";
      case TAMPERED ->
          style.bad("TAMPERED")
              + ": "
              + (v.findings().size() == 1 ? "1 finding" : count(v.findings().size()) + " findings");
      case UNVERIFIABLE ->
          style.warning(style.bold("UNVERIFIABLE"))
              + (v.selfConsistent()
                  ? ": the entries agree with one another, but nothing trusted vouches for them\n"
                      + "  (name the keys that you trust with --trust FILE)"
                  : ": nothing can be said");
    };
  }

  private static String details(Verification v) {
    List<String> parts = new ArrayList<>();
    if (v.redacted() > 0) {
      parts.add(count(v.redacted()) + " redacted");
    }
    if (v.adopted() > 0) {
      parts.add(count(v.adopted()) + " adopted by recovery");
    }
    return parts.isEmpty() ? "" : " (" + String.join(", ", parts) + ")";
  }

  private static String took(Verification v) {
    double seconds = v.duration().toNanos() / 1e9;
    String rate =
        seconds > 0.5 ? String.format(Locale.ROOT, ", %,.0f entries/s", v.entries() / seconds) : "";
    return String.format(Locale.ROOT, "%.2f s", seconds) + rate;
  }

  private static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static void line(PrintStream out, Style style, String label, String value) {
    out.println("  " + style.dim(String.format(Locale.ROOT, "%-13s", label)) + " " + value);
  }
}
