package io.osmoda.query;

import io.osmoda.format.entry.CauseReference;
import io.osmoda.query.CausalNode.Span;
import io.osmoda.query.CausalTree.Line;
import io.osmoda.query.CausalTree.Mention;
import io.osmoda.query.CausalTree.MentionKind;
import io.osmoda.query.CausalTree.Via;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts linked entries in the order of a tree: start and end of one thing on one line, each line
 * once, under the first of what led to it. Not thread-safe.
 */
final class CausalLayout {
  private final NavigableMap<Long, CausalNode> nodes;
  private final Set<Long> asked;

  /** The end of each start that has one; what is an end itself starts nothing. */
  private final Map<Long, Long> ends = new HashMap<>();

  /** The start on whose line an end stands: of several the first. */
  private final Map<Long, Long> starts = new HashMap<>();

  /** The entries of each span, oldest first. */
  private final Map<Span, List<Long>> spans = new HashMap<>();

  private final NavigableMap<Long, Place> places = new TreeMap<>();

  /** Where a line stands, and what else led to it. */
  private static final class Place {
    private @Nullable Long parent;
    private @Nullable Via via;
    private final Set<Mention> mentions = new LinkedHashSet<>();
  }

  CausalLayout(NavigableMap<Long, CausalNode> nodes, Set<Long> asked) {
    this.nodes = nodes;
    this.asked = asked;
  }

  List<Line> lines() {
    for (CausalNode node : nodes.values()) {
      pair(node);
      Span span = node.span();
      if (span != null) {
        spans.computeIfAbsent(span, k -> new ArrayList<>()).add(node.seq());
      }
    }
    for (long seq : nodes.keySet()) {
      if (!starts.containsKey(seq)) {
        places.put(seq, place(seq));
      }
    }
    breakCycles();
    return inOrder();
  }

  private void pair(CausalNode end) {
    for (long cause : end.localCauses()) {
      CausalNode start = nodes.get(cause);
      if (start != null
          && !ends.containsKey(cause)
          && Phases.ends(start.step(), end.step())
          && !start.isEndOfAny(nodes)) {
        ends.put(cause, end.seq());
        starts.merge(end.seq(), cause, Math::min);
      }
    }
  }

  /** The line on which an entry stands. */
  private long lineOf(long seq) {
    return starts.getOrDefault(seq, seq);
  }

  private Place place(long seq) {
    Place place = new Place();
    CausalNode start = node(seq);
    Long endSeq = ends.get(seq);
    CausalNode end = endSeq == null ? null : node(endSeq);
    causes(start, true, place);
    if (end != null) {
      causes(end, false, place);
    }
    span(start, place);
    if (end != null) {
      span(end, place);
    }
    return place;
  }

  private CausalNode node(long seq) {
    CausalNode node = nodes.get(seq);
    if (node == null) {
      throw new IllegalArgumentException("entry " + seq + " is none of the tree's");
    }
    return node;
  }

  /** An end may name what lies below its start, so that only a start's causes can be its parent. */
  private void causes(CausalNode node, boolean mayBeParent, Place place) {
    long line = lineOf(node.seq());
    for (CauseReference cause : node.causes()) {
      if (!cause.origin().isEmpty()) {
        place.mentions.add(new Mention(MentionKind.OTHER_LEDGER, cause.toString()));
      } else if (!nodes.containsKey(cause.seq())) {
        place.mentions.add(new Mention(MentionKind.OUTSIDE, "#" + cause.seq()));
      } else if (lineOf(cause.seq()) != line && !isEndOf(node.seq(), cause.seq())) {
        if (mayBeParent && place.parent == null) {
          place.parent = lineOf(cause.seq());
          place.via = Via.CAUSED_BY;
        } else if (place.parent == null || lineOf(cause.seq()) != place.parent) {
          place.mentions.add(new Mention(MentionKind.ALSO, "#" + cause.seq()));
        }
      }
    }
  }

  private boolean isEndOf(long end, long start) {
    return Long.valueOf(end).equals(ends.get(start));
  }

  private void span(CausalNode node, Place place) {
    Span parent = node.parentSpan();
    if (parent == null) {
      return;
    }
    long line = lineOf(node.seq());
    boolean isOwn = false;
    for (long seq : spans.getOrDefault(parent, List.of())) {
      if (lineOf(seq) != line) {
        if (place.parent == null) {
          place.parent = lineOf(seq);
          place.via = Via.SPAN;
        } else if (lineOf(seq) != place.parent) {
          place.mentions.add(new Mention(MentionKind.ALSO, "#" + seq));
        }
        return;
      }
      isOwn = true;
    }
    if (isOwn) {
      place.mentions.add(new Mention(MentionKind.CYCLE, "#" + line));
    }
  }

  /** Spans can lie in each other; causes cannot, since they are older than what they led to. */
  private void breakCycles() {
    Set<Long> done = new HashSet<>();
    for (long seq : places.keySet()) {
      Map<Long, Place> way = new LinkedHashMap<>();
      Long at = seq;
      while (at != null && !done.contains(at) && !way.containsKey(at)) {
        Place place = placeOf(at);
        way.put(at, place);
        at = place.parent;
      }
      if (at != null && way.containsKey(at)) {
        breakCycle(at);
      }
      done.addAll(way.keySet());
    }
  }

  private Place placeOf(long seq) {
    Place place = places.get(seq);
    if (place == null) {
      throw new IllegalArgumentException("entry " + seq + " has no line of its own");
    }
    return place;
  }

  private void breakCycle(long first) {
    Long oldest = null;
    Long at = first;
    do {
      Place place = placeOf(at);
      if (place.via == Via.SPAN && (oldest == null || at < oldest)) {
        oldest = at;
      }
      at = place.parent;
    } while (at != null && at != first);
    if (oldest == null) {
      throw new IllegalStateException("entry " + first + " would be its own cause");
    }
    Place place = placeOf(oldest);
    place.mentions.add(new Mention(MentionKind.CYCLE, "#" + place.parent));
    place.parent = null;
    place.via = null;
  }

  private List<Line> inOrder() {
    Map<Long, List<Long>> children = new HashMap<>();
    List<Long> tops = new ArrayList<>();
    places.forEach(
        (seq, place) -> {
          if (place.parent == null) {
            tops.add(seq);
          } else {
            children.computeIfAbsent(place.parent, k -> new ArrayList<>()).add(seq);
          }
        });
    List<Line> lines = new ArrayList<>();
    Map<Long, Integer> depths = new HashMap<>();
    Deque<Long> waiting = new ArrayDeque<>();
    tops.reversed().forEach(waiting::push);
    for (Long seq = waiting.poll(); seq != null; seq = waiting.poll()) {
      Place place = placeOf(seq);
      int depth = place.parent == null ? 0 : depths.getOrDefault(place.parent, 0) + 1;
      depths.put(seq, depth);
      lines.add(line(seq, depth, place));
      children.getOrDefault(seq, List.of()).reversed().forEach(waiting::push);
    }
    return lines;
  }

  private Line line(long seq, int depth, Place place) {
    Long end = ends.get(seq);
    return new Line(
        depth,
        place.parent,
        place.via,
        node(seq).step(),
        end == null ? null : node(end).step(),
        asked.contains(seq) || (end != null && asked.contains(end)),
        List.copyOf(place.mentions));
  }
}
