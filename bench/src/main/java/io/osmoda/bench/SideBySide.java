package io.osmoda.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
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

  /**
   * What one contender did.
   *
   * @param rates entries a second in each counted round
   * @param cpuMicros processor time of the whole process for one entry, in microseconds
   */
  record Outcome(Series rates, Series cpuMicros) {}

  /** The contenders' outcomes, in their order. */
  static List<Outcome> run(Session session, List<Contender> contenders) throws Exception {
    Duration time = session.options().time();
    List<List<Double>> rates = new ArrayList<>();
    List<List<Double>> cpuMicros = new ArrayList<>();
    for (Contender ignored : contenders) {
      rates.add(new ArrayList<>());
      cpuMicros.add(new ArrayList<>());
    }
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    for (int round = 0; round <= session.options().rounds(); round++) {
      boolean isWarmUp = round == 0;
      for (int i = 0; i < contenders.size(); i++) {
        Contender contender = contenders.get(i);
        Path folder = session.folders().next("side");
        long cpu = system.getProcessCpuTime();
        Pace pace = contender.run(folder, isWarmUp ? time.dividedBy(WARM_UP_SHARE) : time);
        cpu = system.getProcessCpuTime() - cpu;
        Folders.remove(folder);
        session.tell(
            "  %s %s: %s/s"
                .formatted(
                    isWarmUp ? "warm-up" : "round " + round,
                    contender.name(),
                    ResultTable.number(pace.perSecond())));
        if (!isWarmUp) {
          rates.get(i).add(pace.perSecond());
          cpuMicros.get(i).add(cpu / 1e3 / pace.entries());
        }
      }
    }
    List<Outcome> outcomes = new ArrayList<>();
    for (int i = 0; i < contenders.size(); i++) {
      outcomes.add(new Outcome(new Series(rates.get(i)), new Series(cpuMicros.get(i))));
    }
    return outcomes;
  }
}
