package io.osmoda.query;

import io.osmoda.format.log.Hash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.apache.lucene.document.BinaryPoint;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.MultiTerms;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.FieldExistsQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.MatchAllDocsQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.BytesRef;
import org.apache.lucene.util.StringHelper;

/**
 * A condition as a partition's index answers it.
 *
 * @param query finds every entry that satisfies the condition
 * @param isExact whether it finds no others; else what it finds is to be read and held against the
 *     condition
 */
record QueryPlan(Query query, boolean isExact) {
  /** More entries of a segment than ever share the beginning of a hash by chance. */
  private static final int MAX_FOLLOWING = 1_000;

  private static final Query ALL = MatchAllDocsQuery.INSTANCE;

  private static final byte[] NOTHING = {};

  /**
   * Plans a condition for one partition.
   *
   * @param times resolves bounds of sealing time to sequence numbers
   * @param first sequence number of the partition's first entry
   */
  static QueryPlan of(Condition condition, IndexReader index, long first, SealingTimes times)
      throws IOException {
    boolean hasMore = index.docFreq(new Term(EntryDocument.HAS, EntryDocument.HAS_MORE)) > 0;
    return new Planner(index, first, times, hasMore).plan(condition);
  }

  /** Where in the ledger a moment lies. */
  interface SealingTimes {
    /** The first sequence number sealed at that stamp or later; the ledger's size if none was. */
    long firstAtOrAfter(String stamp) throws IOException;
  }

  private static final class Planner {
    private final IndexReader index;
    private final long first;
    private final SealingTimes times;
    private final boolean hasMore;
    private final PayloadTerms terms = new PayloadTerms();

    Planner(IndexReader index, long first, SealingTimes times, boolean hasMore) {
      this.index = index;
      this.first = first;
      this.times = times;
      this.hasMore = hasMore;
    }

    QueryPlan plan(Condition condition) throws IOException {
      return switch (condition) {
        case Condition.And(List<Condition> parts) -> all(parts);
        case Condition.Or(List<Condition> parts) -> any(parts);
        case Condition.Not(Condition part) -> not(plan(part));
        case Condition.Equal(Member member, String value) -> equal(member, value);
        case Condition.Begins(Member member, String prefix) ->
            exact(new PrefixQuery(new Term(member.word(), prefix)));
        case Condition.Like(Member member, Glob glob) -> exact(like(member, glob));
        case Condition.Has has -> has(has);
        case Condition.Touches(String path) -> touches(path);
        case Condition.PayloadLike(PayloadPath path, Glob glob) -> payloadLike(path, glob);
        case Condition.Present(Member member) -> exact(present(member));
        case Condition.SeqBetween(long from, long end) -> exact(range(from, end));
        case Condition.At at -> exact(time(at));
        case Condition.Cause(String origin, long seq) ->
            exact(term(EntryDocument.CAUSE, EntryDocument.causeTerm(origin, seq)));
        case Condition.Words words -> words(words);
        case Condition.PayloadEqual(PayloadPath path, String value) ->
            payload(payloadTerm(terms.string(path, value)));
        case Condition.PayloadBegins(PayloadPath path, String prefix) -> begins(path, prefix);
        case Condition.PayloadNumber(PayloadPath path, double value) ->
            payload(points(path, PayloadTerms.sortable(value), PayloadTerms.sortable(value)));
        case Condition.PayloadCompared(PayloadPath path, Comparison comparison, double bound) ->
            payload(compared(path, comparison, PayloadTerms.sortable(bound)));
        case Condition.PayloadLiteral(PayloadPath path, var literal) ->
            payload(payloadTerm(terms.literal(path, literal)));
        case Condition.PayloadPresent(PayloadPath path) -> payload(payloadTerm(terms.exists(path)));
      };
    }

    private QueryPlan all(List<Condition> parts) throws IOException {
      BooleanQuery.Builder all = new BooleanQuery.Builder();
      boolean isExact = true;
      for (Condition part : parts) {
        QueryPlan plan = plan(part);
        all.add(plan.query(), Occur.FILTER);
        isExact &= plan.isExact();
      }
      return new QueryPlan(parts.isEmpty() ? ALL : all.build(), isExact);
    }

    private QueryPlan any(List<Condition> parts) throws IOException {
      BooleanQuery.Builder any = new BooleanQuery.Builder();
      boolean isExact = true;
      for (Condition part : parts) {
        QueryPlan plan = plan(part);
        any.add(plan.query(), Occur.SHOULD);
        isExact &= plan.isExact();
      }
      return new QueryPlan(any.build(), isExact);
    }

    /** What a plan finds too much, its contrary would miss: then every entry is to be read. */
    private static QueryPlan not(QueryPlan plan) {
      return plan.isExact() ? exact(complement(plan.query())) : new QueryPlan(ALL, false);
    }

    private static Query complement(Query query) {
      return new BooleanQuery.Builder().add(ALL, Occur.FILTER).add(query, Occur.MUST_NOT).build();
    }

    private QueryPlan equal(Member member, String value) throws IOException {
      return switch (member) {
        case TRACE_ID, SPAN_ID, PARENT_SPAN_ID ->
            exact(term(member.word(), HexFormat.of().parseHex(value)));
        case ENTRY_HASH, PAYLOAD_HASH -> new QueryPlan(hash(member, value), false);
        case PREV_HASH -> new QueryPlan(following(hash(Member.ENTRY_HASH, value)), false);
        default -> exact(new TermQuery(new Term(member.word(), value)));
      };
    }

    private static Query hash(Member member, String value) {
      return NumericDocValuesField.newSlowExactQuery(
          member.word(), EntryDocument.prefix(Hash.fromHex(value)));
    }

    /**
     * The documents after those that a query finds, and the first, whose forerunner is elsewhere.
     */
    private Query following(Query query) throws IOException {
      BooleanQuery.Builder any = new BooleanQuery.Builder();
      any.add(new SeqRangeQuery(0, 1), Occur.SHOULD);
      IndexSearcher searcher = new IndexSearcher(index);
      for (ScoreDoc found : searcher.search(query, MAX_FOLLOWING).scoreDocs) {
        any.add(new SeqRangeQuery(found.doc + 1L, found.doc + 2L), Occur.SHOULD);
      }
      return any.build();
    }

    private static Query present(Member member) {
      return switch (member) {
        case SEQ, TIMESTAMP, ACTOR, ACTION, STATUS, SOURCE, ENTRY_HASH, PREV_HASH, PAYLOAD_HASH ->
            ALL;
        case TOOL, TARGET, SESSION -> new FieldExistsQuery(member.word());
        case OCCURRED_AT -> has(EntryDocument.HAS_OCCURRED);
        case TRACE_ID, SPAN_ID -> has(EntryDocument.HAS_TRACE);
        case PARENT_SPAN_ID -> has(EntryDocument.HAS_PARENT);
        case CAUSED_BY -> has(EntryDocument.HAS_CAUSE);
        case REASON -> has(EntryDocument.HAS_REASON);
      };
    }

    private Query time(Condition.At at) throws IOException {
      if (at.member() == Member.TIMESTAMP) {
        String stamp = Moments.stamp(at.bound());
        String after = Moments.stamp(at.bound().plusNanos(1));
        return switch (at.comparison()) {
          case LESS -> range(0, times.firstAtOrAfter(stamp));
          case AT_MOST -> range(0, times.firstAtOrAfter(after));
          case GREATER -> range(times.firstAtOrAfter(after), Long.MAX_VALUE);
          case AT_LEAST -> range(times.firstAtOrAfter(stamp), Long.MAX_VALUE);
        };
      }
      byte[] least = new byte[EntryDocument.OCCURRED_BYTES];
      byte[] most = new byte[EntryDocument.OCCURRED_BYTES];
      Arrays.fill(most, (byte) 0xff);
      switch (at.comparison()) {
        case LESS -> most = EntryDocument.sortable(at.bound().minusNanos(1));
        case AT_MOST -> most = EntryDocument.sortable(at.bound());
        case GREATER -> least = EntryDocument.sortable(at.bound().plusNanos(1));
        case AT_LEAST -> least = EntryDocument.sortable(at.bound());
      }
      return BinaryPoint.newRangeQuery(EntryDocument.OCCURRED, least, most);
    }

    private Query range(long from, long end) {
      return new SeqRangeQuery(
          Math.max(from - first, 0), end == Long.MAX_VALUE ? end : Math.max(end - first, 0));
    }

    private QueryPlan words(Condition.Words condition) {
      String field =
          condition.member() == Member.REASON ? EntryDocument.REASON : EntryDocument.TEXT;
      List<String> words = condition.words();
      int last = words.size() - 1;
      BooleanQuery.Builder all = new BooleanQuery.Builder();
      for (int i = 0; i < words.size(); i++) {
        all.add(word(field, words.get(i), i == last && condition.open()), Occur.FILTER);
      }
      // Where the words stand is not in the index.
      return new QueryPlan(all.build(), words.size() == 1);
    }

    private static Query word(String field, String word, boolean open) {
      if (open) {
        return new PrefixQuery(new Term(field, word));
      }
      return Condition.Words.isPattern(word)
          ? like(field, Glob.ofItem(word))
          : new TermQuery(new Term(field, word));
    }

    private static Query like(Member member, Glob glob) {
      return like(member.word(), glob);
    }

    private static Query like(String field, Glob glob) {
      return new TermsThat(field, new BytesRef(glob.prefix()), 0, glob, glob.matcher()::matches);
    }

    private QueryPlan has(Condition.Has condition) throws IOException {
      PayloadPath path = condition.path();
      Member member = condition.member();
      if (path != null) {
        BytesRef whole = terms.term(path, PayloadTerms.STRING, NOTHING, 0);
        BytesRef cut = terms.term(path, PayloadTerms.CUT, NOTHING, 0);
        return payloadStrings(
            new TermsThat(EntryDocument.PAYLOAD, whole, whole.length, condition, condition.test()),
            cut);
      }
      if (member == Member.REASON) {
        return new QueryPlan(has(EntryDocument.HAS_REASON), false);
      }
      // Words are indexed, not what they are made of: without a member each entry is read.
      return member == null
          ? new QueryPlan(ALL, false)
          : exact(new TermsThat(member.word(), new BytesRef(), 0, condition, condition.test()));
    }

    /** A path stands whole in a text, so its words are whole words there. */
    private static QueryPlan touches(String path) {
      BooleanQuery.Builder all = new BooleanQuery.Builder();
      for (String word : WordSplitter.words(path)) {
        all.add(new TermQuery(new Term(EntryDocument.TEXT, word)), Occur.FILTER);
      }
      return new QueryPlan(all.build(), false);
    }

    private QueryPlan payloadLike(PayloadPath path, Glob glob) throws IOException {
      byte[] prefix = glob.prefix().getBytes(StandardCharsets.UTF_8);
      int skip = terms.term(path, PayloadTerms.STRING, NOTHING, 0).length;
      int cut = Math.min(prefix.length, PayloadTerms.CUT_STRING);
      return payloadStrings(
          new TermsThat(
              EntryDocument.PAYLOAD,
              terms.term(path, PayloadTerms.STRING, prefix, prefix.length),
              skip,
              glob,
              glob.matcher()::matches),
          terms.term(path, PayloadTerms.CUT, prefix, cut));
    }

    /** Short strings as their terms tell; of longer ones, if any, only the beginning is known. */
    private QueryPlan payloadStrings(Query whole, BytesRef cut) throws IOException {
      if (!hasPayloadTerm(cut)) {
        return payload(whole);
      }
      QueryPlan plan =
          payload(
              new BooleanQuery.Builder()
                  .add(whole, Occur.SHOULD)
                  .add(payloadPrefix(cut), Occur.SHOULD)
                  .build());
      return new QueryPlan(plan.query(), false);
    }

    private boolean hasPayloadTerm(BytesRef prefix) throws IOException {
      Terms all = MultiTerms.getTerms(index, EntryDocument.PAYLOAD);
      if (all == null) {
        return false;
      }
      TermsEnum each = all.iterator();
      return each.seekCeil(prefix) != TermsEnum.SeekStatus.END
          && StringHelper.startsWith(each.term(), prefix);
    }

    private QueryPlan begins(PayloadPath path, String prefix) {
      byte[] utf8 = prefix.getBytes(StandardCharsets.UTF_8);
      int cut = Math.min(utf8.length, PayloadTerms.CUT_STRING);
      BooleanQuery.Builder either = new BooleanQuery.Builder();
      either.add(payloadPrefix(terms.term(path, PayloadTerms.CUT, utf8, cut)), Occur.SHOULD);
      if (utf8.length <= PayloadTerms.MAX_STRING) {
        BytesRef whole = terms.term(path, PayloadTerms.STRING, utf8, utf8.length);
        either.add(payloadPrefix(whole), Occur.SHOULD);
      }
      QueryPlan plan = payload(either.build());
      return new QueryPlan(plan.query(), plan.isExact() && cut == utf8.length);
    }

    private static Query payloadPrefix(BytesRef prefix) {
      return new PrefixQuery(new Term(EntryDocument.PAYLOAD, prefix));
    }

    private Query compared(PayloadPath path, Comparison comparison, long bound) {
      return switch (comparison) {
        case LESS -> points(path, Long.MIN_VALUE, bound - 1);
        case AT_MOST -> points(path, Long.MIN_VALUE, bound);
        case GREATER -> points(path, bound + 1, Long.MAX_VALUE);
        case AT_LEAST -> points(path, bound, Long.MAX_VALUE);
      };
    }

    private Query points(PayloadPath path, long least, long most) {
      long number = terms.numberOf(path);
      byte[] from = new byte[EntryDocument.NUMBER_BYTES];
      byte[] to = new byte[EntryDocument.NUMBER_BYTES];
      EntryDocument.putNumber(number, least, from);
      EntryDocument.putNumber(number, most, to);
      return BinaryPoint.newRangeQuery(EntryDocument.NUMBER, from, to);
    }

    /** With the entries whose payload is not indexed whole, if there are any. */
    private QueryPlan payload(Query query) {
      return hasMore
          ? new QueryPlan(
              new BooleanQuery.Builder()
                  .add(query, Occur.SHOULD)
                  .add(has(EntryDocument.HAS_MORE), Occur.SHOULD)
                  .build(),
              false)
          : exact(query);
    }

    private static Query payloadTerm(BytesRef term) {
      return new TermQuery(new Term(EntryDocument.PAYLOAD, term));
    }

    private static Query has(String what) {
      return new TermQuery(new Term(EntryDocument.HAS, what));
    }

    private static Query term(String field, byte[] value) {
      return new TermQuery(new Term(field, new BytesRef(value)));
    }

    private static QueryPlan exact(Query query) {
      return new QueryPlan(query, true);
    }
  }
}
