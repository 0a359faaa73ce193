package io.osmoda.query;

import io.osmoda.ledger.LedgerReader;
import io.osmoda.ledger.SegmentExtent;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.lucene.search.IndexSearcher;

/**
 * The index of a ledger, derived from its segments in {@code index/}, a partition a segment. It may
 * lack any part of the ledger, which is read instead. Thread-safe.
 *
 * <p>{@link IndexFollower} writes it, in the process that holds the ledger open.
 */
public final class LedgerIndex implements Closeable {
  /** The log of the library, kept from people: held, so that its level stays as set. */
  private static final Logger LIBRARY_LOG = Logger.getLogger("org.apache.lucene");

  private static final int MOST_CLAUSES = 1 << 16;

  static {
    LIBRARY_LOG.setLevel(Level.SEVERE);
    IndexSearcher.setMaxClauseCount(MOST_CLAUSES);
  }

  private final LedgerReader ledger;
  private final ConcurrentSkipListMap<Long, Partition> partitions = new ConcurrentSkipListMap<>();

  private final Set<Long> damaged = ConcurrentHashMap.newKeySet();

  private LedgerIndex(LedgerReader ledger) {
    this.ledger = ledger;
  }

  /** The index as it stands on disk, which may be none. */
  public static LedgerIndex open(LedgerReader ledger) throws IOException {
    LedgerIndex index = new LedgerIndex(ledger);
    try {
      String origin = ledger.origin();
      for (SegmentExtent extent : ledger.extents()) {
        Partition partition = Partition.open(ledger, origin, extent);
        if (partition != null) {
          index.partitions.put(extent.first(), partition);
        }
      }
      return index;
    } catch (IOException | RuntimeException e) {
      index.close();
      throw e;
    }
  }

  /** Deletes what there is of an index, in the process that holds the ledger. */
  public static void delete(LedgerReader ledger) throws IOException {
    for (SegmentExtent extent : ledger.extents()) {
      PartitionWriter.clear(ledger.derivedFolder(extent.first()));
    }
  }

  LedgerReader ledger() {
    return ledger;
  }

  /** Takes a newer view of a partition in place of what is there. */
  void put(Partition partition) throws IOException {
    Partition before = partitions.put(partition.first(), partition);
    if (before != null) {
      before.close();
    }
  }

  /** Forgets a partition. */
  void remove(long first) throws IOException {
    Partition before = partitions.remove(first);
    if (before != null) {
      before.close();
    }
  }

  /** Forgets a partition that turned out to be damaged, so that it is rebuilt. */
  void discard(long first) throws IOException {
    remove(first);
    damaged.add(first);
  }

  /** Whether a partition's files are to be distrusted; asked once, since they are rebuilt then. */
  boolean takeDamaged(long first) {
    return damaged.remove(first);
  }

  /** Whether a segment is known whole. */
  boolean covers(SegmentExtent extent) {
    Partition partition = partitions.get(extent.first());
    return partition != null && partition.covers(extent);
  }

  /** The ledger and what is known of it, now. */
  IndexSnapshot snapshot() throws IOException {
    while (true) {
      IndexSnapshot snapshot = IndexSnapshot.of(ledger.extents(), List.copyOf(partitions.values()));
      if (snapshot != null) {
        return snapshot;
      }
    }
  }

  /** How many entries the index lacks. */
  public long missing() throws IOException {
    try (IndexSnapshot snapshot = snapshot()) {
      return snapshot.unindexed();
    }
  }

  /** How far it is, where nothing follows the ledger. */
  public IndexStatus status() throws IOException {
    long missing = missing();
    return new IndexStatus(ledger.size() - missing, missing, Duration.ZERO, null);
  }

  @Override
  public void close() throws IOException {
    for (Long first : partitions.keySet()) {
      remove(first);
    }
  }
}
