package io.osmoda.daemon;

import io.osmoda.client.DaemonClient;
import io.osmoda.client.EntrySink;
import io.osmoda.evidence.BadFrameworkException;
import io.osmoda.evidence.Frameworks;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.ledger.EntryCursor;
import io.osmoda.ledger.LedgerReader;
import io.osmoda.query.CausalStart;
import io.osmoda.query.CausalTree;
import io.osmoda.query.EntryFilter;
import io.osmoda.query.EntrySearch;
import io.osmoda.query.LedgerIndex;
import io.osmoda.query.Member;
import io.osmoda.query.SortKey;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the ledger's folder in this process, over the desk that the API has too. */
abstract sealed class LocalSession implements LedgerSession
    permits EmbeddedSession, ReadOnlySession {
  private final LedgerReader reader;
  private @Nullable LedgerIndex index;
  private List<String> nearMisses = List.of();

  LocalSession(LedgerReader reader) {
    this.reader = reader;
  }

  /** Answers this command's questions. */
  abstract ReadDesk desk();

  final LedgerReader reader() {
    return reader;
  }

  /** The index for this command's questions: opened once, since that looks at every segment. */
  final LedgerIndex index() throws IOException {
    LedgerIndex open = index;
    if (open == null) {
      open = LedgerIndex.open(reader);
      index = open;
    }
    return open;
  }

  final EntrySearch search() throws IOException {
    return new EntrySearch(index());
  }

  final void closeIndex() throws IOException {
    if (index != null) {
      index.close();
      index = null;
    }
  }

  @Override
  public final boolean isThroughDaemon() {
    return false;
  }

  @Override
  public final @Nullable String query(
      EntryFilter filter, SortKey key, long limit, @Nullable String cursor, EntrySink sink)
      throws IOException {
    ReadDesk.Rest rest = desk().entries(Asker.COMMAND, filter, key, limit, cursor, true, sink);
    nearMisses = rest.nearMisses();
    return rest.cursor();
  }

  @Override
  public final long count(EntryFilter filter) throws IOException {
    JsonObject counted = counted(desk().count(Asker.COMMAND, filter));
    if (counted.get("count") instanceof JsonNumber(double count)) {
      return (long) count;
    }
    throw new IllegalStateException("what was counted is a number");
  }

  @Override
  public final JsonObject facets(EntryFilter filter, List<Member> by, int limit)
      throws IOException {
    return counted(desk().facets(Asker.COMMAND, filter, by, limit));
  }

  @Override
  public final JsonObject histogram(
      EntryFilter filter, Duration interval, @Nullable Member by, int limit) throws IOException {
    return counted(desk().histogram(Asker.COMMAND, filter, interval, by, limit));
  }

  private JsonObject counted(JsonObject answer) {
    nearMisses = DaemonClient.nearMisses(answer);
    return answer;
  }

  @Override
  public final List<String> nearMisses() {
    return nearMisses;
  }

  @Override
  public final CausalTree trace(CausalStart of, Instant now) throws IOException {
    return desk().trace(Asker.COMMAND, of, now);
  }

  @Override
  public final JsonObject summary(Instant from, Instant to, @Nullable String actor, Instant now)
      throws IOException {
    return desk().summary(Asker.COMMAND, from, to, actor, now);
  }

  @Override
  public final long unindexed() throws IOException {
    return index().missing();
  }

  @Override
  public final Entry entry(long seq) throws IOException {
    return desk().entry(Asker.COMMAND, seq);
  }

  @Override
  public final byte[] proof(long seq) throws IOException {
    return desk().proof(seq);
  }

  @Override
  public JsonObject controls(
      @Nullable String framework,
      @Nullable Instant from,
      @Nullable Instant to,
      Map<String, String> own)
      throws IOException, BadFrameworkException {
    Frameworks frameworks = Frameworks.builtIn().with(own);
    if (framework != null) {
      frameworks.get(framework); // refused before it is on record
    }
    return desk().controls(Asker.COMMAND, frameworks, framework, from, to);
  }

  /** Hands out the newest below a size, and then what comes, from a ledger that others write to. */
  final void followFrom(
      long size, EntryFilter filter, long newest, boolean countReads, EntrySink sink)
      throws IOException, InterruptedException {
    long from = desk().firstOfNewest(Asker.COMMAND, filter, newest, countReads, size);
    closeIndex();
    try (EntryCursor cursor = reader.read(from, size)) {
      for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
        if (filter.matches(entry) && !sink.accept(entry)) {
          return;
        }
      }
    }
    if (!sink.caughtUp()) {
      return;
    }
    IOException[] failure = {null};
    reader.follow(
        size,
        entry -> {
          try {
            return !filter.matches(entry) || sink.accept(entry);
          } catch (IOException e) {
            failure[0] = e;
            return false;
          }
        });
    if (failure[0] != null) {
      throw failure[0];
    }
  }
}
