package io.osmoda.cli;

import io.osmoda.daemon.LedgerSession;
import io.osmoda.evidence.ReviewRequest;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.json.JsonBoolean;
import io.osmoda.format.json.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "review",
    description = {
      "Records that you reviewed a period of the ledger: an entry with your user, the range, its"
          + " number of entries and reads, the ledger's root, and your note, anchored by a"
          + " checkpoint at once. Without a period it covers everything since the last review.",
      "The entry is your statement that someone looked, which the HIPAA Security Rule (164.312(b))"
          + " and others require in addition to the recording. What was examined and how is for you"
          + " to state."
    },
    footer = {
      "  osmoda review --note 'weekly review: 3 refused calls, all of the known job'",
      "  osmoda review --period 2026-03 --note 'see OPS-77' --outcome follow-up",
      "  osmoda review --list",
    })
final class ReviewVerb extends Verb {
  @Mixin TimeOptions time = new TimeOptions();

  @Option(
      names = "--note",
      paramLabel = "TEXT",
      description = "What you looked at and what you found.")
  @Nullable String note;

  @Option(
      names = "--outcome",
      paramLabel = "WORD",
      description = "Outcome: nothing-unusual, follow-up or incident.")
  @Nullable String outcome;

  @Option(
      names = "--framework",
      paramLabel = "ID",
      description = "The framework this review is for.")
  @Nullable String framework;

  @Option(names = "--control", paramLabel = "ID", description = "The control this review is for.")
  @Nullable String control;

  @Option(
      names = "--list",
      description = "List the reviews so far, what is unreviewed, and whether one is due.")
  boolean list;

  @Option(names = "--json", description = "Print JSON instead of text.")
  boolean json;

  @Override
  int run(Shell shell) throws IOException {
    if (list) {
      if (note != null) {
        throw new CliException("--list only shows reviews", "Drop --note.");
      }
      return show(shell);
    }
    if (note == null) {
      throw new CliException(
          "a review needs --note TEXT: what you looked at and what you found",
          "Use --list to see the reviews so far.");
    }
    Instant now = shell.clock().instant();
    TimeOptions.Span span = time.span(now);
    // Of a month that is not over, what there is of it.
    Instant to =
        time.period != null && span.to() != null && span.to().isAfter(now) ? null : span.to();
    try (LedgerSession access = access(shell)) {
      JsonObject review =
          access.review(
              new ReviewRequest(
                  span.from(),
                  to,
                  note,
                  outcome == null ? null : ReviewRequest.Outcome.parse(outcome),
                  framework,
                  control));
      if (json) {
        shell.out().println(JsonText.line(review));
      } else {
        tell(review, shell.out());
      }
      return ExitCode.DONE;
    } catch (RequestRefusedException e) {
      throw new CliException(String.valueOf(e.getMessage()), null);
    }
  }

  private static void tell(JsonObject review, PrintStream out) {
    out.println(
        "Reviewed #%s to #%s, sealed from %s to %s: %s, %s of them reads of the ledger."
            .formatted(
                JsonFields.number(review, "first"),
                JsonFields.number(review, "last"),
                JsonFields.moment(JsonFields.text(review, "from")),
                JsonFields.moment(JsonFields.text(review, "to")),
                Words.entries(JsonFields.whole(review, "entries")),
                JsonFields.number(review, "reads")));
    String size =
        review.get("checkpoint") instanceof JsonObject checkpoint
            ? JsonFields.number(checkpoint, "size")
            : "-";
    out.println(
        "Recorded as entry %s by %s, under the checkpoint of %s entries."
            .formatted(JsonFields.number(review, "seq"), JsonFields.text(review, "by"), size));
  }

  private int show(Shell shell) throws IOException {
    try (LedgerSession access = access(shell)) {
      JsonObject reviews = access.reviews();
      if (json) {
        shell.out().println(JsonText.line(reviews));
      } else {
        print(reviews, shell, style(shell));
      }
      return ExitCode.DONE;
    }
  }

  private static void print(JsonObject reviews, Shell shell, Style style) {
    PrintStream out = shell.out();
    Table table =
        new Table(
            Table.Column.right("SEQ"),
            Table.Column.left("WHEN"),
            Table.Column.left("BY"),
            Table.Column.left("ENTRIES"),
            Table.Column.left("OUTCOME"),
            Table.Column.left("NOTE"));
    for (JsonObject review : JsonFields.objects(reviews, "reviews")) {
      table.row(
          JsonFields.number(review, "seq"),
          JsonFields.moment(JsonFields.text(review, "timestamp")),
          JsonFields.text(review, "by"),
          range(review),
          JsonFields.text(review, "outcome"),
          review.get("redacted") == JsonBoolean.TRUE
              ? "(redacted)"
              : JsonFields.text(review, "note"));
    }
    if (table.isEmpty()) {
      out.println("No reviews recorded.");
    }
    table.print(out, style, EntryTable.width(shell));
    List<JsonObject> open = JsonFields.objects(reviews, "unreviewed");
    long ranges = JsonFields.whole(reviews, "unreviewed_ranges");
    out.println(
        "Not reviewed: "
            + String.join(", ", open.stream().map(ReviewVerb::range).toList())
            + (ranges > open.size() ? " and %,d more ranges".formatted(ranges - open.size()) : ""));
    if (reviews.get("state") instanceof JsonObject state) {
      String due = due(state, style);
      if (!due.isEmpty()) {
        out.println(due);
      }
    }
  }

  private static String range(JsonObject range) {
    long first = JsonFields.whole(range, "first");
    long last = JsonFields.whole(range, "last");
    return first == last ? "#" + first : "#" + first + "-" + last;
  }

  /** Whether a review is overdue; empty where nothing is asked. */
  static String due(JsonObject state, Style style) {
    if (state.string("due") == null) {
      return "";
    }
    String due = JsonFields.moment(JsonFields.text(state, "due"));
    String covered =
        state.get("last") instanceof JsonObject
            ? "last covered up to " + JsonFields.moment(JsonFields.text(state, "reviewed_to"))
            : "nothing reviewed yet";
    return state.get("overdue") == JsonBoolean.TRUE
        ? style.warning("Review overdue since " + due + ": " + covered)
        : "Next review due " + due + ": " + covered;
  }
}
