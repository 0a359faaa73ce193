package io.osmoda.evidence;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Spans of time of which those that touch are one. At most {@link #MOST}: then the shortest breaks
 * between them are no longer kept apart, though still not counted as covered. Not thread-safe.
 */
final class TimeSpans {
  /** Spans that are kept apart. */
  static final int MOST = 2_000;

  private final List<Span> spans = new ArrayList<>(); // in order, none touching
  private Duration swallowed = Duration.ZERO;

  /** From one moment to another that is not earlier. */
  record Span(Instant from, Instant to) {
    Duration length() {
      return Duration.between(from, to);
    }
  }

  void add(Instant from, Instant to) {
    if (!from.isBefore(to)) {
      return;
    }
    Instant begin = from;
    Instant end = to;
    int place = spans.size(); // spans come in the order of their ends but for a few
    while (place > 0 && spans.get(place - 1).from.isAfter(end)) {
      place--;
    }
    while (place > 0 && !spans.get(place - 1).to.isBefore(begin)) {
      Span touched = spans.remove(--place);
      begin = touched.from.isBefore(begin) ? touched.from : begin;
      end = touched.to.isAfter(end) ? touched.to : end;
    }
    spans.add(place, new Span(begin, end));
    if (spans.size() > MOST) {
      joinNearest();
    }
  }

  /** Halves the number of spans by closing the shortest breaks. */
  private void joinNearest() {
    List<Duration> breaks = new ArrayList<>();
    for (int i = 1; i < spans.size(); i++) {
      breaks.add(Duration.between(spans.get(i - 1).to, spans.get(i).from));
    }
    Duration longest = breaks.stream().sorted().toList().get(breaks.size() / 2);
    List<Span> joined = new ArrayList<>();
    for (Span span : spans) {
      Span last = joined.isEmpty() ? null : joined.getLast();
      if (last != null && Duration.between(last.to, span.from).compareTo(longest) <= 0) {
        swallowed = swallowed.plus(Duration.between(last.to, span.from));
        joined.set(joined.size() - 1, new Span(last.from, span.to));
      } else {
        joined.add(span);
      }
    }
    spans.clear();
    spans.addAll(joined);
  }

  List<Span> list() {
    return List.copyOf(spans);
  }

  /** Whether breaks between spans are no longer told apart. */
  boolean isCoarse() {
    return !swallowed.isZero();
  }

  /** How long all spans are together, without the breaks between them. */
  Duration covered() {
    Duration sum = Duration.ZERO;
    for (Span span : spans) {
      sum = sum.plus(span.length());
    }
    return sum.minus(swallowed);
  }

  /** The parts of these spans that lie in others, in all. */
  Duration within(TimeSpans others) {
    Duration sum = Duration.ZERO;
    int mine = 0;
    int theirs = 0;
    while (mine < spans.size() && theirs < others.spans.size()) {
      Span one = spans.get(mine);
      Span other = others.spans.get(theirs);
      Instant from = one.from.isAfter(other.from) ? one.from : other.from;
      Instant to = one.to.isBefore(other.to) ? one.to : other.to;
      if (from.isBefore(to)) {
        sum = sum.plus(Duration.between(from, to));
      }
      if (one.to.isBefore(other.to)) {
        mine++;
      } else {
        theirs++;
      }
    }
    return sum;
  }
}
