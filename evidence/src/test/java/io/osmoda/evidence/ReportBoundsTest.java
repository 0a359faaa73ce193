package io.osmoda.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.fixtures.Seed;
import io.osmoda.query.Moments;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a report gathers stays small whatever passes by, and says what it left out. */
class ReportBoundsTest {
  private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

  @Test
  void valuesPastTheFirstAreCountedTogether() {
    ValueCounts counts = new ValueCounts();
    for (int i = 0; i < 3 * ValueCounts.MOST; i++) {
      counts.add("value-" + i, i % 2 == 0);
      counts.add("often", true);
    }
    assertThat(counts.rows()).hasSize(ValueCounts.MOST);
    assertThat(counts.rows().getFirst())
        .isEqualTo(new ValueCounts.Row("often", 3L * ValueCounts.MOST, 3L * ValueCounts.MOST));
    long kept = counts.rows().stream().mapToLong(ValueCounts.Row::inside).sum();
    assertThat(kept + counts.rest().inside()).isEqualTo(6L * ValueCounts.MOST);
    assertThat(counts.rest().matching()).isEqualTo(ValueCounts.MOST);
  }

  @Test
  void thingsPastTheFirstAreCountedAndNotMade() {
    Capped<String> capped = new Capped<>();
    for (int i = 0; i < Capped.MOST; i++) {
      capped.add(() -> "kept");
    }
    capped.add(
        () -> {
          throw new AssertionError("made");
        });
    assertThat(capped.kept()).hasSize(Capped.MOST);
    assertThat(capped.count()).isEqualTo(Capped.MOST + 1);
  }

  @Test
  void spansAreThoseOfMarkedMinutes() {
    long seed = Seed.fresh();
    Random random = new Random(seed);
    for (int run = 0; run < 50; run++) {
      TimeSpans spans = new TimeSpans();
      TimeSpans others = new TimeSpans();
      BitSet marked = mark(spans, random);
      BitSet markedOthers = mark(others, random);
      assertThat(spans.covered().toMinutes()).as("seed " + seed).isEqualTo(marked.cardinality());
      int runs = 0;
      for (int at = marked.nextSetBit(0);
          at >= 0;
          at = marked.nextSetBit(marked.nextClearBit(at))) {
        Instant from = START.plus(Duration.ofMinutes(at));
        Instant to = START.plus(Duration.ofMinutes(marked.nextClearBit(at)));
        assertThat(spans.list().get(runs++))
            .as("seed " + seed)
            .isEqualTo(new TimeSpans.Span(from, to));
      }
      assertThat(spans.list()).as("seed " + seed).hasSize(runs);
      markedOthers.and(marked);
      assertThat(spans.within(others).toMinutes())
          .as("seed " + seed)
          .isEqualTo(markedOthers.cardinality());
    }
  }

  private static BitSet mark(TimeSpans spans, Random random) {
    BitSet marked = new BitSet();
    for (int i = random.nextInt(40); i > 0; i--) {
      int from = random.nextInt(1_000);
      int to = from + random.nextInt(30);
      marked.set(from, to);
      spans.add(START.plus(Duration.ofMinutes(from)), START.plus(Duration.ofMinutes(to)));
    }
    return marked;
  }

  @Test
  void veryManySpansAreJoinedWithoutCoveringMore() {
    TimeSpans spans = new TimeSpans();
    int many = 5 * TimeSpans.MOST;
    for (int i = 0; i < many; i++) {
      Instant from = START.plusSeconds(10L * i);
      spans.add(from, from.plusSeconds(4));
    }
    assertThat(spans.list()).hasSizeLessThanOrEqualTo(TimeSpans.MOST);
    assertThat(spans.isCoarse()).isTrue();
    assertThat(spans.covered()).isEqualTo(Duration.ofSeconds(4L * many));
  }

  @Test
  void binsCoverAnyPeriodAndCountEachEntryInItsOwn() {
    for (Duration length :
        new Duration[] {
          Duration.ofNanos(1),
          Duration.ofSeconds(59),
          Duration.ofHours(7),
          Duration.ofDays(31),
          Duration.ofDays(92),
          Duration.ofDays(400),
          Duration.ofDays(20_000)
        }) {
      ReportPeriod period = new ReportPeriod(START, START.plus(length), true);
      PeriodBins bins = new PeriodBins(period);
      assertThat(bins.bins()).as(length.toString()).hasSizeBetween(1, 101);
      long[] expected = new long[bins.bins().size()];
      for (int i = 0; i < 1_000; i++) {
        Instant moment = START.plus(length.multipliedBy(i).dividedBy(1_000));
        bins.add(Moments.stamp(moment), i % 3 == 0);
        long place =
            Duration.between(bins.bins().getFirst().from(), moment).toSeconds() / bins.step();
        expected[(int) place]++;
      }
      for (int i = 0; i < expected.length; i++) {
        assertThat(bins.bins().get(i).inside()).as(length + " bin " + i).isEqualTo(expected[i]);
      }
    }
  }

  @Test
  void sharesOfTimeNeverSayAllOrNothingOfWhatIsNot() {
    assertThat(ReportWords.percent(0.99999)).isEqualTo("99.9 %");
    assertThat(ReportWords.percent(1)).isEqualTo("100 %");
    assertThat(ReportWords.percent(0.000001)).isEqualTo("< 0.1 %");
    assertThat(ReportWords.percent(0)).isEqualTo("0 %");
  }
}
