package io.osmoda.bench;

import io.osmoda.format.entry.Entry;
import io.osmoda.ledger.LedgerReader;
import io.osmoda.query.Deadline;
import io.osmoda.query.EntryFilter;
import io.osmoda.query.EntryResults;
import io.osmoda.query.EntrySearch;
import io.osmoda.query.Facets;
import io.osmoda.query.Histogram;
import io.osmoda.query.LedgerIndex;
import io.osmoda.query.Member;
import io.osmoda.query.SortKey;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Answers from the ledger's index; the entries come from the segments, re-hashed. */
final class IndexAnswers implements Answers {
  private static final int HOUR = "2026-03-01T14".length();

  private final LedgerReader ledger;
  private final LedgerIndex index;
  private final EntrySearch search;

  /** Opens the ledger and its index. */
  IndexAnswers(Path folder) throws IOException {
    this.ledger = LedgerReader.open(folder);
    this.index = LedgerIndex.open(ledger);
    this.search = new EntrySearch(index);
  }

  LedgerReader ledger() {
    return ledger;
  }

  @Override
  public List<String> to(Question question) throws IOException {
    EntryFilter filter = question.filter();
    return switch (question.kind().answer()) {
      case NEWEST -> newest(filter);
      case COUNT -> List.of(Long.toString(search.count(filter, Deadline.none())));
      case FACETS -> {
        List<Member> by =
            question.kind().by().stream().map(Member::of).map(Objects::requireNonNull).toList();
        yield search.facets(filter, by, Question.PAGE, Deadline.none()).top().stream()
            .map(IndexAnswers::text)
            .toList();
      }
      case HOURS ->
          search.histogram(filter, Duration.ofHours(1), Deadline.none()).buckets().stream()
              .filter(bucket -> bucket.count() > 0)
              .map(IndexAnswers::text)
              .toList();
      case SORTED ->
          search
              .sorted(
                  filter,
                  new SortKey(Member.TARGET, false),
                  Question.PAGE,
                  search.start(),
                  Deadline.none())
              .entries()
              .stream()
              .map(entry -> Long.toString(entry.seq()))
              .toList();
    };
  }

  private List<String> newest(EntryFilter filter) throws IOException {
    List<String> seqs = new ArrayList<>();
    try (EntryResults results = search.search(filter, true, null, Deadline.none())) {
      for (Entry entry = results.next(); entry != null; entry = results.next()) {
        seqs.add(Long.toString(entry.seq()));
        if (seqs.size() == Question.PAGE) {
          break;
        }
      }
    }
    return seqs;
  }

  private static String text(Facets.Facet facet) {
    return String.join("|", facet.values().stream().map(value -> value + "").toList())
        + "|"
        + facet.count();
  }

  private static String text(Histogram.Bucket bucket) {
    return bucket.start().toString().substring(0, HOUR)
        + "|"
        + bucket.count()
        + "|"
        + bucket.failed();
  }

  @Override
  public void close() throws IOException {
    index.close();
    ledger.close();
  }
}
