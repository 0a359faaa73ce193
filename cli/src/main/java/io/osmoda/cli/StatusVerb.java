package io.osmoda.cli;

import io.osmoda.daemon.LedgerSession;
import io.osmoda.format.json.JsonBoolean;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "status",
    description = {
      "Shows the ledger's state: number of entries, how many a checkpoint covers and how old it is,"
          + " which process has the ledger open, which capture points are on, and what this setup"
          + " does and does not protect against. It does not verify the ledger; osmoda verify does."
    },
    footer = {"  osmoda status", "  osmoda status --json | jq .anchored"})
final class StatusVerb extends Verb {
  private static final int WIDTH = 96;

  @Mixin Rendering rendering = new Rendering();

  @Override
  int run(Shell shell) throws IOException {
    Path folder = ledgerFolder(shell);
    try (LedgerSession access = access(shell)) {
      JsonObject status = access.status();
      boolean sameUser = isInReach(folder, keyFolder(shell), System.getProperty("user.name", ""));
      if (rendering.json) {
        JsonObject.Builder json = JsonObject.builder();
        status.members().forEach(json::put);
        shell
            .out()
            .println(
                JsonText.line(
                    json.put("ledger", folder.toAbsolutePath().normalize().toString())
                        .put("mode", sameUser ? "same_user" : "protected")
                        .build()));
      } else {
        print(shell, folder, status, sameUser);
      }
      return ExitCode.DONE;
    }
  }

  /**
   * Whether a user, under whom this process runs, can change the ledger: write to its folder, as
   * its owner give itself the right to, or read its keys and sign.
   */
  static boolean isInReach(Path folder, Path keys, String user) {
    return Files.isWritable(folder) || Files.isReadable(keys) || user.equals(owner(folder));
  }

  private static String owner(Path folder) {
    try {
      return Files.getOwner(folder).getName();
    } catch (IOException e) {
      return ""; // nobody's that we may see
    }
  }

  private void print(Shell shell, Path folder, JsonObject status, boolean sameUser) {
    PrintStream out = shell.out();
    Style style = style(shell);
    long size = number(status, "size");
    long anchored = number(status, "anchored");
    line(out, style, "ledger", folder.toAbsolutePath().normalize().toString());
    line(out, style, "origin", String.valueOf(status.string("origin")));
    line(out, style, "entries", String.format(Locale.ROOT, "%,d", size) + newest(status, shell));
    line(
        out,
        style,
        "anchored",
        (anchored == size
                ? style.good("all")
                : String.format(Locale.ROOT, "%,d", anchored)
                    + ", "
                    + style.warning(String.format(Locale.ROOT, "%,d not yet", size - anchored)))
            + age(status, "anchored_timestamp", shell, "; newest covered entry "));
    if (status.get("index") instanceof JsonObject index) {
      line(out, style, "index", index(index, style));
    }
    line(out, style, "held by", holder(status));
    if (status.get("review") instanceof JsonObject review) {
      line(out, style, "reviews", reviews(review, style));
    }
    if (status.get("evidence") instanceof JsonObject evidence) {
      line(
          out,
          style,
          "evidence",
          evidence.get("failure") instanceof JsonObject failure
              ? style.bad("not collected: " + JsonFields.text(failure, "why"))
              : ScheduleVerb.standing(evidence, style));
    }
    String problem = status.string("configuration_problem");
    if (problem != null) {
      line(out, style, "config", style.bad(Table.printable(problem)));
    }
    String readOnly = status.string("read_only_because");
    if (readOnly != null) {
      line(out, style, "read only", readOnly);
    }
    String stopped = status.string("stopped_because");
    if (stopped != null) {
      line(out, style, "STOPPED", style.bad(stopped));
    }
    if (status.get("clock_held") == JsonBoolean.TRUE) {
      line(
          out,
          style,
          "clock",
          style.warning(
              "held back: the machine's clock jumped forward; see osmoda clock confirm --help"));
    }
    if (status.get("sources") instanceof JsonObject sources && !sources.members().isEmpty()) {
      line(out, style, "capturing", String.join(", ", sources.members().keySet()));
    }
    out.println();
    String mode =
        sameUser
            ? "Same user: anything running as you can write to this ledger's files and, if the keys"
                + " are here too, sign as the ledger. Accidents and outsiders are detectable;"
                + " rewrites by this user only up to the last checkpoint kept elsewhere (osmoda"
                + " checkpoint). For more, run osmoda serve as a dedicated user."
            : "Protected: you can neither write to this ledger's files nor read its keys, only"
                + " append through the process that has it open. Anything running as that user or"
                + " as root still could; a checkpoint kept elsewhere (osmoda checkpoint) reveals"
                + " it.";
    for (String text : Help.folded(mode, Math.min(WIDTH, EntryTable.width(shell)))) {
      out.println(style.dim(text));
    }
  }

  private static String reviews(JsonObject review, Style style) {
    String due = ReviewVerb.due(review, style);
    return due.isEmpty()
        ? "up to " + JsonFields.moment(JsonFields.text(review, "reviewed_to"))
        : due;
  }

  private static String index(JsonObject index, Style style) {
    long missing = number(index, "missing");
    String problem = index.string("problem");
    StringBuilder text = new StringBuilder();
    if (missing == 0) {
      text.append(style.good("all"));
    } else {
      text.append(String.format(Locale.ROOT, "%,d", number(index, "entries")))
          .append(", ")
          .append(style.warning(String.format(Locale.ROOT, "%,d not yet", missing)));
    }
    if (index.get("lag_seconds") instanceof JsonNumber(double lag) && lag > 0) {
      text.append(String.format(Locale.ROOT, ", %.1f s behind", lag));
    }
    if (problem != null) {
      text.append("; ").append(style.bad(problem));
    }
    return text.toString();
  }

  private static String holder(JsonObject status) {
    if (status.get("daemon") instanceof JsonObject daemon) {
      long pid = number(daemon, "pid");
      String since = daemon.string("since");
      return "a daemon, process "
          + pid
          + (since == null ? "" : ", since " + JsonFields.moment(since));
    }
    return "nobody: each command opens it";
  }

  private String newest(JsonObject status, Shell shell) {
    return age(status, "newest_timestamp", shell, ", the newest ");
  }

  private String age(JsonObject status, String member, Shell shell, String before) {
    String timestamp = status.string(member);
    if (timestamp == null) {
      return "";
    }
    Instant instant = Instant.parse(timestamp);
    Duration age = Duration.between(instant, shell.clock().instant());
    return before
        + Times.brief(age.isNegative() ? Duration.ZERO : age)
        + " old ("
        + rendering.time(instant)
        + ")";
  }

  private static long number(JsonObject object, String member) {
    JsonValue value = object.get(member);
    return switch (value) {
      case JsonNumber number -> (long) number.value();
      case JsonString text -> Long.parseLong(text.value());
      case null, default -> 0;
    };
  }

  private static void line(PrintStream out, Style style, String label, @Nullable String value) {
    out.println("  " + style.dim("%-10s".formatted(label)) + " " + value);
  }
}
