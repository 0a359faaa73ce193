package io.osmoda.query;

import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonBoolean;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What led to some entries and what came of them, as a tree: each line once, under what it came of.
 * Immutable.
 *
 * @param of what was asked
 * @param at when, for the age of what is unfinished
 * @param lines in the order of the tree, a line before those under it
 * @param isCutByEntries whether there are more entries than a tree may have
 * @param isCutByLevels whether something lies further off than a tree may reach
 */
public record CausalTree(
    CausalStart of, Instant at, List<Line> lines, boolean isCutByEntries, boolean isCutByLevels) {
  public CausalTree {
    lines = List.copyOf(lines);
  }

  /** What puts a line under another. */
  public enum Via {
    /** It names that one as a cause. */
    CAUSED_BY,
    /** It lies in that one's span. */
    SPAN;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Why something that led to a line is not what it stands under. */
  public enum MentionKind {
    /** It led to the line too, and stands elsewhere in the tree. */
    ALSO,
    /** It led to the line too, and is not in the tree. */
    OUTSIDE,
    /** It stands in another ledger, and is not followed. */
    OTHER_LEDGER,
    /** Its span lies in the line's own: a circle, broken here. */
    CYCLE;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Something else that led to a line.
   *
   * @param reference {@code #SEQ}, or {@code ORIGIN#SEQ@HASH} of another ledger
   */
  public record Mention(MentionKind kind, String reference) {}

  /**
   * One line: an entry, or the start and end of one thing.
   *
   * @param depth how many lines it stands under
   * @param parent sequence number of the line's first entry that it stands under; null at the top
   * @param via why there; null at the top
   * @param end null where none is due or none came
   * @param isAsked whether it was asked of
   */
  public record Line(
      int depth,
      @Nullable Long parent,
      @Nullable Via via,
      Step start,
      @Nullable Step end,
      boolean isAsked,
      List<Mention> mentions) {
    public Line {
      mentions = List.copyOf(mentions);
    }

    /** How it ended; {@code pending} where it did not. */
    public String outcome() {
      return end == null ? start.status() : end.status();
    }

    /** Whether its end is due and did not come. */
    public boolean isUnfinished() {
      return end == null && start.isPending();
    }

    /** How long it took, nanoseconds: as was measured, else between the entries. */
    public @Nullable Long nanos() {
      Step last = end == null ? start : end;
      if (last.nanos() != null || end == null) {
        return last.nanos();
      }
      return Duration.between(Instant.parse(start.timestamp()), Instant.parse(end.timestamp()))
          .toNanos();
    }

    /** How long ago it began. */
    public Duration age(Instant now) {
      Duration age = Duration.between(Instant.parse(start.timestamp()), now);
      return age.isNegative() ? Duration.ZERO : age;
    }
  }

  /** How many entries the lines show. */
  public int entries() {
    return (int)
        lines.stream()
            .flatMap(
                line ->
                    line.end() == null
                        ? Stream.of(line.start().seq())
                        : Stream.of(line.start().seq(), line.end().seq()))
            .distinct()
            .count();
  }

  /** As the API gives it. */
  public JsonObject toJson() {
    return JsonObject.builder()
        .put("of", of.toJson())
        .put("at", at.toString())
        .put("entries", entries())
        .put("cut_by_entries", isCutByEntries)
        .put("cut_by_levels", isCutByLevels)
        .put("lines", new JsonArray(lines.stream().<JsonValue>map(this::json).toList()))
        .build();
  }

  private JsonObject json(Line line) {
    JsonObject.Builder json = JsonObject.builder().put("depth", line.depth());
    if (line.parent() != null && line.via() != null) {
      json.put("parent", line.parent()).put("via", line.via().word());
    }
    json.put("start", line.start().toJson());
    if (line.end() != null) {
      json.put("end", line.end().toJson());
    }
    json.put("outcome", line.outcome());
    Long nanos = line.nanos();
    if (nanos != null) {
      json.put("duration_ns", nanos.doubleValue());
    }
    json.put("unfinished", line.isUnfinished());
    if (line.isUnfinished()) {
      json.put("age_seconds", line.age(at).toMillis() / 1_000.0);
    }
    json.put("asked", line.isAsked());
    return json.put(
            "mentions",
            new JsonArray(
                line.mentions().stream()
                    .<JsonValue>map(
                        mention ->
                            JsonObject.builder()
                                .put("kind", mention.kind().word())
                                .put("reference", mention.reference())
                                .build())
                    .toList()))
        .build();
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws IllegalArgumentException if it is not that
   */
  public static CausalTree fromJson(JsonObject json) {
    List<Line> lines = new ArrayList<>();
    for (JsonObject line : objects(json, "lines")) {
      List<Mention> mentions = new ArrayList<>();
      for (JsonObject mention : objects(line, "mentions")) {
        mentions.add(
            new Mention(
                MentionKind.valueOf(Step.text(mention, "kind").toUpperCase(Locale.ROOT)),
                Step.text(mention, "reference")));
      }
      String via = line.string("via");
      lines.add(
          new Line(
              (int) Step.number(line, "depth"),
              line.get("parent") == null ? null : (Long) Step.number(line, "parent"),
              via == null ? null : Via.valueOf(via.toUpperCase(Locale.ROOT)),
              Step.fromJson(object(line, "start")),
              line.get("end") == null ? null : Step.fromJson(object(line, "end")),
              line.get("asked") == JsonBoolean.TRUE,
              mentions));
    }
    return new CausalTree(
        CausalStart.fromJson(object(json, "of")),
        Instant.parse(Step.text(json, "at")),
        lines,
        json.get("cut_by_entries") == JsonBoolean.TRUE,
        json.get("cut_by_levels") == JsonBoolean.TRUE);
  }

  private static JsonObject object(JsonObject json, String member) {
    if (json.get(member) instanceof JsonObject object) {
      return object;
    }
    throw new IllegalArgumentException("an object is due as " + member);
  }

  private static List<JsonObject> objects(JsonObject json, String member) {
    List<JsonObject> objects = new ArrayList<>();
    if (json.get(member) instanceof JsonArray(List<JsonValue> elements)) {
      for (JsonValue element : elements) {
        if (element instanceof JsonObject object) {
          objects.add(object);
        }
      }
      return objects;
    }
    throw new IllegalArgumentException("a list is due as " + member);
  }

  /** As a Graphviz digraph: what led to something points at it. */
  public String toDot() {
    StringBuilder dot = new StringBuilder();
    dot.append("digraph trace {\n");
    dot.append("  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\", fontsize=10];\n");
    for (Line line : lines) {
      dot.append("  ").append(line.start().seq()).append(" [label=").append(Quoted.of(label(line)));
      if (line.isUnfinished()) {
        dot.append(", color=orange, style=dashed");
      } else if (HistogramCounter.FAILED.contains(line.outcome())) {
        dot.append(", color=red");
      }
      if (line.isAsked() && of instanceof CausalStart.Seq) {
        dot.append(", penwidth=2");
      }
      dot.append("];\n");
    }
    Map<Long, Long> nodes = new HashMap<>(); // an end stands in the node of its start
    for (Line line : lines) {
      if (line.end() != null) {
        nodes.putIfAbsent(line.end().seq(), line.start().seq());
      }
    }
    for (Line line : lines) {
      edges(line, nodes, dot);
    }
    return dot.append("}\n").toString();
  }

  private static void edges(Line line, Map<Long, Long> nodes, StringBuilder dot) {
    long seq = line.start().seq();
    if (line.parent() != null) {
      dot.append("  ").append(line.parent()).append(" -> ").append(seq);
      dot.append(line.via() == Via.SPAN ? " [style=dotted];\n" : ";\n");
    }
    for (Mention mention : line.mentions()) {
      String style =
          switch (mention.kind()) {
            case ALSO -> "style=solid";
            case CYCLE -> "style=dotted, color=red";
            case OUTSIDE, OTHER_LEDGER -> "style=dashed";
          };
      String from = Quoted.of(mention.reference());
      if (mention.kind() != MentionKind.OTHER_LEDGER) {
        long cause = Long.parseLong(mention.reference().substring(1));
        from = Long.toString(nodes.getOrDefault(cause, cause));
      }
      dot.append("  %s -> %d [%s];\n".formatted(from, seq, style));
    }
  }

  private static String label(Line line) {
    Step start = line.start();
    StringBuilder label = new StringBuilder("#").append(start.seq());
    if (line.end() != null) {
      label.append(" … #").append(line.end().seq());
    }
    label.append(' ').append(start.action());
    for (String more : new String[] {start.tool(), start.target()}) {
      if (more != null) {
        label.append('\n').append(more);
      }
    }
    return label
        .append('\n')
        .append(start.actor())
        .append('\n')
        .append(line.isUnfinished() ? "unfinished" : line.outcome())
        .toString();
  }
}
