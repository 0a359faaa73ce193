package io.osmoda.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.osmoda.fixtures.Seed;
import io.osmoda.format.entry.CaptureEvent;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.entry.Status;
import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.query.Summary.Count;
import io.osmoda.query.Summary.Outcomes;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SummarizerTest {
  private static final Set<String> FAILED = Set.of("error", "denied", "timeout", "crashed");
  private static final Set<String> OF_CAPTURE =
      Set.of("capture_gap", "capture_stop", "capture_state", "clock_step", "ledger_recover");
  private static final int ENTRIES = 220;

  private TreeLedger ledger;

  @BeforeEach
  void create(@TempDir Path temp) throws IOException {
    ledger = new TreeLedger(temp);
  }

  @AfterEach
  void close() throws IOException {
    ledger.close();
  }

  private Summary sum(Instant from, Instant to, @Nullable String actor) throws IOException {
    return new Summarizer(ledger.search)
        .of(from, to, actor, ledger.size(), ledger.now(), Deadline.none());
  }

  private Summary sum() throws IOException {
    return sum(TreeLedger.START, ledger.now().plusNanos(1), null);
  }

  /** How many entries are in the index: none, some, all. */
  @ParameterizedTest
  @ValueSource(ints = {0, ENTRIES / 2, ENTRIES})
  void numbersAreThoseOfAScan(int indexed) throws Exception {
    numbersAreThoseOfAScan(indexed, Seed.fresh());
  }

  @Test
  void ofMoreSilencesThanAreNamedTheLongestAreNamed() throws Exception {
    numbersAreThoseOfAScan(ENTRIES, 21923487009666L);
  }

  private void numbersAreThoseOfAScan(int indexed, long seed) throws Exception {
    Random random = new Random(seed);
    for (int i = 0; i < ENTRIES; i++) {
      ledger.seal(draft(random, i));
      ledger.pass(Duration.ofSeconds(random.nextInt(20) == 0 ? random.nextInt(9_000) : 60));
      if (i % 50 == 20) {
        ledger
            .ledger
            .capture(new CaptureEvent(CaptureEvent.Kind.GAP, "hook", "h", JsonObject.EMPTY))
            .get();
      }
      if (i % 30 == 10) {
        ledger
            .ledger
            .appendControl("ledger_query", Status.OK, null, null, List.of(), JsonObject.EMPTY)
            .get();
      }
      if (i + 1 == indexed) {
        ledger.makeIndex();
      }
    }
    List<Entry> all = ledger.all();
    for (int i = 0; i < 12; i++) {
      Instant from = all.get(random.nextInt(all.size() - 1)).instant().minusSeconds(30);
      Instant to = from.plusSeconds(1 + random.nextInt(30_000));
      String actor = random.nextInt(3) == 0 ? "agent:*" : null;
      if (i == 0) {
        from = TreeLedger.START;
        to = ledger.now();
      }
      check(sum(from, to, actor), all, "seed " + seed + ", from " + from + " to " + to + actor);
    }
  }

  private EntryDraft.Builder draft(Random random, int sealed) {
    String[] sources = {"mcp_proxy", "api", "kernel", "ssh"};
    String[] actions = {"tool_call", "tool_call", "tool_result", "file_write"};
    Status[] statuses = {Status.PENDING, Status.OK, Status.ERROR, Status.DENIED, Status.CANCELLED};
    EntryDraft.Builder draft =
        EntryDraft.builder(
                sources[random.nextInt(sources.length)],
                (random.nextBoolean() ? "agent:a" : "user:u") + random.nextInt(3),
                actions[random.nextInt(actions.length)])
            .status(statuses[random.nextInt(statuses.length)]);
    if (random.nextInt(5) > 0) {
      draft.tool("tool-" + (random.nextInt(4) + sealed / 60));
    }
    if (random.nextBoolean()) {
      draft.target("/t/" + random.nextInt(1 + sealed));
    }
    if (sealed > 0 && random.nextInt(3) > 0) {
      draft.causedBy(ledger.anyCause(random, 8));
    }
    if (random.nextBoolean()) {
      draft.payload(
          JsonObject.builder()
              .put("duration_ns", new JsonNumber(random.nextInt(40) - 2 + random.nextInt(2) / 2.0))
              .build());
    }
    return draft;
  }

  private static <K extends Comparable<K>> Map<K, Long> counted(
      List<Entry> entries, Function<Entry, @Nullable K> key) {
    Map<K, Long> counts = new TreeMap<>();
    for (Entry entry : entries) {
      K value = key.apply(entry);
      if (value != null) {
        counts.merge(value, 1L, Long::sum);
      }
    }
    return counts;
  }

  private static Map<String, Long> counted(List<Count> counts) {
    return counts.stream()
        .collect(Collectors.toMap(Count::value, Count::count, Long::sum, TreeMap::new));
  }

  private static Map<String, Long> counted(Summary.Listed<Outcomes> listed) {
    Map<String, Long> counts = new TreeMap<>();
    for (Outcomes row : listed.rows()) {
      counted(row.byStatus())
          .forEach((status, count) -> counts.put(row.name() + " " + status, count));
      assertThat(row.byStatus().stream().mapToLong(Count::count).sum()).isEqualTo(row.count());
      assertThat(
              row.byStatus().stream()
                  .filter(each -> FAILED.contains(each.value()))
                  .mapToLong(Count::count)
                  .sum())
          .isEqualTo(row.failed());
    }
    return counts;
  }

  private static List<Long> seqs(List<Step> steps) {
    return steps.stream().map(Step::seq).toList();
  }

  private void check(Summary summary, List<Entry> all, String where) throws IOException {
    Predicate<Entry> inTime =
        e -> !e.instant().isBefore(summary.from()) && e.instant().isBefore(summary.to());
    List<Entry> period = all.stream().filter(inTime).toList();
    List<Entry> some =
        period.stream()
            .filter(e -> !e.action().equals("ledger_query"))
            .filter(e -> summary.actor() == null || e.actor().startsWith("agent:"))
            .toList();
    List<Entry> acted = some.stream().filter(e -> !e.source().equals("ledger")).toList();
    assertThat(summary.entries()).as(where).isEqualTo(some.size());
    assertThat(summary.reads())
        .as(where)
        .isEqualTo(period.stream().filter(e -> e.action().equals("ledger_query")).count());
    assertThat(counted(summary.sources())).as(where).isEqualTo(counted(some, Entry::source));
    assertThat(summary.sides().values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(some.size());
    assertThat(counted(summary.actors()))
        .as(where)
        .isEqualTo(counted(acted, e -> e.actor() + " " + e.status()));
    List<Entry> ended =
        some.stream()
            .filter(
                e ->
                    e.action().equals("tool_result")
                        || (e.action().equals("tool_call") && !e.status().equals("pending")))
            .toList();
    assertThat(counted(summary.tools()))
        .as(where)
        .isEqualTo(counted(ended, e -> e.tool() + " " + e.status()));
    assertThat(seqs(summary.slowest())).as(where).isEqualTo(slowest(some));
    List<Entry> failed =
        some.stream()
            .filter(e -> FAILED.contains(e.status()) && !OF_CAPTURE.contains(e.action()))
            .toList();
    assertThat(counted(summary.failures())).as(where).isEqualTo(counted(failed, Entry::status));
    assertThat(seqs(summary.failed())).as(where).isEqualTo(newest(failed));
    List<Entry> gaps = period.stream().filter(e -> OF_CAPTURE.contains(e.action())).toList();
    assertThat(counted(summary.gaps())).as(where).isEqualTo(counted(gaps, Entry::action));
    assertThat(seqs(summary.gapEntries())).as(where).isEqualTo(newest(gaps));
    unfinished(summary, some, all, where);
    firstSeen(summary, summary.newTools(), acted, all, Entry::tool, where);
    firstSeen(summary, summary.newTargets(), acted, all, Entry::target, where);
    List<Silence> silences = silences(summary, period, all);
    assertThat(summary.silences()).as(where).isEqualTo(silences.size());
    assertThat(summary.longestSilences())
        .as(where)
        .isEqualTo(
            silences.stream()
                .sorted(
                    Comparator.comparing(Silence::length).reversed().thenComparing(Silence::from))
                .limit(Summarizer.NAMED)
                .sorted(Comparator.comparing(Silence::from))
                .toList());
  }

  private static List<Long> newest(List<Entry> entries) {
    return entries.reversed().stream().limit(Summarizer.NAMED).map(Entry::seq).toList();
  }

  private static List<Long> slowest(List<Entry> entries) {
    record Took(double nanos, long seq) {}
    return entries.stream()
        .flatMap(
            e -> {
              JsonObject payload = e.payload();
              return payload != null
                      && payload.get("duration_ns") instanceof JsonNumber(double nanos)
                      && nanos >= 0
                  ? Stream.of(new Took(Math.floor(nanos), e.seq()))
                  : Stream.empty();
            })
        .sorted(Comparator.comparingDouble(Took::nanos).reversed().thenComparingLong(Took::seq))
        .limit(Summarizer.NAMED)
        .map(Took::seq)
        .toList();
  }

  private static void unfinished(Summary summary, List<Entry> some, List<Entry> all, String where) {
    List<Entry> begun = some.stream().filter(e -> e.status().equals("pending")).toList();
    List<Long> open =
        begun.stream()
            .filter(
                start ->
                    all.stream()
                        .noneMatch(
                            end ->
                                end.causedBy().stream().anyMatch(c -> c.seq() == start.seq())
                                    && !end.status().equals("pending")
                                    && end.action().equals(endOf(start.action()))))
            .map(Entry::seq)
            .toList();
    assertThat(summary.unfinished().begun()).as(where).isEqualTo(begun.size());
    assertThat(summary.unfinished().count()).as(where).isEqualTo(open.size());
    assertThat(seqs(summary.unfinished().oldest()))
        .as(where)
        .isEqualTo(open.stream().limit(Summarizer.NAMED).toList());
  }

  private static String endOf(String action) {
    return action.equals("tool_call") ? "tool_result" : action;
  }

  private static void firstSeen(
      Summary summary,
      Summary.FirstSeen seen,
      List<Entry> acted,
      List<Entry> all,
      Function<Entry, @Nullable String> member,
      String where) {
    Set<String> fresh = new TreeSet<>(counted(acted, member).keySet());
    all.stream()
        .filter(e -> e.instant().isBefore(summary.from()))
        .map(member)
        .filter(value -> value != null)
        .forEach(fresh::remove);
    assertThat(seen.count()).as(where).isEqualTo(fresh.size());
    assertThat(seen.isCut()).isFalse();
    List<Step> first = seen.first();
    assertThat(first).hasSize(Math.min(2 * Summarizer.NAMED, fresh.size()));
    for (Step step : first) {
      Entry entry = all.get((int) step.seq());
      String value = member.apply(entry);
      assertThat(fresh).as(where).contains(value);
      assertThat(
              acted.stream()
                  .filter(e -> value != null && value.equals(member.apply(e)))
                  .findFirst())
          .as(where)
          .contains(entry);
    }
  }

  private List<Silence> silences(Summary summary, List<Entry> period, List<Entry> all) {
    List<Instant> moments = new ArrayList<>();
    Instant begin = all.getFirst().instant();
    moments.add(begin.isAfter(summary.from()) ? begin : summary.from());
    period.forEach(each -> moments.add(each.instant()));
    moments.add(summary.to().isBefore(ledger.now()) ? summary.to() : ledger.now());
    List<Silence> silences = new ArrayList<>();
    for (int i = 1; i < moments.size(); i++) {
      if (Duration.between(moments.get(i - 1), moments.get(i)).compareTo(Duration.ofHours(1)) > 0) {
        silences.add(new Silence(moments.get(i - 1), moments.get(i)));
      }
    }
    return silences;
  }

  @Test
  void whatTheAgentSideReportedAndWhatTheMachineSawIsCountedApart() throws IOException {
    for (String source : List.of("mcp_proxy", "api", "otlp", "of_my_own", "kernel", "drift")) {
      ledger.seal(EntryDraft.builder(source, "agent:x", "tool_call"));
    }

    assertThat(sum().sides())
        .isEqualTo(
            Map.of(Summary.Side.AGENT, 4L, Summary.Side.MACHINE, 2L, Summary.Side.LEDGER, 1L));
  }

  @Test
  void aResultAfterThePeriodEndsACallOfThePeriod() throws IOException {
    long call = ledger.call("a");
    ledger.call("b");
    Instant end = ledger.now().plusNanos(1);
    ledger.pass(Duration.ofMinutes(1));
    ledger.seal("tool_result", Status.OK, call);

    assertThat(seqs(sum(TreeLedger.START, end, null).unfinished().oldest())).containsExactly(2L);
  }

  @Test
  void aToolIsNewOnlyUntilAPeriodAfterItsFirstUseBegins() throws IOException {
    ledger.call("a");
    ledger.pass(Duration.ofMinutes(10));
    Instant second = ledger.now();
    ledger.call("a");
    ledger.call("b");

    Summary later = sum(second, ledger.now().plusNanos(1), null);
    assertThat(seqs(later.newTools().first())).containsExactly(3L);
    assertThat(later.isFromFirst()).isFalse();
    assertThat(seqs(sum().newTools().first())).containsExactly(1L, 3L);
    assertThat(sum().isFromFirst()).isTrue();
  }

  @Test
  void aPeriodWithoutEntriesIsOneSilence() throws IOException {
    Instant from = ledger.now().plusSeconds(60);
    ledger.pass(Duration.ofHours(5));
    Instant to = from.plus(Duration.ofHours(2));

    Summary summary = sum(from, to, null);
    assertThat(summary.entries()).isZero();
    assertThat(summary.longestSilences()).containsExactly(new Silence(from, to));
    assertThat(sum(from, from.plus(Duration.ofDays(9)), null).longestSilences())
        .containsExactly(new Silence(from, ledger.now()));
  }

  @Test
  void theTimeBeforeTheLedgerBeganAndTheFutureAreNoSilence() throws IOException {
    Summary summary =
        sum(TreeLedger.START.minus(Duration.ofDays(1)), ledger.now().plusSeconds(90_000), null);

    assertThat(summary.silences()).isZero();
    assertThat(
            sum(ledger.now().plusSeconds(9_000), ledger.now().plusSeconds(99_000), null).silences())
        .isZero();
  }

  @Test
  void whatIsSealedWhileItIsSummedUpDoesNotCount() throws IOException {
    ledger.call("a");
    long size = ledger.size();
    ledger.call("b");

    Summary summary =
        new Summarizer(ledger.search)
            .of(
                TreeLedger.START,
                ledger.now().plusNanos(1),
                null,
                size,
                ledger.now(),
                Deadline.none());
    assertThat(summary.entries()).isEqualTo(2);
    assertThat(summary.unfinished().begun()).isEqualTo(1);
    assertThat(summary.newTools().count()).isEqualTo(1);
  }

  @Test
  void aPeriodThatEndsBeforeItBeginsIsRefused() {
    assertThatThrownBy(() -> sum(TreeLedger.START, TreeLedger.START, null))
        .isInstanceOf(RequestRefusedException.class);
  }

  @Test
  void jsonHasEveryPart() throws Exception {
    long call = ledger.call("a");
    ledger.seal(
        ledger
            .draft("tool_result", Status.DENIED, call)
            .tool("a")
            .target("/x")
            .payload(TreeLedger.took(Long.MAX_VALUE >> 11)));
    ledger.call("b");

    byte[] json = CanonicalJson.write(sum().toJson());
    JsonObject read = (JsonObject) CanonicalJson.parse(json);
    assertThat(read.members().keySet())
        .containsExactlyInAnyOrder(
            "from",
            "to",
            "at",
            "size",
            "from_first",
            "entries",
            "reads",
            "sides",
            "sources",
            "actors",
            "tools",
            "slowest",
            "failed",
            "unfinished",
            "first_seen",
            "gaps",
            "silences");
    assertThat(new String(json, java.nio.charset.StandardCharsets.UTF_8))
        .contains("\"by_status\":{\"denied\":1}")
        .contains("\"unfinished\":{\"begun\":2,\"count\":1,\"looked_at\":2,\"oldest\":[{");
  }
}
