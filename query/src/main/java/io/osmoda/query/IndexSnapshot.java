package io.osmoda.query;

import io.osmoda.ledger.SegmentExtent;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The ledger at one moment as a search sees it: slices one after the other, each answered by a
 * partition of the index or, where that lacks it, by reading. Not thread-safe; close it.
 */
final class IndexSnapshot implements Closeable {
  /**
   * Some entries.
   *
   * @param end exclusive
   * @param partition what knows them; null where they are to be read
   */
  record Slice(long first, long end, @Nullable Partition partition) {
    /** The part of it in [low, high). */
    Slice within(long low, long high) {
      long from = Math.clamp(low, first, end);
      return new Slice(from, Math.clamp(high, from, end), partition);
    }

    boolean isEmpty() {
      return first == end;
    }
  }

  private final List<Partition> held;
  private final List<Slice> slices;

  private IndexSnapshot(List<Partition> held, List<Slice> slices) {
    this.held = held;
    this.slices = slices;
  }

  /**
   * The ledger's segments with what of the partitions is still good.
   *
   * @return null where a partition was closed meanwhile, since a newer view took its place
   */
  static @Nullable IndexSnapshot of(List<SegmentExtent> extents, Collection<Partition> partitions)
      throws IOException {
    NavigableMap<Long, Partition> usable = new TreeMap<>();
    for (Partition partition : partitions) {
      usable.put(partition.first(), partition);
    }
    List<Partition> held = new ArrayList<>();
    List<Slice> slices = new ArrayList<>();
    for (SegmentExtent extent : extents) {
      long known = extent.first();
      Partition partition = usable.get(extent.first());
      if (partition != null
          && partition.rewrites() == extent.rewrites()
          && partition.end() > extent.first()) {
        if (!partition.reader().tryIncRef()) {
          new IndexSnapshot(held, slices).close();
          return null;
        }
        held.add(partition);
        known = Math.min(partition.end(), extent.end());
        slices.add(new Slice(extent.first(), known, partition));
      }
      if (known < extent.end()) {
        slices.add(new Slice(known, extent.end(), null));
      }
    }
    return new IndexSnapshot(held, slices);
  }

  List<Slice> slices() {
    return slices;
  }

  /** Sequence number after the last entry. */
  long end() {
    return slices.isEmpty() ? 0 : slices.getLast().end();
  }

  /** How many entries have to be read, for want of an index of them. */
  long unindexed() {
    return slices.stream()
        .filter(slice -> slice.partition() == null)
        .mapToLong(slice -> slice.end() - slice.first())
        .sum();
  }

  @Override
  public void close() throws IOException {
    for (Partition partition : held) {
      partition.close();
    }
  }
}
