package io.osmoda.query;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;
import org.apache.lucene.index.FilteredTermsEnum;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.MultiTermQuery;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.util.AttributeSource;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.StringHelper;

/**
 * Finds the documents that have a term with some beginning whose rest, as text, satisfies a test.
 * The same test that a condition holds entries against decides, so that both agree; an automaton
 * can become too large to make, this cannot.
 */
final class TermsThat extends MultiTermQuery {
  private final BytesRef prefix;
  private final int skip;
  private final Object what;
  private final Predicate<String> test;

  /**
   * @param prefix what the terms begin with
   * @param skip how many of a term's first bytes are not part of the text
   * @param what tells this test from others
   */
  TermsThat(String field, BytesRef prefix, int skip, Object what, Predicate<String> test) {
    super(field, CONSTANT_SCORE_BLENDED_REWRITE);
    this.prefix = prefix;
    this.skip = skip;
    this.what = what;
    this.test = test;
  }

  @Override
  protected TermsEnum getTermsEnum(Terms terms, AttributeSource attributes) throws IOException {
    return new FilteredTermsEnum(terms.iterator()) {
      {
        setInitialSeekTerm(prefix);
      }

      @Override
      protected AcceptStatus accept(BytesRef term) {
        if (!StringHelper.startsWith(term, prefix)) {
          return AcceptStatus.END;
        }
        String text =
            new String(term.bytes, term.offset + skip, term.length - skip, StandardCharsets.UTF_8);
        return test.test(text) ? AcceptStatus.YES : AcceptStatus.NO;
      }
    };
  }

  @Override
  public void visit(QueryVisitor visitor) {
    if (visitor.acceptField(getField())) {
      visitor.visitLeaf(this);
    }
  }

  @Override
  public String toString(String field) {
    return getField() + ":" + what;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TermsThat that
        && super.equals(other)
        && prefix.equals(that.prefix)
        && skip == that.skip
        && what.equals(that.what);
  }

  @Override
  public int hashCode() {
    return 31 * super.hashCode() + what.hashCode();
  }
}
