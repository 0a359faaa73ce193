package io.osmoda.evidence;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonValue;
import io.osmoda.query.Condition;
import io.osmoda.verify.Manifest;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says of an entry which controls of some frameworks it supports. What stands before the number is
 * the same for all entries that support the same, so it is written once. Not thread-safe.
 */
final class Annotator {
  private static final String NUMBER = "0}\n";

  private final Map<String, Supports> byAction = new HashMap<>();

  /** What lines begin with, by their notes' numbers. */
  private final List<byte[]> beginnings = new ArrayList<>();

  /** What an annotation says but for the entry's number. */
  record Note(int number) {}

  private record Support(JsonObject control, @Nullable Condition where) {}

  /**
   * What entries of an action may support.
   *
   * @param notes by which of them hold
   */
  private record Supports(List<Support> all, Map<BitSet, Note> notes) {}

  Annotator(List<Framework> frameworks) {
    for (Framework framework : frameworks) {
      for (Control control : framework.controls()) {
        JsonObject name =
            JsonObject.builder()
                .put("control", control.id())
                .put("framework", framework.id())
                .build();
        for (SupportRule rule : control.supports()) {
          for (String action : rule.actions()) {
            byAction
                .computeIfAbsent(action, each -> new Supports(new ArrayList<>(), new HashMap<>()))
                .all
                .add(new Support(name, rule.where()));
          }
        }
      }
    }
  }

  /** What is noted of an entry; null where it supports none of the controls. */
  @Nullable Note annotate(Entry entry) {
    Supports candidates = byAction.get(entry.action());
    if (candidates == null) {
      return null;
    }
    BitSet held = new BitSet();
    for (int i = 0; i < candidates.all.size(); i++) {
      Condition where = candidates.all.get(i).where;
      held.set(i, where == null || where.matches(entry));
    }
    if (held.isEmpty()) {
      return null;
    }
    return candidates.notes.computeIfAbsent(
        held,
        each -> {
          beginnings.add(beginning(candidates.all, each));
          return new Note(beginnings.size() - 1);
        });
  }

  /** Writes a line of annotations.ndjson. */
  void write(long seq, int note, OutputStream target) throws IOException {
    target.write(beginnings.get(note));
    target.write((seq + "}\n").getBytes(StandardCharsets.US_ASCII));
  }

  /** A line as far as its number, which is its last member. */
  private static byte[] beginning(List<Support> all, BitSet held) {
    Set<JsonValue> controls = new LinkedHashSet<>();
    held.stream().forEach(i -> controls.add(all.get(i).control));
    byte[] line =
        Manifest.Lines.of(
            JsonObject.builder()
                .put("controls", new JsonArray(List.copyOf(controls)))
                .put("seq", 0)
                .build());
    return Arrays.copyOf(line, line.length - NUMBER.length());
  }
}
