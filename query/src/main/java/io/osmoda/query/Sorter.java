package io.osmoda.query;

import io.osmoda.format.entry.Entry;
import java.io.IOException;
import java.util.List;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.DocIdSetIterator;

/** Keeps the first entries in an order. */
interface Sorter {
  /** Takes an entry that was read. */
  void add(Entry entry);

  /** Takes some entries of a leaf, whose first document has that number. */
  void add(LeafReaderContext leaf, DocIdSetIterator docs, long firstSeq, Deadline deadline)
      throws IOException;

  /** The sequence numbers kept, in order. */
  List<Long> seqs();

  /** Whether as many are kept as were asked for. */
  boolean isFull();
}
