package io.osmoda.evidence;

import io.osmoda.ledger.Entry;
import io.osmoda.ledger.JsonArray;
import io.osmoda.ledger.JsonObject;
import io.osmoda.ledger.JsonValue;
import io.osmoda.query.Condition;
import io.osmoda.verify.Manifest;
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

  private record Support(JsonObject control, @Nullable Condition where) {}

  /**
   * What entries of an action may support.
   *
   * @param beginnings of lines, by which of them hold
   */
  private record Supports(List<Support> all, Map<BitSet, byte[]> beginnings) {}

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

  /** The line for annotations.ndjson; null where the entry supports none of the controls. */
  byte @Nullable [] annotate(Entry entry) {
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
    byte[] beginning =
        candidates.beginnings.computeIfAbsent(held, each -> beginning(candidates.all, each));
    byte[] end = (entry.seq() + "}\n").getBytes(StandardCharsets.US_ASCII);
    byte[] line = Arrays.copyOf(beginning, beginning.length + end.length);
    System.arraycopy(end, 0, line, beginning.length, end.length);
    return line;
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
