package io.osmoda.ledger;

import io.osmoda.format.entry.CaptureEvent;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Which capture sources are on, since when, and what passed through them: what {@code
 * capture_state} tells (section 1). Changed by the one sealer at a time; {@link #state} may be
 * asked by any thread, which never waits for the sealer.
 */
final class CaptureSources {
  private final Map<String, Counts> counts = new ConcurrentHashMap<>();
  // Replaced with each change, which is seldom, so that whoever reads it sees one state.
  private volatile Map<String, On> on = Map.of();

  private static final class Counts {
    final AtomicLong events = new AtomicLong();
    final AtomicLong lost = new AtomicLong();
  }

  private record On(
      String source, String instance, String since, @Nullable String mode, long eventsBefore) {}

  /** Counts an entry of a source. */
  void count(String source) {
    AtomicLong events = of(source).events;
    events.setRelease(events.getPlain() + 1); // only the sealer counts
  }

  void apply(CaptureEvent event, String timestamp) {
    String key = event.source() + " " + event.instance();
    switch (event.kind()) {
      case START -> {
        Map<String, On> more = new TreeMap<>(on);
        more.put(
            key,
            new On(
                event.source(),
                event.instance(),
                timestamp,
                event.details().string("mode"),
                of(event.source()).events.get()));
        on = more;
      }
      case STOP -> {
        Map<String, On> fewer = new TreeMap<>(on);
        fewer.remove(key);
        on = fewer;
      }
      case GAP -> {
        long lost = event.details().get("lost") instanceof JsonNumber n ? (long) n.value() : 0;
        of(event.source()).lost.addAndGet(lost);
      }
    }
  }

  private Counts of(String source) {
    Counts known = counts.get(source);
    return known != null ? known : counts.computeIfAbsent(source, s -> new Counts());
  }

  /** The payload of {@code capture_state}. */
  JsonObject state() {
    List<JsonValue> sources = new ArrayList<>();
    for (On source : on.values()) {
      Counts of = of(source.source());
      sources.add(
          JsonObject.builder()
              .put("events", of.events.get() - source.eventsBefore())
              .put("instance", source.instance())
              .put("lost", of.lost.get())
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
