package io.osmoda.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SeriesTest {
  @Test
  void theMedianIsTheMiddleOrTheMeanOfTheTwoThere() {
    assertThat(Series.of(9, 1, 5).median()).isEqualTo(5);
    assertThat(Series.of(9, 1, 5, 7).median()).isEqualTo(6);
    assertThat(Series.of(4).median()).isEqualTo(4);
  }

  @Test
  void ratiosPairTheRoundsInTheirOrder() {
    assertThat(Series.of(10, 40).over(Series.of(5, 10)).values()).containsExactly(2.0, 4.0);
  }

  @Test
  void aPercentileIsTheSmallestValueThatSoManyDoNotExceed() {
    Series tens = Series.of(100, 90, 80, 70, 60, 50, 40, 30, 20, 10);

    assertThat(tens.percentile(50)).isEqualTo(50);
    assertThat(tens.percentile(99)).isEqualTo(100);
    assertThat(tens.percentile(90)).isEqualTo(90);
    assertThat(tens.percentile(0)).isEqualTo(10);
    assertThat(Series.of(4).percentile(99)).isEqualTo(4);
  }

  @Test
  void knowsItsBounds() {
    assertThat(Series.of(3, 1, 2).min()).isEqualTo(1);
    assertThat(Series.of(3, 1, 2).max()).isEqualTo(3);
    assertThatThrownBy(() -> new Series(List.of())).isInstanceOf(IllegalArgumentException.class);
  }
}
