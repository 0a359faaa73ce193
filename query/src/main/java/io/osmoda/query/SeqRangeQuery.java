package io.osmoda.query;

import java.util.Objects;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.ConstantScoreScorerSupplier;
import org.apache.lucene.search.ConstantScoreWeight;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.ScorerSupplier;
import org.apache.lucene.search.Weight;
import org.jspecify.annotations.Nullable;

/**
 * The documents from {@code first} to {@code end}, exclusive, of a partition: a document's number
 * is its entry's place in the segment. Immutable.
 */
final class SeqRangeQuery extends Query {
  private final long first;
  private final long end;

  SeqRangeQuery(long first, long end) {
    this.first = first;
    this.end = end;
  }

  @Override
  public Weight createWeight(IndexSearcher searcher, ScoreMode scoreMode, float boost) {
    return new ConstantScoreWeight(this, boost) {
      @Override
      public @Nullable ScorerSupplier scorerSupplier(LeafReaderContext leaf) {
        int maxDoc = leaf.reader().maxDoc();
        int low = Math.clamp(first - leaf.docBase, 0, maxDoc);
        int high = Math.clamp(end - leaf.docBase, 0, maxDoc);
        return low >= high
            ? null
            : ConstantScoreScorerSupplier.fromIterator(
                DocIdSetIterator.range(low, high), score(), scoreMode, maxDoc);
      }

      @Override
      public boolean isCacheable(LeafReaderContext leaf) {
        return false;
      }
    };
  }

  @Override
  public void visit(QueryVisitor visitor) {
    visitor.visitLeaf(this);
  }

  @Override
  public String toString(String field) {
    return "[" + first + ", " + end + ")";
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return sameClassAs(other)
        && other instanceof SeqRangeQuery that
        && first == that.first
        && end == that.end;
  }

  @Override
  public int hashCode() {
    return Objects.hash(classHash(), first, end);
  }
}
