package io.osmoda.query;

import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.TraceContext;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An entry with what links it to others. */
record CausalNode(Step step, List<CauseReference> causes, @Nullable TraceContext trace) {
  static CausalNode of(Entry entry) {
    return new CausalNode(Step.of(entry), entry.causedBy(), entry.trace());
  }

  long seq() {
    return step.seq();
  }

  /** The entries of this ledger that it names as causes. */
  List<Long> localCauses() {
    return causes.stream()
        .filter(cause -> cause.origin().isEmpty())
        .map(CauseReference::seq)
        .toList();
  }

  /** Whether it is the end of one of these. */
  boolean isEndOfAny(Map<Long, CausalNode> nodes) {
    return localCauses().stream()
        .map(nodes::get)
        .anyMatch(start -> start != null && Phases.ends(start.step(), step));
  }

  /** A span in its trace: ids of spans are unique in theirs only. */
  record Span(String traceId, String spanId) {}

  @Nullable Span span() {
    return trace == null ? null : new Span(trace.traceId(), trace.spanId());
  }

  @Nullable Span parentSpan() {
    String parent = trace == null ? null : trace.parentSpanId();
    return trace == null || parent == null ? null : new Span(trace.traceId(), parent);
  }
}
