package io.osmoda.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.fixtures.Seed;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Status;
import io.osmoda.format.entry.TraceContext;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A tree has exactly the entries that a search of the graph reaches, going through all entries. */
class CausalityPropertyTest {
  private static final String[] ACTIONS = {
    "tool_call", "tool_call", "tool_result", "tool_result", "agent_start", "agent_stop", "sampling"
  };
  private static final Status[] STATUSES = {
    Status.PENDING, Status.PENDING, Status.OK, Status.ERROR
  };

  /**
   * @param links how many of ten entries have causes, and spans
   */
  @ParameterizedTest
  @ValueSource(ints = {3, 6, 9})
  void everyEntrysTreeHasWhatAGraphSearchReaches(int links, @TempDir Path temp) throws Exception {
    long seed = Seed.fresh();
    Random random = new Random(seed);
    try (TreeLedger ledger = new TreeLedger(temp)) {
      for (int i = 0; i < 110; i++) {
        ledger.seal(draft(ledger, random, links, i));
        if (i == 70) {
          ledger.makeIndex(); // what comes later is read
        }
      }
      List<Entry> all = ledger.all();
      Graph graph = new Graph(all);
      int linked = 0;
      for (Entry entry : all) {
        CausalTree tree = ledger.tree(Long.toString(entry.seq()));
        String where = "seed " + seed + ", entry " + entry.seq();
        Set<Long> reached = graph.reached(entry.seq());
        assertThat(seqs(tree)).as(where).isEqualTo(reached);
        assertThat(tree.entries()).as(where).isEqualTo(reached.size());
        isATree(tree, where);
        linked += reached.size() - 1;
      }
      assertThat(linked).as("seed " + seed).isGreaterThan(50);
    }
  }

  private static EntryDraft.Builder draft(TreeLedger ledger, Random random, int links, int sealed) {
    List<Long> causes = new ArrayList<>();
    if (sealed > 0 && random.nextInt(10) < links) {
      for (int i = random.nextInt(3); i >= 0; i--) {
        long cause = Math.max(1, sealed - random.nextInt(12));
        if (!causes.contains(cause)) {
          causes.add(cause);
        }
      }
    }
    EntryDraft.Builder draft =
        ledger.draft(
            ACTIONS[random.nextInt(ACTIONS.length)],
            STATUSES[random.nextInt(STATUSES.length)],
            causes.stream().mapToLong(Long::longValue).toArray());
    if (random.nextInt(10) < links) {
      int near = sealed / 4;
      draft.trace(
          new TraceContext(
              RandomEntries.hex(32, random.nextInt(2)),
              RandomEntries.hex(16, near + random.nextInt(4)),
              random.nextInt(10) < links ? RandomEntries.hex(16, near + random.nextInt(5)) : null));
    }
    return draft;
  }

  private static Set<Long> seqs(CausalTree tree) {
    Set<Long> seqs = new TreeSet<>();
    for (CausalTree.Line line : tree.lines()) {
      seqs.add(line.start().seq());
      if (line.end() != null) {
        seqs.add(line.end().seq());
      }
    }
    return seqs;
  }

  /** Each line stands once, right below a line that is one step out. */
  private static void isATree(CausalTree tree, String where) {
    Set<Long> seen = new HashSet<>();
    Deque<Long> way = new ArrayDeque<>();
    for (CausalTree.Line line : tree.lines()) {
      assertThat(seen.add(line.start().seq())).as(where).isTrue();
      assertThat(line.depth()).as(where).isLessThanOrEqualTo(way.size());
      while (way.size() > line.depth()) {
        way.pop();
      }
      assertThat(line.parent()).as(where).isEqualTo(way.peek());
      way.push(line.start().seq());
    }
  }

  /** Links between entries, found by comparing all with all. */
  private record Graph(List<Entry> all) {
    private interface Link {
      boolean leads(Entry from, Entry to);
    }

    private static boolean names(Entry effect, Entry cause) {
      return effect.causedBy().stream().anyMatch(each -> each.seq() == cause.seq());
    }

    /** Whether the first led to the second. */
    private static boolean led(Entry cause, Entry effect) {
      TraceContext outer = cause.trace();
      TraceContext inner = effect.trace();
      return names(effect, cause)
          || (outer != null
              && inner != null
              && outer.traceId().equals(inner.traceId())
              && outer.spanId().equals(inner.parentSpanId()));
    }

    private static boolean ends(Entry start, Entry end) {
      return names(end, start) && Phases.ends(Step.of(start), Step.of(end));
    }

    private Set<Long> walk(Set<Long> from, Link link) {
      Set<Long> seen = new TreeSet<>(from);
      Deque<Long> waiting = new ArrayDeque<>(from);
      for (Long at = waiting.poll(); at != null; at = waiting.poll()) {
        for (Entry next : all) {
          if (link.leads(all.get(at.intValue()), next) && seen.add(next.seq())) {
            waiting.add(next.seq());
          }
        }
      }
      return seen;
    }

    /** Whether it begins something, as far as these entries tell. */
    private boolean begins(long seq, Set<Long> known) {
      Entry entry = all.get((int) seq);
      return known.stream().noneMatch(start -> ends(all.get(start.intValue()), entry));
    }

    Set<Long> reached(long seq) {
      Entry asked = all.get((int) seq);
      Set<Long> reached = walk(Set.of(seq), (from, to) -> led(to, from));
      Set<Long> begin = new TreeSet<>(Set.of(seq));
      all.stream()
          .filter(start -> ends(start, asked) && begins(start.seq(), reached))
          .forEach(start -> begin.add(start.seq()));
      reached.addAll(walk(begin, Graph::led));
      Set<Long> known = Set.copyOf(reached);
      for (long start : known) {
        if (begins(start, known)) {
          all.stream()
              .filter(end -> ends(all.get((int) start), end))
              .findFirst()
              .ifPresent(end -> reached.add(end.seq()));
        }
      }
      return reached;
    }
  }
}
