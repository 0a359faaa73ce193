package io.osmoda.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets contenders take turns, round after round (A B C, A B C …), so that whatever else the machine
 * does hits all of them alike.
 */
final class SideBySide {
  private static final int WARM_UP_SHARE = 3;

  private SideBySide() {}

  /** Entries a second of each contender in each counted round, in the contenders' order. */
  static List<Series> run(Session session, List<Contender> contenders) throws Exception {
    Duration time = session.options().time();
    List<List<Double>> rates = new ArrayList<>();
    for (Contender ignored : contenders) {
      rates.add(new ArrayList<>());
    }
    for (int round = 0; round <= session.options().rounds(); round++) {
      boolean isWarmUp = round == 0;
      for (int i = 0; i < contenders.size(); i++) {
        Contender contender = contenders.get(i);
        Path folder = session.folders().next("side");
        Pace pace = contender.run(folder, isWarmUp ? time.dividedBy(WARM_UP_SHARE) : time);
        Folders.remove(folder);
        session.tell(
            "  %s %s: %s/s"
                .formatted(
                    isWarmUp ? "warm-up" : "round " + round,
                    contender.name(),
                    Table.number(pace.perSecond())));
        if (!isWarmUp) {
          rates.get(i).add(pace.perSecond());
        }
      }
    }
    return rates.stream().map(Series::new).toList();
  }
}
