package io.osmoda.query;

import io.osmoda.query.IndexSnapshot.Slice;
import java.io.IOException;
import java.util.List;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.FilteredDocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.Scorer;
import org.apache.lucene.search.Weight;

/** How a partition finds a slice's entries that satisfy a condition. Not thread-safe. */
final class SlicePlan {
  private final Condition condition;
  private final Partition partition;
  private final Query query;
  private final Weight weight;
  private final boolean isExact;
  private final boolean isWhole;

  private SlicePlan(
      Condition condition,
      Partition partition,
      IndexSearcher searcher,
      Query query,
      boolean isExact,
      boolean isWhole)
      throws IOException {
    this.condition = condition;
    this.partition = partition;
    this.query = searcher.rewrite(query);
    this.weight = searcher.createWeight(this.query, ScoreMode.COMPLETE_NO_SCORES, 1);
    this.isExact = isExact;
    this.isWhole = isWhole;
  }

  static SlicePlan of(
      Condition condition, Slice slice, Partition partition, QueryPlan.SealingTimes times)
      throws IOException {
    QueryPlan plan = QueryPlan.of(condition, partition.reader(), partition.first(), times);
    boolean isWhole =
        slice.first() == partition.first()
            && slice.end() == partition.first() + partition.reader().maxDoc();
    Query query =
        isWhole
            ? plan.query()
            : new BooleanQuery.Builder()
                .add(plan.query(), Occur.FILTER)
                .add(
                    new SeqRangeQuery(
                        slice.first() - partition.first(), slice.end() - partition.first()),
                    Occur.FILTER)
                .build();
    IndexSearcher searcher = new IndexSearcher(partition.reader());
    searcher.setQueryCache(null); // what it would keep is asked for once
    return new SlicePlan(condition, partition, searcher, query, plan.isExact(), isWhole);
  }

  List<LeafReaderContext> leaves() {
    return partition.reader().leaves();
  }

  /** Whether what {@link #docs} gives need not be read to be sure. */
  boolean isExact() {
    return isExact;
  }

  /** Whether every entry of the partition satisfies the condition. */
  boolean isAll() {
    return isExact && isWhole && query instanceof MatchAllDocsQuery;
  }

  /** The sequence number of a leaf's document. */
  long seq(LeafReaderContext leaf, int doc) {
    return partition.first() + leaf.docBase + doc;
  }

  /** Documents of a leaf that may satisfy the condition, ascending. */
  DocIdSetIterator docs(LeafReaderContext leaf) throws IOException {
    Scorer scorer = weight.scorer(leaf);
    return scorer == null ? DocIdSetIterator.empty() : scorer.iterator();
  }

  /** Documents of a leaf that do; entries are read where that is needed to know. */
  DocIdSetIterator certainDocs(LeafReaderContext leaf, EntryFetcher fetcher, Deadline deadline)
      throws IOException {
    DocIdSetIterator docs = docs(leaf);
    if (isExact) {
      return docs;
    }
    return new FilteredDocIdSetIterator(docs) {
      @Override
      protected boolean match(int doc) throws IOException {
        deadline.require();
        return condition.matches(fetcher.fetch(seq(leaf, doc)));
      }
    };
  }
}
