package io.osmoda.evidence;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.Hash;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a report says of the entries of a range, gathered while they pass by on their way into a
 * bundle. Keeps counts, and of entries themselves only a bounded number; nothing of a payload but
 * of those that stand whole in every bundle. Not thread-safe.
 */
final class ReportTally {
  private final ReportPeriod period;
  private final PeriodBins bins;
  private final CaptureCoverage coverage;
  private final SupportTally support;
  private final ValueCounts actions = new ValueCounts();
  private final ValueCounts actors = new ValueCounts();
  private final ValueCounts tools = new ValueCounts();
  private final ValueCounts statuses = new ValueCounts();
  private final ValueCounts sources = new ValueCounts();
  private final Capped<CaptureGap> gaps = new Capped<>();
  private final Capped<Noted> clockSteps = new Capped<>();
  private final Capped<Noted> redactions = new Capped<>();
  private final Happened happened;

  private long lines;
  private long inside;
  private long matching;
  private @Nullable Hash tip;
  private @Nullable String lastTime;
  private @Nullable String firstInside;
  private @Nullable String lastInside;
  private long firstSeq = -1;
  private long lastSeq = -1;
  private boolean isLinked = true;
  private boolean isInOrder = true;

  /** An entry that stands whole in every bundle, as far as the report covers it. */
  record Noted(
      long seq,
      String timestamp,
      String status,
      @Nullable String target,
      @Nullable String reason,
      @Nullable String basis) {
    static Noted of(Entry entry) {
      JsonObject payload = entry.payload();
      return new Noted(
          entry.seq(),
          entry.timestamp(),
          entry.status(),
          entry.target(),
          entry.reason(),
          payload == null ? null : payload.string("basis"));
    }
  }

  /**
   * How the time of happening and the time of sealing fall apart, in the lines of the range.
   *
   * <p>Not thread-safe.
   */
  static final class Happened {
    private final @Nullable String from;
    private final @Nullable String to;
    private long stated;
    private long before;
    private long after;
    private long sealedOutside;

    Happened(@Nullable String from, @Nullable String to) {
      this.from = from;
      this.to = to;
    }

    private void add(String occurredAt, boolean isSealedInside) {
      boolean isBefore = from != null && occurredAt.compareTo(from) < 0;
      boolean isAfter = to != null && occurredAt.compareTo(to) >= 0;
      if (isSealedInside) {
        stated++;
        before += isBefore ? 1 : 0;
        after += isAfter ? 1 : 0;
      } else if (!isBefore && !isAfter) {
        sealedOutside++;
      }
    }

    /** Entries sealed in the period that say when they happened. */
    long stated() {
      return stated;
    }

    /** Those of them that happened before the period. */
    long before() {
      return before;
    }

    /** Those of them that say they happened after it. */
    long after() {
      return after;
    }

    /** Lines at the range's edges that happened in the period and were sealed outside it. */
    long sealedOutside() {
      return sealedOutside;
    }
  }

  /**
   * A tally of nothing yet.
   *
   * @param frameworks whose controls entries may support
   * @param timeFrom as the manifest has it; null together with {@code timeTo}
   */
  ReportTally(
      ReportPeriod period,
      List<Framework> frameworks,
      @Nullable String timeFrom,
      @Nullable String timeTo) {
    this.period = period;
    this.bins = new PeriodBins(period);
    this.coverage = new CaptureCoverage(period);
    this.support = new SupportTally(frameworks);
    this.happened = new Happened(timeFrom, timeTo);
  }

  /**
   * Counts the next entry of the range.
   *
   * @param isInside whether it was sealed in the period
   * @param matches whether it is inside and the filter matches it
   */
  void add(Entry entry, boolean isInside, boolean matches) {
    String time = entry.timestamp();
    checkPlace(entry, time);
    coverage.add(entry, isInside);
    if (entry.occurredAt() != null) {
      happened.add(entry.occurredAt(), isInside);
    }
    if (entry.isContext()) {
      note(entry, isInside);
    }
    if (!isInside) {
      return;
    }
    inside++;
    firstInside = firstInside == null ? time : firstInside;
    lastInside = time;
    bins.add(time, matches);
    actions.add(entry.action(), matches);
    actors.add(entry.actor(), matches);
    statuses.add(entry.status(), matches);
    sources.add(entry.source(), matches);
    if (entry.tool() != null) {
      tools.add(entry.tool(), matches);
    }
    if (matches) {
      matching++;
      support.add(entry);
    }
  }

  private void checkPlace(Entry entry, String time) {
    if (lines++ == 0) {
      firstSeq = entry.seq();
    } else {
      isLinked &= entry.seq() == lastSeq + 1 && entry.prevHash().equals(tip);
      isInOrder &= lastTime == null || time.compareTo(lastTime) >= 0;
    }
    lastSeq = entry.seq();
    tip = entry.entryHash();
    lastTime = time;
  }

  private void note(Entry entry, boolean isInside) {
    if (entry.action().equals("ledger_redact")) {
      redactions.add(() -> Noted.of(entry));
    } else if (isInside && entry.action().equals("capture_gap")) {
      gaps.add(() -> CaptureGap.of(entry));
    } else if (isInside && entry.action().equals("clock_step")) {
      clockSteps.add(() -> Noted.of(entry));
    }
  }

  /** All entries of the range were counted. */
  void finish() {
    coverage.finish(sources.rows());
  }

  ReportPeriod period() {
    return period;
  }

  PeriodBins bins() {
    return bins;
  }

  CaptureCoverage coverage() {
    return coverage;
  }

  SupportTally support() {
    return support;
  }

  ValueCounts actions() {
    return actions;
  }

  ValueCounts actors() {
    return actors;
  }

  ValueCounts tools() {
    return tools;
  }

  ValueCounts statuses() {
    return statuses;
  }

  ValueCounts sources() {
    return sources;
  }

  /** Entries {@code capture_gap} of the period. */
  Capped<CaptureGap> gaps() {
    return gaps;
  }

  /** Entries {@code clock_step} of the period. */
  Capped<Noted> clockSteps() {
    return clockSteps;
  }

  /** Entries {@code ledger_redact} of the range. */
  Capped<Noted> redactions() {
    return redactions;
  }

  Happened happened() {
    return happened;
  }

  /** Entries of the range. */
  long lines() {
    return lines;
  }

  /** Those of the period. */
  long inside() {
    return inside;
  }

  /** Those of the period that match. */
  long matching() {
    return matching;
  }

  /** The lowest number of the range. */
  long firstSeq() {
    return firstSeq;
  }

  /** The highest number of the range. */
  long lastSeq() {
    return lastSeq;
  }

  /** When the first entry of the period was sealed; null if there is none. */
  @Nullable String firstInside() {
    return firstInside;
  }

  /** When the last entry of the period was sealed; null if there is none. */
  @Nullable String lastInside() {
    return lastInside;
  }

  /** Whether numbers went up by one each, and each entry named the hash of the one before. */
  boolean isLinked() {
    return isLinked;
  }

  /** Whether no entry was sealed earlier than the one before. */
  boolean isInOrder() {
    return isInOrder;
  }
}
