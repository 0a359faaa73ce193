package io.osmoda.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What this disk allows at all: plain appends of lines in groups of several sizes. */
final class FloorRun implements Run {
  private static final int[] LINES_PER_SYNC = {1, 16, 64, 256, 1_024, 4_096};
  private static final int BUFFER_BYTES = 16 << 20;

  @Override
  public String name() {
    return "floor";
  }

  @Override
  public String about() {
    return "plain file, groups of lines and fdatasync: what the disk allows at all";
  }

  @Override
  public ResultTable run(Session session) throws Exception {
    Lines lines = Lines.of(1, BUFFER_BYTES);
    Duration time = session.options().time().dividedBy(2);
    List<List<Double>> rates = new ArrayList<>();
    for (int ignored : LINES_PER_SYNC) {
      rates.add(new ArrayList<>());
    }
    List<Double> bare = new ArrayList<>();
    for (int round = 0; round < session.options().rounds(); round++) {
      for (int i = 0; i < LINES_PER_SYNC.length; i++) {
        int bytes = (int) (LINES_PER_SYNC[i] * lines.averageBytes());
        Path folder = session.folders().next("floor");
        Floor.Written written = Floor.write(folder, lines.buffer(), new int[] {bytes}, time);
        rates.get(i).add(written.bytesPerSecond() / lines.averageBytes());
        Folders.remove(folder);
      }
      Path folder = session.folders().next("bare");
      bare.add(Floor.bareBandwidth(folder, time).bytesPerSecond() / 1e6);
      Folders.remove(folder);
    }
    List<Figure> figures = new ArrayList<>();
    for (int i = 0; i < LINES_PER_SYNC.length; i++) {
      figures.add(
          Figure.plain(LINES_PER_SYNC[i] + " lines a sync", "entries/s", new Series(rates.get(i))));
    }
    figures.add(Figure.plain("bare bandwidth, 8 MB a sync", "MB/s", new Series(bare)));
    return new ResultTable(
        name(),
        about(),
        "",
        figures,
        List.of(
            "lines of %.0f bytes on average, written from memory".formatted(lines.averageBytes())));
  }
}
