package io.osmoda.evidence;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonValue;
import io.osmoda.query.Deadline;
import io.osmoda.query.EntryFilter;
import io.osmoda.query.EntryResults;
import io.osmoda.query.EntrySearch;
import io.osmoda.query.Moments;
import io.osmoda.query.SeqRange;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * When capture points were on in a period and which gaps they told, out of the few entries that
 * report it. Where these leave it open, a capture point counts as off.
 */
final class CoverageReport {
  /** Gaps, and times of one capture point, that are told one by one. */
  static final int MOST_TOLD = 20;

  private static final List<String> TELLING =
      List.of("capture_start", "capture_stop", "capture_gap", "capture_state", "ledger_recover");

  private final EntrySearch search;
  private final long size;
  private final Deadline deadline;

  CoverageReport(EntrySearch search, long size, Deadline deadline) {
    this.search = search;
    this.size = size;
    this.deadline = deadline;
  }

  /** {@code coverage} and {@code gaps} of a period, for programs and people. */
  void tell(@Nullable Instant from, @Nullable Instant to, JsonObject.Builder json)
      throws IOException {
    Entry first = one(EntryFilter.ALL, false, new SeqRange(0, Math.min(1, size)));
    Entry last = one(EntryFilter.ALL, true, new SeqRange(0, size));
    if (first == null || last == null) {
      json.put("coverage", new JsonArray(List.of())).put("gaps", new JsonArray(List.of()));
      return;
    }
    ReportPeriod period =
        new ReportPeriod(
            from == null ? first.instant() : from,
            to == null || to.isAfter(last.instant()) ? last.instant() : to,
            from != null || to != null);
    CaptureCoverage coverage = new CaptureCoverage(period);
    List<JsonValue> gaps = new ArrayList<>();
    Entry before =
        one(
            new EntryFilter(null, from, Map.of("action", List.of("capture_state")), null, null),
            true,
            new SeqRange(0, from == null ? 0 : size));
    if (before == null) {
      coverage.add(first, false); // nothing was on before the ledger was
    }
    String end = to == null ? null : Moments.stamp(to);
    String begin = Moments.stamp(period.from());
    try (EntryResults results =
        search.search(
            new EntryFilter(null, to, Map.of("action", TELLING), null, null),
            false,
            new SeqRange(before == null ? 0 : before.seq(), size),
            deadline)) {
      for (Entry entry = results.next(); entry != null; entry = results.next()) {
        boolean isInside =
            entry.timestamp().compareTo(begin) >= 0
                && (end == null || entry.timestamp().compareTo(end) < 0);
        coverage.add(entry, isInside);
        if (isInside && entry.action().equals("capture_gap") && gaps.size() < MOST_TOLD) {
          gaps.add(told(CaptureGap.of(entry)));
        }
      }
    }
    coverage.finish(List.of());
    List<JsonValue> sources = new ArrayList<>();
    coverage.sources().forEach((name, source) -> sources.add(told(name, source, period)));
    json.put("coverage", new JsonArray(sources)).put("gaps", new JsonArray(gaps));
  }

  private @Nullable Entry one(EntryFilter wanted, boolean newestFirst, SeqRange part)
      throws IOException {
    try (EntryResults results = search.search(wanted, newestFirst, part, deadline)) {
      return results.next();
    }
  }

  private static JsonObject told(String name, CaptureCoverage.Source source, ReportPeriod period) {
    List<TimeSpans.Span> spans = source.on().list();
    return JsonObject.builder()
        .put("source", name)
        .put("on_seconds", source.on().covered().toSeconds())
        .put("share", Math.round(1_000 * period.share(source.on().covered())) / 1_000.0)
        .put("times", spans.size())
        .put(
            "on",
            new JsonArray(
                spans.stream()
                    .skip(Math.max(0, spans.size() - MOST_TOLD))
                    .<JsonValue>map(
                        span ->
                            JsonObject.builder()
                                .put("from", span.from().toString())
                                .put("to", span.to().toString())
                                .build())
                    .toList()))
        .put("gaps", source.gapCount())
        .put("lost", source.lost())
        .put("silent_ends", source.silentEnds())
        .build();
  }

  private static JsonObject told(CaptureGap gap) {
    return JsonObject.builder()
        .put("seq", gap.seq())
        .put("timestamp", gap.timestamp())
        .put("source", gap.source())
        .put("instance", gap.instance())
        .putIfPresent("from", gap.from())
        .putIfPresent("to", gap.to())
        .put("lost", gap.lost())
        .put("refused", gap.refused())
        .put("passed_unrecorded", gap.passed())
        .put("why", gap.why())
        .build();
  }
}
