package io.osmoda.daemon;

import io.osmoda.client.EntrySink;
import io.osmoda.evidence.BadFrameworkException;
import io.osmoda.evidence.BundleExport;
import io.osmoda.evidence.BundleSink;
import io.osmoda.evidence.ControlReport;
import io.osmoda.evidence.ExportRequest;
import io.osmoda.evidence.Frameworks;
import io.osmoda.evidence.HoldRequest;
import io.osmoda.evidence.RedactionRequest;
import io.osmoda.evidence.ReviewRequest;
import io.osmoda.evidence.Reviews;
import io.osmoda.evidence.SignOffRequest;
import io.osmoda.evidence.SignOffs;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.NoSuchEntryException;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.ledger.Ledger;
import io.osmoda.query.CausalStart;
import io.osmoda.query.CausalTree;
import io.osmoda.query.EntryFilter;
import io.osmoda.query.IndexFollower;
import io.osmoda.query.Member;
import io.osmoda.query.SortKey;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A ledger as a short command uses it: through the daemon that holds it, by this process itself, or
 * read-only where its folder cannot be written to. {@link LedgerAccess} finds which. Reads of
 * entries are put on record, but for those of a read-only ledger, of which {@link #notice} tells;
 * what would write there throws why it cannot. Not thread-safe.
 */
public sealed interface LedgerSession extends AutoCloseable permits DaemonSession, LocalSession {
  /** As many entries as there are. */
  long NO_LIMIT = JsonNumber.MAX_SAFE_INTEGER;

  /** Most entries that are handed out at once in the order of a member. */
  int MAX_SORTED = ReadDesk.MAX_SORTED;

  /** Whether a daemon does what is asked. */
  boolean isThroughDaemon();

  /**
   * What a reader of entries should be told: that the read is not on record; null where there is
   * nothing.
   */
  @Nullable String notice();

  /** Seals a draft, as {@code source} {@code api} says, and waits until it is durable. */
  Receipt append(EntryDraft draft) throws IOException;

  /**
   * Reads what a filter wants, one request on record.
   *
   * @param newestFirst whether from the newest backwards
   * @param limit most entries to hand out
   */
  default void query(EntryFilter filter, boolean newestFirst, long limit, EntrySink sink)
      throws IOException {
    query(filter, newestFirst ? SortKey.NEWEST_FIRST : SortKey.OLDEST_FIRST, limit, null, sink);
  }

  /**
   * Reads what a filter wants, one request on record.
   *
   * @param limit most entries to hand out; by a member at most {@link #MAX_SORTED}
   * @param cursor where to begin, as an earlier call returned it; null for the beginning
   * @return where the next call begins, which stays while entries arrive; null after the last entry
   * @throws RequestRefusedException if the cursor is none of this order
   */
  @Nullable String query(
      EntryFilter filter, SortKey key, long limit, @Nullable String cursor, EntrySink sink)
      throws IOException;

  /** How many entries a filter wants, on record. */
  long count(EntryFilter filter) throws IOException;

  /**
   * Counts entries by the values of members, on record.
   *
   * @return what {@code GET /api/v1/facets} answers
   */
  JsonObject facets(EntryFilter filter, List<Member> by, int limit) throws IOException;

  /**
   * Counts entries by time, on record.
   *
   * @return what {@code GET /api/v1/histogram} answers
   */
  JsonObject histogram(EntryFilter filter, Duration interval) throws IOException;

  /**
   * What led to an entry, a trace or a session and what came of it, on record.
   *
   * @param now the time, for the age of what is unfinished; a daemon takes its own
   * @throws NoSuchEntryException if the ledger has nothing of it; says so
   */
  CausalTree trace(CausalStart of, Instant now) throws IOException;

  /**
   * What happened in a period, on record.
   *
   * @param actor whose entries, with a final {@code *} a beginning; null for everybody's
   * @param now the time; a daemon takes its own
   * @return what {@code GET /api/v1/summary} answers
   */
  JsonObject summary(Instant from, Instant to, @Nullable String actor, Instant now)
      throws IOException;

  /**
   * Makes what is missing of the index, where no daemon does that.
   *
   * @param rebuild whether to discard the existing index first
   * @return how far it is then, as {@code status} gives it
   */
  JsonObject index(boolean rebuild, IndexFollower.Progress progress) throws IOException;

  /** How many entries the index lacks, where a command reads the ledger by itself; else 0. */
  long unindexed() throws IOException;

  /**
   * Reads one entry, on record.
   *
   * @throws NoSuchEntryException if there is no such entry
   */
  Entry entry(long seq) throws IOException;

  /**
   * The newest checkpoint's note, after it was made to cover every entry where the ledger can be
   * written to.
   */
  byte[] checkpoint() throws IOException;

  /**
   * The proof that an entry stands in the tree of the newest checkpoint, which is made to cover it
   * where the ledger can be written to: a tlog-proof file.
   *
   * @throws NoSuchEntryException if there is no such entry, or none can be made to cover it
   */
  byte[] proof(long seq) throws IOException;

  /**
   * Removes payloads for good; see {@link Ledger#redact}. The redaction as JSON.
   *
   * @throws RequestRefusedException if the ledger, a hold or the retention rule forbids it
   */
  JsonObject redact(RedactionRequest request) throws IOException;

  /** Seals a review; see {@link Reviews#record}. */
  JsonObject review(ReviewRequest request) throws IOException;

  /** All reviews, what is not reviewed, and whether one is due; on record. */
  JsonObject reviews() throws IOException;

  /** What evidence is collected by itself, and what is due. */
  JsonObject schedule() throws IOException;

  /**
   * Collects the next period of evidence that is over.
   *
   * @return the file; null where nothing is due
   */
  @Nullable String collectNext() throws IOException;

  /** Seals a sign-off; see {@link SignOffs#record}. */
  JsonObject signOff(SignOffRequest request) throws IOException;

  /** Who signed off the bundle of that manifest; on record. */
  JsonObject signOffs(String manifestSha256) throws IOException;

  /** The legal holds in force; on record. */
  JsonObject holds() throws IOException;

  /** Sets a legal hold; see {@link Ledger#setHold}. */
  JsonObject setHold(HoldRequest request) throws IOException;

  /** Releases a legal hold; see {@link Ledger#releaseHold}. */
  JsonObject releaseHold(long seq, String reason) throws IOException;

  /**
   * What of the ledger is kept until when, and what is held; on record.
   *
   * @param preset under this preset; null for what is configured
   * @throws RequestRefusedException if there is no such preset, or it says no time
   */
  JsonObject retention(@Nullable String preset) throws IOException;

  /**
   * Writes a bundle; see {@link BundleExport#write}.
   *
   * @param own a user's own frameworks, as {@link Frameworks#with} takes them
   * @throws BadFrameworkException if one of those is none
   * @throws RequestRefusedException if this cannot be exported; says why
   */
  void export(ExportRequest request, Map<String, String> own, BundleSink sink)
      throws IOException, BadFrameworkException;

  /**
   * What the ledger supports of controls, on record as one read; see {@link ControlReport#make}.
   *
   * @param own a user's own frameworks, as {@link Frameworks#with} takes them
   * @throws BadFrameworkException if one of those is none
   * @throws RequestRefusedException if there is no such framework
   */
  JsonObject controls(
      @Nullable String framework,
      @Nullable Instant from,
      @Nullable Instant to,
      Map<String, String> own)
      throws IOException, BadFrameworkException;

  /** Replaces the log's keys; see {@link Ledger#rotateKeys}. */
  void rotateKeys(String why) throws IOException;

  /** Says that the machine's clock is right; see {@link Ledger#confirmClock}. */
  void confirmClock() throws IOException;

  /** How the ledger stands; {@code daemon} tells of the daemon where one holds it. */
  JsonObject status() throws IOException;

  /**
   * Hands out the newest entries that a filter wants, the oldest of them first, and then each that
   * comes. The start is on record, once, what follows is not. Without a daemon the ledger is free
   * for writers while this waits, and this session of no more use.
   *
   * @param newest how many to begin with, 0 for none
   * @param countReads whether {@code ledger_query} entries count among them; they are handed out
   *     either way
   * @throws InterruptedException if the thread is interrupted, which ends the following
   */
  void follow(EntryFilter filter, long newest, boolean countReads, EntrySink sink)
      throws IOException, InterruptedException;

  @Override
  void close() throws IOException;
}
