package io.osmoda.ledger;

import io.osmoda.format.entry.CaptureEvent;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which capture sources are on, since when, and what passed through them: what {@code
 * capture_state} tells (section 1). Not thread-safe: used by the one sealer at a time.
 */
final class CaptureSources {
  private final Map<String, long[]> events = new HashMap<>();
  private final Map<String, On> on = new TreeMap<>();

  private record On(
      String source, String instance, String since, @Nullable String mode, long eventsBefore) {}

  /** Counts an entry of a source. */
  void count(String source) {
    events.computeIfAbsent(source, s -> new long[2])[0]++;
  }

  void apply(CaptureEvent event, String timestamp) {
    String key = event.source() + " " + event.instance();
    switch (event.kind()) {
      case START ->
          on.put(
              key,
              new On(
                  event.source(),
                  event.instance(),
                  timestamp,
                  event.details().string("mode"),
                  eventsOf(event.source())[0]));
      case STOP -> on.remove(key);
      case GAP -> {
        long lost = event.details().get("lost") instanceof JsonNumber n ? (long) n.value() : 0;
        eventsOf(event.source())[1] += lost;
      }
    }
  }

  private long[] eventsOf(String source) {
    return events.computeIfAbsent(source, s -> new long[2]);
  }

  /** The payload of {@code capture_state}. */
  JsonObject state() {
    List<JsonValue> sources = new ArrayList<>();
    for (On source : on.values()) {
      long[] counts = eventsOf(source.source());
      sources.add(
          JsonObject.builder()
              .put("events", counts[0] - source.eventsBefore())
              .put("instance", source.instance())
              .put("lost", counts[1])
              .putIfPresent("mode", source.mode())
              .put("since", source.since())
              .put("source", source.source())
              .build());
    }
    return JsonObject.builder().put("sources", new JsonArray(sources)).build();
  }

  /** A stop for each source that is on, for an orderly end. */
  List<CaptureEvent> stops() {
    return on.values().stream()
        .map(
            source ->
                new CaptureEvent(
                    CaptureEvent.Kind.STOP,
                    source.source(),
                    source.instance(),
                    JsonObject.builder().put("why", "the ledger's writer ends").build()))
        .toList();
  }
}
