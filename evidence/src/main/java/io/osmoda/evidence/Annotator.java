package io.osmoda.evidence;

import io.osmoda.ledger.Entry;
import io.osmoda.ledger.JsonArray;
import io.osmoda.ledger.JsonObject;
import io.osmoda.ledger.JsonValue;
import io.osmoda.query.Condition;
import io.osmoda.verify.Manifest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Says of an entry which controls of some frameworks it supports. Immutable. */
final class Annotator {
  private final Map<String, List<Support>> byAction = new HashMap<>();

  private record Support(JsonObject control, @Nullable Condition where) {}

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
                .computeIfAbsent(action, each -> new ArrayList<>())
                .add(new Support(name, rule.where()));
          }
        }
      }
    }
  }

  /** The line for annotations.ndjson; null where the entry supports none of the controls. */
  byte @Nullable [] annotate(Entry entry) {
    List<Support> candidates = byAction.get(entry.action());
    if (candidates == null) {
      return null;
    }
    Set<JsonValue> controls = new LinkedHashSet<>();
    for (Support support : candidates) {
      if (support.where == null || support.where.matches(entry)) {
        controls.add(support.control);
      }
    }
    return controls.isEmpty()
        ? null
        : Manifest.Lines.of(
            JsonObject.builder()
                .put("controls", new JsonArray(List.copyOf(controls)))
                .put("seq", entry.seq())
                .build());
  }
}
