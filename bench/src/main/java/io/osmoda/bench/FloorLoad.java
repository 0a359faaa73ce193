package io.osmoda.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;

/** The plain file doing what a ledger just did: the same bytes in as large groups. */
final class FloorLoad implements Contender {
  private final String name;
  private final Supplier<LedgerLoad.Groups> groups;

  FloorLoad(String name, Supplier<LedgerLoad.Groups> groups) {
    this.name = name;
    this.groups = groups;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String how() {
    return name
        + ": the bytes of the ledger's last round from memory by one thread, as many a sync as the"
        + " ledger had on average, FileChannel.force(false)";
  }

  @Override
  public Pace run(Path folder, Duration time) throws Exception {
    LedgerLoad.Groups same = groups.get();
    int size = Math.min(same.bytesPerSync(), same.lines().capacity());
    Floor.Written written = Floor.write(folder, same.lines(), new int[] {size}, time);
    return new Pace(Math.round(written.bytes() / same.bytesPerEntry()), written.nanos());
  }
}
