package io.osmoda.query;

import io.osmoda.format.entry.Entry;
import java.io.IOException;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.util.BytesRef;

/**
 * Tells which values of a member no entry has: a look at the first entry of each value in each part
 * of the index. Not thread-safe.
 */
final class EarlierValues {
  private final Member member;
  private final Set<String> absent;

  EarlierValues(Member member, Collection<String> values) {
    this.member = member;
    this.absent = new LinkedHashSet<>(values);
  }

  void add(Entry entry) {
    absent.remove(member.value(entry));
  }

  /**
   * Takes a leaf's entries below a document.
   *
   * @param end documents of the partition from there on do not count
   */
  void add(LeafReaderContext leaf, long end, Deadline deadline) throws IOException {
    Terms terms = leaf.reader().terms(member.word());
    if (terms == null) {
      return;
    }
    deadline.require();
    TermsEnum each = terms.iterator();
    PostingsEnum docs = null;
    for (Iterator<String> values = absent.iterator(); values.hasNext(); ) {
      if (each.seekExact(new BytesRef(values.next()))) {
        docs = each.postings(docs, PostingsEnum.NONE);
        if ((long) leaf.docBase + docs.nextDoc() < end) {
          values.remove();
        }
      }
    }
  }

  boolean isDone() {
    return absent.isEmpty();
  }

  /** The values that no entry had so far, in the order given. */
  Set<String> absent() {
    return absent;
  }
}
