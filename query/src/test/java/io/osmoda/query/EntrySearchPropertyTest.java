package io.osmoda.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.fixtures.Seed;
import io.osmoda.format.entry.Entry;
import io.osmoda.ledger.EntryCursor;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerOptions;
import io.osmoda.ledger.LedgerReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the index answers is what going through all entries gives. */
class EntrySearchPropertyTest {
  private static final int QUERIES = 1_000;
  private static final long SMALL_SEGMENT = 60_000;

  @Test
  void aThousandQueriesGiveWhatAScanGives(@TempDir Path temp) throws Exception {
    long seed = Seed.fresh();
    Random random = new Random(seed);
    RandomEntries entries = new RandomEntries(random);
    Path folder = temp.resolve("ledger");
    LedgerOptions options = LedgerOptions.defaults().withSegmentBytes(SMALL_SEGMENT);
    try (Ledger ledger = Ledger.create(folder, "query.example/one", options)) {
      entries.seal(ledger, 250);
      try (LedgerIndex index = LedgerIndex.open(ledger.reader())) {
        IndexFollower.makeAll(index, 2, made -> {});
        assertThat(index.missing()).isZero();
        ledger.redact(20, 40, "a person asked", io.osmoda.format.json.JsonObject.EMPTY);
        entries.seal(ledger, 40); // the index lacks these, and what was redacted
        assertThat(index.missing()).isGreaterThan(40);

        List<Entry> all = all(ledger.reader());
        EntrySearch search = new EntrySearch(index);
        List<Instant> moments = all.stream().map(Entry::instant).toList();
        List<Candidate> candidates = all.stream().map(Candidate::new).toList(); // parsed once
        int matched = 0;
        for (int i = 0; i < QUERIES; i++) {
          Condition condition = entries.condition(2, moments, all.size());
          EntryFilter filter = new EntryFilter(null, null, Map.of(), null, condition);
          String where = "seed " + seed + ", query " + i + ": " + condition;
          List<Entry> expected = scan(candidates, condition);
          matched += expected.size();
          check(search, filter, expected, random, where);
          Condition read = WhereParser.parse(condition.toString(), Instant.EPOCH, ZoneOffset.UTC);
          assertThat(scan(candidates, read)).as(where).isEqualTo(expected);
        }
        assertThat(matched).isGreaterThan(QUERIES);
      }
    }
  }

  private static List<Entry> scan(List<Candidate> candidates, Condition condition) {
    return candidates.stream().filter(condition::test).map(Candidate::entry).toList();
  }

  private static void check(
      EntrySearch search, EntryFilter filter, List<Entry> expected, Random random, String where)
      throws IOException {
    assertThat(found(search, filter, false)).as(where).isEqualTo(expected);
    assertThat(found(search, filter, true)).as(where).isEqualTo(expected.reversed());
    assertThat(search.count(filter, Deadline.none())).as(where).isEqualTo(expected.size());

    List<Member> by = new ArrayList<>(List.of(Member.STATUS, Member.TOOL, Member.ACTOR));
    by = by.subList(0, 1 + random.nextInt(3));
    Facets facets = search.facets(filter, by, 10_000, Deadline.none());
    assertThat(counts(facets)).as(where).isEqualTo(counts(expected, by));
    assertThat(facets.total()).as(where).isEqualTo(expected.size());

    Histogram histogram = search.histogram(filter, Duration.ofMillis(20), Deadline.none());
    assertThat(histogram.total()).as(where).isEqualTo(expected.size());
    assertThat(histogram.buckets().stream().mapToLong(Histogram.Bucket::count).sum())
        .isEqualTo(expected.size());
    assertThat(histogram.buckets().stream().mapToLong(Histogram.Bucket::failed).sum())
        .as(where)
        .isEqualTo(
            expected.stream().filter(e -> HistogramCounter.FAILED.contains(e.status())).count());

    Member member = Member.GROUPED.get(random.nextInt(Member.GROUPED.size()));
    SortKey key = new SortKey(member, random.nextBoolean());
    assertThat(sorted(search, filter, key, 20 + random.nextInt(200)))
        .as("%s, by %s", where, key)
        .isEqualTo(sorted(expected, key));
  }

  private static List<Entry> found(EntrySearch search, EntryFilter filter, boolean newestFirst)
      throws IOException {
    List<Entry> found = new ArrayList<>();
    try (EntryResults results = search.search(filter, newestFirst, null, Deadline.none())) {
      for (Entry entry = results.next(); entry != null; entry = results.next()) {
        found.add(entry);
      }
      assertThat(results.cursor()).isNull();
    }
    return found;
  }

  private static List<Entry> sorted(EntrySearch search, EntryFilter filter, SortKey key, int limit)
      throws IOException {
    List<Entry> found = new ArrayList<>();
    SortedPage.Position at = search.start();
    while (at != null) {
      SortedPage page = search.sorted(filter, key, limit, at, Deadline.none());
      found.addAll(page.entries());
      at = page.next() == null ? null : SortedPage.Position.parse(page.next().toString());
    }
    return found;
  }

  private static List<Entry> sorted(List<Entry> entries, SortKey key) {
    Comparator<String> order = Comparator.naturalOrder();
    Comparator<String> byValue = Comparator.nullsLast(key.descending() ? order.reversed() : order);
    List<Entry> sorted = new ArrayList<>(entries);
    sorted.sort(
        Comparator.comparing((Entry entry) -> key.member().value(entry), byValue)
            .thenComparingLong(Entry::seq));
    return sorted;
  }

  private static Map<String, Long> counts(Facets facets) {
    Map<String, Long> counts = new TreeMap<>();
    facets.top().forEach(facet -> counts.put(String.valueOf(facet.values()), facet.count()));
    return counts;
  }

  private static Map<String, Long> counts(List<Entry> entries, List<Member> by) {
    Map<String, Long> counts = new TreeMap<>();
    for (Entry entry : entries) {
      List<String> values = new ArrayList<>();
      by.forEach(member -> values.add(member.value(entry)));
      counts.merge(values.toString(), 1L, Long::sum);
    }
    return counts;
  }

  private static List<Entry> all(LedgerReader reader) throws IOException {
    List<Entry> all = new ArrayList<>();
    try (EntryCursor cursor = reader.read(0, Long.MAX_VALUE)) {
      for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
        all.add(entry);
      }
    }
    return all;
  }
}
