package io.osmoda.evidence;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonValue;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which capture points were on when, as far as the ledger's own entries tell: {@code
 * capture_start}, {@code capture_stop}, {@code capture_gap} and {@code capture_state}. Where they
 * leave it open, a capture point counts as off. Memory is bounded by {@link #MOST_OPEN} and {@link
 * TimeSpans#MOST}. Not thread-safe.
 */
final class CaptureCoverage {
  /** Instances that are followed at a time. */
  static final int MOST_OPEN = 10_000;

  /** Capture points that are followed. */
  static final int MOST_SOURCES = 100;

  private static final String LEDGER = "ledger";
  private static final String UNKNOWN = "unknown";

  private final ReportPeriod period;
  private final SortedMap<String, Source> sources = new TreeMap<>();
  private final Map<Instance, Instant> open = new HashMap<>();
  private final TimeSpans silent = new TimeSpans();
  private boolean isStateKnown;
  private boolean isCut;
  private @Nullable String lastTime;

  private record Instance(String source, String name) {}

  /** What is known of one capture point. */
  static final class Source {
    private final TimeSpans on = new TimeSpans();
    private final TimeSpans gaps = new TimeSpans();
    private long gapCount;
    private long lost;
    private long starts;
    private long stops;
    private long silentEnds;
    private long entries;

    TimeSpans on() {
      return on;
    }

    TimeSpans gaps() {
      return gaps;
    }

    /** Entries {@code capture_gap} of the period. */
    long gapCount() {
      return gapCount;
    }

    /** Entries that these say were lost. */
    long lost() {
      return lost;
    }

    long starts() {
      return starts;
    }

    long stops() {
      return stops;
    }

    /** How often an instance was on and then no longer, without having said that it ends. */
    long silentEnds() {
      return silentEnds;
    }

    /** Entries of the period that it gave. */
    long entries() {
      return entries;
    }
  }

  CaptureCoverage(ReportPeriod period) {
    this.period = period;
  }

  /** Takes every entry of the range in its order, also those outside the period. */
  void add(Entry entry, boolean isInside) {
    String time = entry.timestamp();
    if (lastTime == null) {
      isStateKnown = entry.seq() == 0; // nothing was on before the ledger was
    } else if (!time.regionMatches(0, lastTime, 0, "YYYY-MM-DD".length())) {
      noteSilence(lastTime, time);
    }
    if (entry.isContext()) {
      take(entry, lastTime == null ? time : lastTime, isInside);
    }
    lastTime = time;
  }

  /** A whole UTC day without any entry: a ledger whose writer runs seals its state on each. */
  private void noteSilence(String before, String after) {
    Instant from = Instant.parse(before);
    Instant to = Instant.parse(after);
    if (to.getEpochSecond() / 86_400 - from.getEpochSecond() / 86_400 > 1) {
      silent.add(period.clip(from), period.clip(to));
    }
  }

  private void take(Entry entry, String before, boolean isInside) {
    JsonObject payload = entry.payload();
    if (payload == null) {
      return; // such an entry is never without payload in a ledger that verifies
    }
    switch (entry.action()) {
      case "capture_start" -> start(instance(entry, payload), entry.instant(), isInside);
      case "capture_stop" -> stop(instance(entry, payload), entry.instant(), isInside);
      case "capture_gap" -> gap(entry, payload, isInside);
      case "capture_state" -> state(payload, entry.instant(), Instant.parse(before));
      case "ledger_recover" -> endAllBut(Set.of(), Instant.parse(before));
      default -> {
        // the others tell nothing of capture points
      }
    }
  }

  private static Instance instance(Entry entry, JsonObject payload) {
    return new Instance(orElse(payload.string("source"), UNKNOWN), orElse(entry.target(), ""));
  }

  private static String orElse(@Nullable String text, String otherwise) {
    return text == null ? otherwise : text;
  }

  /** The record of a capture point; null where too many others came before it. */
  private @Nullable Source source(String name) {
    Source source = sources.get(name);
    if (source == null && sources.size() < MOST_SOURCES) {
      source = new Source();
      sources.put(name, source);
    }
    isCut |= source == null;
    return source;
  }

  private void start(Instance instance, Instant time, boolean isInside) {
    Source source = source(instance.source);
    if (source == null) {
      return;
    }
    if (isInside) {
      source.starts++;
    }
    begin(source, instance, time);
  }

  private void begin(Source source, Instance instance, Instant since) {
    Instant earlier = open.get(instance);
    if (earlier != null) {
      cover(source, earlier, since); // it is on again: the two stretches touch
    }
    if (earlier != null || open.size() < MOST_OPEN) {
      open.put(instance, since);
    } else {
      isCut = true;
    }
  }

  private void stop(Instance instance, Instant time, boolean isInside) {
    Source source = source(instance.source);
    if (source == null) {
      return;
    }
    if (isInside) {
      source.stops++;
    }
    Instant since = open.remove(instance);
    if (since != null) {
      cover(source, since, time);
    } else if (!isStateKnown) {
      cover(source, period.from(), time); // it began before the first entry that is here
    }
  }

  private void state(JsonObject payload, Instant time, Instant before) {
    Set<Instance> named = new HashSet<>();
    if (payload.get("sources") instanceof JsonArray told) {
      for (JsonValue element : told.elements()) {
        if (element instanceof JsonObject each) {
          Instance instance =
              new Instance(
                  orElse(each.string("source"), UNKNOWN), orElse(each.string("instance"), ""));
          named.add(instance);
          noteOn(instance, moment(each.string("since"), time), time);
        }
      }
    }
    endAllBut(named, before);
    isStateKnown = true;
  }

  private void noteOn(Instance instance, Instant since, Instant time) {
    Source source = source(instance.source);
    if (source == null || open.containsKey(instance)) {
      return;
    }
    begin(source, instance, since.isAfter(time) ? time : since);
  }

  /** What is on according to the entries so far, and no longer according to the next. */
  private void endAllBut(Set<Instance> named, Instant lastSign) {
    open.entrySet()
        .removeIf(
            each -> {
              Source source = sources.get(each.getKey().source);
              if (named.contains(each.getKey()) || source == null) {
                return false;
              }
              cover(source, each.getValue(), lastSign);
              source.silentEnds++;
              return true;
            });
  }

  private void gap(Entry entry, JsonObject payload, boolean isInside) {
    Source source = source(instance(entry, payload).source);
    if (source == null || !isInside) {
      return;
    }
    source.gapCount++;
    source.lost += CaptureGap.count(payload, "lost");
    Instant end = moment(payload.string("to"), entry.instant());
    Instant from = moment(payload.string("from"), end);
    source.gaps.add(period.clip(from), period.clip(end.isAfter(from) ? end : from.plusNanos(1)));
  }

  private void cover(Source source, Instant from, Instant to) {
    source.on.add(period.clip(from), period.clip(to));
  }

  /** A time that a payload states; another where it is none. */
  private static Instant moment(@Nullable String text, Instant otherwise) {
    try {
      return text == null ? otherwise : Instant.parse(text);
    } catch (DateTimeException e) {
      return otherwise; // a claim of somebody outside: the entry's own time is at hand
    }
  }

  /**
   * Ends the look at the range.
   *
   * @param bySource how many entries of the period each source has
   */
  void finish(List<ValueCounts.Row> bySource) {
    for (Map.Entry<Instance, Instant> each : open.entrySet()) {
      Source source = sources.get(each.getKey().source);
      if (source != null) {
        cover(source, each.getValue(), period.to());
      }
    }
    open.clear();
    for (ValueCounts.Row row : bySource) {
      Source source = row.value().equals(LEDGER) ? null : source(row.value());
      if (source != null) {
        source.entries = row.inside();
      }
    }
  }

  /** What is known of each capture point, by name. */
  SortedMap<String, Source> sources() {
    return sources;
  }

  /** Stretches of more than a whole UTC day in which the ledger has no entry at all. */
  TimeSpans silent() {
    return silent;
  }

  /** Whether more was on than is followed here. */
  boolean isCut() {
    return isCut;
  }
}
