package io.osmoda.verify;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.Finding;
import io.osmoda.format.entry.Findings;
import io.osmoda.format.folder.LedgerFiles;
import io.osmoda.format.folder.LineReader;
import io.osmoda.format.folder.ReadDisk;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonNull;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.format.log.Checkpoint;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a verification came to, for people and for programs: the same from each command of ours. */
public final class VerificationText {
  private static final int MAX_SHOWN = 50;
  private static final String FINDING = "%-16s %12s  %s";

  private VerificationText() {}

  /** The exit code of a verdict. */
  public static int exitCode(Verdict verdict) {
    return switch (verdict) {
      case INTACT -> 0;
      case TAMPERED -> 1;
      case UNVERIFIABLE -> 2;
    };
  }

  /** The object that {@code verify --json} prints. */
  public static JsonObject json(Verification v) {
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

  /** Findings for programs. */
  public static JsonArray findings(List<Finding> findings) {
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

  /** A checkpoint for programs. */
  public static JsonValue checkpoint(@Nullable Checkpoint checkpoint) {
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
   * @param folder the ledger's
   * @param now against which the age of the newest anchored entry is told
   */
  public static void print(Verification v, Path folder, Instant now, PrintStream out, Look look) {
    out.println(headline(v, look));
    out.println();
    printFindings(v.findings(), out, look);
    Checkpoint checkpoint = v.checkpoint();
    line(out, look, "entries", count(v.entries()) + details(v));
    line(out, look, "anchored", count(v.anchored()) + anchor(v));
    line(
        out,
        look,
        "not anchored",
        v.unanchoredTail() == 0
            ? "0"
            : look.warning(count(v.unanchoredTail()))
                + ": under no trusted checkpoint, so whoever holds the folder could still change"
                + " them");
    if (checkpoint != null) {
      line(out, look, "as of", age(newestAnchored(folder, checkpoint), now));
      line(out, look, "root", look.dim(checkpoint.root().base64()));
    }
    line(out, look, "trust", Printable.of(v.trust()));
    for (String text : v.notChecked()) {
      line(out, look, "not checked", look.warning(Printable.of(text)));
    }
    line(out, look, "took", took(v));
  }

  /**
   * Prints the readable form of a bundle's: the verdict first.
   *
   * @param now against which the age of what is anchored is told
   */
  public static void print(BundleVerification v, Instant now, PrintStream out, Look look) {
    out.println(headline(v, look));
    out.println();
    printFindings(v.findings(), out, look);
    Checkpoint checkpoint = v.checkpoint();
    if (checkpoint != null) {
      line(out, look, "ledger", Printable.of(checkpoint.origin()));
      line(out, look, "checkpoint", "of " + count(checkpoint.size()) + " entries");
      line(out, look, "as of", age(v.closedAt(), now));
    }
    Counts counts = v.counts();
    if (counts != null) {
      line(
          out,
          look,
          "entries",
          "%s: %s matching, %s skeletons, %s redacted"
              .formatted(
                  count(counts.entries()),
                  count(counts.matching()),
                  count(counts.skeletons()),
                  count(counts.redacted())));
    }
    if (v.uncheckedCauses() > 0) {
      line(
          out,
          look,
          "causes",
          count(v.uncheckedCauses()) + " lie outside the bundle and were not checked");
    }
    line(out, look, "trust", Printable.of(v.trust()));
    v.notChecked()
        .forEach(text -> line(out, look, "not checked", look.warning(Printable.of(text))));
    v.notes().forEach(text -> line(out, look, "note", Printable.of(text)));
  }

  private static String headline(BundleVerification v, Look look) {
    return switch (v.verdict()) {
      case INTACT ->
          look.good(look.bold("INTACT"))
              + ("sample".equals(v.kind())
                  ? ": each entry is in the ledger as it was sealed"
                  : ": nothing of the range is missing or was changed");
      case TAMPERED -> tampered(v.findings(), look);
      case UNVERIFIABLE ->
          look.warning(look.bold("UNVERIFIABLE"))
              + (v.counts() == null
                  ? ": nothing can be said"
                  : ": nothing was found, but not all was checked");
    };
  }

  private static String tampered(List<Finding> findings, Look look) {
    return look.bad("TAMPERED")
        + ": "
        + (findings.size() == 1 ? "1 finding" : count(findings.size()) + " findings");
  }

  private static void printFindings(List<Finding> findings, PrintStream out, Look look) {
    if (findings.isEmpty()) {
      return;
    }
    out.println(look.dim(FINDING.formatted("FINDING", "ENTRY", "WHAT WAS FOUND")));
    findings.stream()
        .limit(MAX_SHOWN)
        .forEach(
            each -> {
              String kind = each.kind().text();
              String line =
                  FINDING.formatted(
                      kind, each.seq() == null ? "-" : each.seq(), Printable.of(each.detail()));
              out.println(look.bad(kind) + line.substring(kind.length()));
            });
    if (findings.size() > MAX_SHOWN) {
      out.println("… and %s more (--json has all)".formatted(count(findings.size() - MAX_SHOWN)));
    }
    out.println();
  }

  /** The timestamp of the newest entry under a checkpoint; null where that cannot be read. */
  private static @Nullable String newestAnchored(Path folder, Checkpoint checkpoint) {
    ReadDisk disk = ReadDisk.real();
    long seq = checkpoint.size() - 1;
    try {
      LedgerFiles.Segment segment = null;
      for (LedgerFiles.Segment each : LedgerFiles.list(disk, folder, new Findings()).segments()) {
        segment = each.firstSeq() <= seq ? each : segment;
      }
      if (segment == null) {
        return null;
      }
      try (ReadDisk.ReadFile file = disk.openRead(segment.path())) {
        LineReader lines = new LineReader(file, 0);
        for (long next = segment.firstSeq(); next <= seq; next++) {
          if (!lines.next()) {
            return null;
          }
        }
        byte[] line =
            Arrays.copyOfRange(lines.buffer(), lines.offset(), lines.offset() + lines.length());
        return Entry.parse(line).timestamp();
      }
    } catch (IOException e) {
      return null; // the findings tell what is wrong with that entry
    }
  }

  /** How old what is anchored is, in the words of verify.py. */
  static String age(@Nullable String timestamp, Instant now) {
    Instant then;
    try {
      then = timestamp == null ? null : Instant.parse(timestamp);
    } catch (DateTimeParseException e) {
      then = null;
    }
    if (then == null) {
      return "a time that cannot be told";
    }
    long hours = Math.floorDiv(now.getEpochSecond() - then.getEpochSecond(), 3600L);
    return hours < 0
        ? timestamp + ", which is later than this machine's clock"
        : "%s, %d days and %d hours ago".formatted(timestamp, hours / 24, hours % 24);
  }

  private static String anchor(Verification v) {
    Checkpoint checkpoint = v.checkpoint();
    if (checkpoint == null) {
      return ": there is no checkpoint";
    }
    String which = "checkpoint " + checkpoint.size() + " of " + checkpoint.origin();
    if (v.anchored() == 0) {
      return ": no trusted key vouches for " + which;
    }
    return " by " + which;
  }

  private static String headline(Verification v, Look look) {
    return switch (v.verdict()) {
      case INTACT ->
          look.good(look.bold("INTACT"))
              + ": every entry holds and the newest checkpoint is signed by the trusted keys";
      case TAMPERED -> tampered(v.findings(), look);
      case UNVERIFIABLE ->
          look.warning(look.bold("UNVERIFIABLE"))
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

  private static void line(PrintStream out, Look look, String label, String value) {
    out.println("  " + look.dim(String.format(Locale.ROOT, "%-13s", label)) + " " + value);
  }
}
