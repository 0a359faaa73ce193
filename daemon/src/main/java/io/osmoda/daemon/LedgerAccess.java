package io.osmoda.daemon;

import io.osmoda.client.DaemonClient;
import io.osmoda.client.DaemonSocket;
import io.osmoda.client.EntrySink;
import io.osmoda.client.UnixHttp;
import io.osmoda.evidence.BadFrameworkException;
import io.osmoda.evidence.BundleExport;
import io.osmoda.evidence.BundleSink;
import io.osmoda.evidence.BundleTransfer;
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
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.entry.RedactedRange;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.ledger.EntryCursor;
import io.osmoda.ledger.KeyFolderException;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerLockedException;
import io.osmoda.ledger.LedgerOptions;
import io.osmoda.ledger.LedgerReadOnlyException;
import io.osmoda.ledger.LedgerReader;
import io.osmoda.query.CausalStart;
import io.osmoda.query.CausalTree;
import io.osmoda.query.Causality;
import io.osmoda.query.Condition;
import io.osmoda.query.Deadline;
import io.osmoda.query.EntryFilter;
import io.osmoda.query.EntryResults;
import io.osmoda.query.EntrySearch;
import io.osmoda.query.IndexFollower;
import io.osmoda.query.LedgerIndex;
import io.osmoda.query.Member;
import io.osmoda.query.SeqRange;
import io.osmoda.query.SortKey;
import io.osmoda.query.SortedPage;
import io.osmoda.query.Summarizer;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A ledger as a short command uses it: through the daemon that holds it, if there is one, else in
 * this process. Reads of entries are recorded either way; where the folder cannot be written to
 * they are made all the same, and {@link #notice} says that they are not on record. Not
 * thread-safe.
 */
public final class LedgerAccess implements AutoCloseable {
  /** As many entries as there are. */
  public static final long NO_LIMIT = JsonNumber.MAX_SAFE_INTEGER;

  /** Most entries that are handed out at once in the order of a member. */
  public static final int MAX_SORTED = SearchApi.MAX_SORTED;

  /** How long another short command may hold the ledger before this one gives up. */
  private static final Duration LOCK_WAIT = Duration.ofSeconds(5);

  private static final long POLL_MILLIS = 20;
  private static final String VIA = "embedded";

  private final Path folder;
  private final LedgerOptions options;
  private final Map<String, String> environment;
  private @Nullable Held held;
  private @Nullable LedgerIndex index;

  /** The ledger's size before the read that is under way was recorded. */
  private long sizeAtStart;

  /** How the ledger is at hand. */
  private sealed interface Held {
    record ByDaemon(DaemonClient daemon) implements Held {}

    record Embedded(Ledger ledger) implements Held {}

    record ReadOnly(LedgerReader reader, IOException why) implements Held {}
  }

  /**
   * @param folder the ledger's folder; nothing is opened yet
   * @param options how it is opened where no daemon holds it
   */
  public LedgerAccess(Path folder, LedgerOptions options) {
    this(folder, options, System.getenv());
  }

  LedgerAccess(Path folder, LedgerOptions options, Map<String, String> environment) {
    this.folder = folder;
    this.options = options;
    this.environment = environment;
  }

  /** Whether a daemon did what was asked; false before anything was asked. */
  public boolean isThroughDaemon() {
    return held instanceof Held.ByDaemon;
  }

  /**
   * What a reader of entries should be told: that the read is not on record; null where there is
   * nothing.
   */
  public @Nullable String notice() throws IOException {
    return hold() instanceof Held.ReadOnly(var reader, var why)
        ? "this read could not be recorded: " + why.getMessage()
        : null;
  }

  private Held hold() throws IOException {
    Held now = held;
    if (now == null) {
      now = find();
      held = now;
    }
    return now;
  }

  private Held find() throws IOException {
    long deadline = System.nanoTime() + LOCK_WAIT.toNanos();
    while (true) {
      UnixHttp connection = DaemonSocket.connect(folder, environment);
      if (connection != null) {
        return new Held.ByDaemon(new DaemonClient(connection));
      }
      try {
        return new Held.Embedded(Ledger.open(folder, options));
      } catch (LedgerLockedException e) {
        // a daemon that starts or stops, or another short command: both pass
        if (System.nanoTime() - deadline > 0) {
          throw e;
        }
        pause();
      } catch (LedgerReadOnlyException | KeyFolderException | AccessDeniedException e) {
        return new Held.ReadOnly(LedgerReader.open(folder), e);
      }
    }
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while another process had the ledger open", e);
    }
  }

  /** Seals a draft, as {@code source} {@code api} says, and waits until it is durable. */
  public Receipt append(EntryDraft draft) throws IOException {
    return switch (hold()) {
      case Held.ByDaemon(var daemon) -> daemon.append(draft);
      case Held.Embedded(var ledger) -> ledger.appendDurably(draft);
      case Held.ReadOnly(var reader, var why) -> throw why;
    };
  }

  /**
   * Reads what a filter wants, one request on record.
   *
   * @param newestFirst whether from the newest backwards
   * @param limit most entries to hand out
   */
  public void query(EntryFilter filter, boolean newestFirst, long limit, EntrySink sink)
      throws IOException {
    query(filter, newestFirst ? SortKey.NEWEST_FIRST : SortKey.OLDEST_FIRST, limit, null, sink);
  }

  /**
   * Reads what a filter wants, one request on record.
   *
   * @param limit most entries to hand out; by a member at most {@link #MAX_SORTED}
   * @param cursor where to begin, as an earlier call returned it; null for the beginning
   * @return where the next call begins, which stays while entries arrive; null after the last entry
   * @throws IllegalArgumentException if the cursor is none of this order
   */
  public @Nullable String query(
      EntryFilter filter, SortKey key, long limit, @Nullable String cursor, EntrySink sink)
      throws IOException {
    if (hold() instanceof Held.ByDaemon(var daemon)) {
      long most = key.isBySeq() ? limit : Math.min(limit, MAX_SORTED);
      return daemon.query(filter.toQuery(), key.toString(), most, cursor, sink);
    }
    EntrySearch search = new EntrySearch(index(reader(filter.toJson())));
    return key.isBySeq()
        ? inOrder(search, filter, key, limit, cursor, sink)
        : sorted(search, filter, key, (int) Math.min(limit, MAX_SORTED), cursor, sink);
  }

  private @Nullable String inOrder(
      EntrySearch search,
      EntryFilter filter,
      SortKey key,
      long limit,
      @Nullable String cursor,
      EntrySink sink)
      throws IOException {
    SeqRange part = cursor == null ? SeqRange.below(sizeAtStart) : EntryResults.parse(cursor);
    if (part == null) {
      throw badCursor(cursor);
    }
    try (EntryResults results = search.search(filter, key.descending(), part, Deadline.none())) {
      for (long count = 0; count < limit; count++) {
        Entry entry = results.next();
        if (entry == null || !sink.accept(entry)) {
          break;
        }
      }
      return results.cursor();
    }
  }

  private @Nullable String sorted(
      EntrySearch search,
      EntryFilter filter,
      SortKey key,
      int limit,
      @Nullable String cursor,
      EntrySink sink)
      throws IOException {
    SortedPage.Position after =
        cursor == null ? SortedPage.Position.start(sizeAtStart) : SortedPage.Position.parse(cursor);
    if (after == null) {
      throw badCursor(cursor);
    }
    SortedPage page = search.sorted(filter, key, limit, after, Deadline.none());
    for (Entry entry : page.entries()) {
      if (!sink.accept(entry)) {
        break;
      }
    }
    return page.next() == null ? null : page.next().toString();
  }

  private static IllegalArgumentException badCursor(@Nullable String cursor) {
    return new IllegalArgumentException(
        "'" + cursor + "' is not a cursor from an earlier response in this order");
  }

  /** How many entries a filter wants, on record. */
  public long count(EntryFilter filter) throws IOException {
    return hold() instanceof Held.ByDaemon(var daemon)
        ? daemon.count(filter.toQuery())
        : embedded(filter, (search, wanted) -> search.count(wanted, Deadline.none()));
  }

  /**
   * Counts entries by the values of members, on record.
   *
   * @return what {@code GET /api/v1/facets} answers
   */
  public JsonObject facets(EntryFilter filter, List<Member> by, int limit) throws IOException {
    return hold() instanceof Held.ByDaemon(var daemon)
        ? daemon.facets(
            filter.toQuery(), by.stream().map(Member::word).collect(Collectors.joining(",")), limit)
        : embedded(
            filter, (search, wanted) -> search.facets(wanted, by, limit, Deadline.none()).toJson());
  }

  /**
   * Counts entries by time, on record.
   *
   * @return what {@code GET /api/v1/histogram} answers
   */
  public JsonObject histogram(EntryFilter filter, Duration interval) throws IOException {
    return hold() instanceof Held.ByDaemon(var daemon)
        ? daemon.histogram(filter.toQuery(), interval)
        : embedded(
            filter,
            (search, wanted) -> search.histogram(wanted, interval, Deadline.none()).toJson());
  }

  /**
   * What led to an entry, a trace or a session and what came of it, on record.
   *
   * @param now the time, for the age of what is unfinished; a daemon takes its own
   * @throws IndexOutOfBoundsException if the ledger has nothing of it; says so
   */
  public CausalTree trace(CausalStart of, Instant now) throws IOException {
    if (hold() instanceof Held.ByDaemon(var daemon)) {
      return trace(daemon, of);
    }
    if (of instanceof CausalStart.Seq(long seq) && hold() instanceof Held.Embedded(var ledger)) {
      requireEntry(ledger.reader(), seq);
    }
    LedgerReader reader = reader(OverviewApi.onRecord(of));
    try (LedgerIndex index = LedgerIndex.open(reader)) {
      return new Causality(new EntrySearch(index)).of(of, sizeAtStart, now, Deadline.none());
    }
  }

  private static CausalTree trace(DaemonClient daemon, CausalStart of) throws IOException {
    String target =
        of instanceof CausalStart.Session(String name)
            ? "?session=" + URLEncoder.encode(name, StandardCharsets.UTF_8)
            : "/" + of;
    try {
      return CausalTree.fromJson(daemon.json("/api/v1/trace" + target));
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new IOException(
          "the daemon sent an unexpected response; are both the same version?", e);
    }
  }

  /**
   * What happened in a period, on record.
   *
   * @param actor whose entries, with a final {@code *} a beginning; null for everybody's
   * @param now the time; a daemon takes its own
   * @return what {@code GET /api/v1/summary} answers
   */
  public JsonObject summary(Instant from, Instant to, @Nullable String actor, Instant now)
      throws IOException {
    if (hold() instanceof Held.ByDaemon(var daemon)) {
      return daemon.summary(from, to, actor);
    }
    LedgerReader reader = reader(OverviewApi.onRecord(from, to, actor));
    try (LedgerIndex index = LedgerIndex.open(reader)) {
      return new Summarizer(new EntrySearch(index))
          .of(from, to, actor, sizeAtStart, now, Deadline.none())
          .toJson();
    }
  }

  private interface Search<T> {
    T of(EntrySearch search, EntryFilter filter) throws IOException;
  }

  private <T> T embedded(EntryFilter filter, Search<T> what) throws IOException {
    EntrySearch search = new EntrySearch(index(reader(filter.toJson())));
    // What putting this on record adds is not part of the answer.
    return what.of(search, filter.and(new Condition.SeqBetween(0, sizeAtStart)));
  }

  /**
   * Makes what is missing of the index, where no daemon does that.
   *
   * @param rebuild whether to discard the existing index first
   * @return how far it is then, as {@code status} gives it
   */
  public JsonObject index(boolean rebuild, IndexFollower.Progress progress) throws IOException {
    switch (hold()) {
      case Held.ByDaemon(var daemon) -> {
        if (rebuild) {
          throw new IOException(
              "a daemon has the ledger open and maintains its index; stop it first to rebuild the"
                  + " index");
        }
        return daemon.status().get("index") instanceof JsonObject index ? index : JsonObject.EMPTY;
      }
      case Held.ReadOnly(var reader, var why) -> throw why;
      case Held.Embedded(var ledger) -> {
        if (rebuild) {
          LedgerIndex.delete(ledger.reader());
        }
        try (LedgerIndex index = LedgerIndex.open(ledger.reader())) {
          IndexFollower.makeAll(index, Runtime.getRuntime().availableProcessors(), progress);
          return index.status().toJson();
        }
      }
    }
  }

  /** How many entries the index lacks, where a command reads the ledger by itself; else 0. */
  public long unindexed() throws IOException {
    return switch (hold()) {
      case Held.ByDaemon(var daemon) -> 0;
      case Held.Embedded(var ledger) -> unindexed(ledger.reader());
      case Held.ReadOnly(var reader, var why) -> unindexed(reader);
    };
  }

  private long unindexed(LedgerReader reader) throws IOException {
    return index(reader).missing();
  }

  /** The index for this command's questions: opened once, since that looks at every segment. */
  private LedgerIndex index(LedgerReader reader) throws IOException {
    LedgerIndex open = index;
    if (open == null) {
      open = LedgerIndex.open(reader);
      index = open;
    }
    return open;
  }

  /** The ledger where no daemon holds it, after the read was recorded as far as it can be. */
  private LedgerReader reader(JsonObject what) throws IOException {
    return switch (hold()) {
      case Held.Embedded(var ledger) -> {
        sizeAtStart = ledger.reader().size();
        record(ledger, what);
        yield ledger.reader();
      }
      case Held.ReadOnly(var reader, var why) -> {
        sizeAtStart = reader.size();
        yield reader;
      }
      case Held.ByDaemon(var daemon) ->
          throw new IllegalStateException(
              "a ledger that a daemon has open is read through the daemon");
    };
  }

  /**
   * Reads one entry, on record.
   *
   * @throws IndexOutOfBoundsException if there is no such entry
   */
  public Entry entry(long seq) throws IOException {
    return switch (hold()) {
      case Held.ByDaemon(var daemon) -> daemon.entry(seq);
      case Held.Embedded(var ledger) -> {
        requireEntry(ledger.reader(), seq);
        record(ledger, JsonObject.builder().put("seq", seq).build());
        yield ledger.reader().entry(seq);
      }
      case Held.ReadOnly(var reader, var why) -> reader.entry(seq);
    };
  }

  /**
   * The newest checkpoint's note, after it was made to cover every entry where the ledger can be
   * written to.
   */
  public byte[] checkpoint() throws IOException {
    return switch (hold()) {
      case Held.ByDaemon(var daemon) -> daemon.post("/api/v1/checkpoints", JsonObject.EMPTY);
      case Held.Embedded(var ledger) -> ledger.checkpoint().note();
      case Held.ReadOnly(var reader, var why) -> reader.newestCheckpoint().note();
    };
  }

  /**
   * The proof that an entry stands in the tree of the newest checkpoint, which is made to cover it
   * where the ledger can be written to: a tlog-proof file.
   *
   * @throws IndexOutOfBoundsException if there is no such entry, or none can be made to cover it
   */
  public byte[] proof(long seq) throws IOException {
    return switch (hold()) {
      case Held.ByDaemon(var daemon) -> daemon.proof(seq);
      case Held.Embedded(var ledger) -> {
        requireEntry(ledger.reader(), seq);
        ledger.checkpoint();
        yield ledger.reader().prove(seq).toBytes();
      }
      case Held.ReadOnly(var reader, var why) -> reader.prove(seq).toBytes();
    };
  }

  /** Work of a command that holds the ledger itself. */
  private interface DeskWork {
    JsonObject at(AuditDesk desk, String by) throws IOException;
  }

  /** Asks the daemon, or does the same here; what is changed is not a read. */
  private JsonObject audit(String path, JsonObject request, DeskWork work) throws IOException {
    return switch (hold()) {
      case Held.ByDaemon(var daemon) -> UnixHttp.json(daemon.post(path, request));
      case Held.Embedded(var ledger) -> work.at(desk(ledger), user());
      case Held.ReadOnly(var reader, var why) -> throw why;
    };
  }

  /** Asks the daemon, or looks here after the read was recorded. */
  private JsonObject look(String path, String what, DeskWork work) throws IOException {
    return switch (hold()) {
      case Held.ByDaemon(var daemon) -> daemon.json(path);
      case Held.Embedded(var ledger) -> {
        record(ledger, JsonObject.builder().put("list", what).build());
        yield work.at(desk(ledger), user());
      }
      case Held.ReadOnly(var reader, var why) -> throw why;
    };
  }

  private AuditDesk desk(Ledger ledger) throws IOException {
    return new AuditDesk(ledger, new EntrySearch(index(ledger.reader())), InstantSource.system());
  }

  /**
   * Removes payloads for good; see {@link Ledger#redact}. The redaction as JSON.
   *
   * @throws IllegalArgumentException if the ledger, a hold or the retention rule forbids it
   */
  public JsonObject redact(RedactionRequest request) throws IOException {
    return audit(
        "/api/v1/redactions", request.toJson(), (desk, by) -> json(desk.redact(request, by)));
  }

  /** Seals a review; see {@link Reviews#record}. */
  public JsonObject review(ReviewRequest request) throws IOException {
    return audit("/api/v1/reviews", request.toJson(), (desk, by) -> desk.review(request, by));
  }

  /** What evidence is collected by itself, and what is due. */
  public JsonObject schedule() throws IOException {
    return switch (hold()) {
      case Held.ByDaemon(var daemon) -> daemon.json("/api/v1/schedule");
      case Held.Embedded(var ledger) -> desk(ledger).schedule();
      case Held.ReadOnly(var reader, var why) -> throw why;
    };
  }

  /**
   * Collects the next period of evidence that is over.
   *
   * @return the file; null where nothing is due
   */
  public @Nullable String collectNext() throws IOException {
    return audit("/api/v1/schedule/run", JsonObject.EMPTY, AuditDesk::collectNext)
        .string("collected");
  }

  /** All reviews, what is not reviewed, and whether one is due; on record. */
  public JsonObject reviews() throws IOException {
    return look("/api/v1/reviews", "reviews", (desk, by) -> desk.reviews());
  }

  /** Seals a sign-off; see {@link SignOffs#record}. */
  public JsonObject signOff(SignOffRequest request) throws IOException {
    return audit("/api/v1/sign-offs", request.toJson(), (desk, by) -> desk.signOff(request, by));
  }

  /** Who signed off the bundle of that manifest; on record. */
  public JsonObject signOffs(String manifestSha256) throws IOException {
    return look(
        "/api/v1/sign-offs?manifest_sha256=" + manifestSha256,
        "sign_offs",
        (desk, by) -> desk.signOffs(manifestSha256));
  }

  /** The legal holds in force; on record. */
  public JsonObject holds() throws IOException {
    return look("/api/v1/holds", "holds", (desk, by) -> desk.holds());
  }

  /** Sets a legal hold; see {@link Ledger#setHold}. */
  public JsonObject setHold(HoldRequest request) throws IOException {
    return audit("/api/v1/holds", request.toJson(), (desk, by) -> desk.setHold(request, by));
  }

  /** Releases a legal hold; see {@link Ledger#releaseHold}. */
  public JsonObject releaseHold(long seq, String reason) throws IOException {
    JsonObject json = JsonObject.builder().put("reason", reason).build();
    return audit(
        "/api/v1/holds/" + seq + "/release", json, (desk, by) -> desk.releaseHold(seq, reason, by));
  }

  /**
   * What of the ledger is kept until when, and what is held; on record.
   *
   * @param preset under this preset; null for what is configured
   * @throws IllegalArgumentException if there is no such preset, or it says no time
   */
  public JsonObject retention(@Nullable String preset) throws IOException {
    return look(
        "/api/v1/retention" + (preset == null ? "" : "?preset=" + preset),
        "retention",
        (desk, by) -> desk.retention(preset));
  }

  /**
   * Writes a bundle; see {@link BundleExport#write}.
   *
   * @param own a user's own frameworks, as {@link Frameworks#with} takes them
   * @throws BadFrameworkException if one of those is none
   * @throws IllegalArgumentException if this cannot be exported; says why
   */
  public void export(ExportRequest request, Map<String, String> own, BundleSink sink)
      throws IOException, BadFrameworkException {
    Frameworks frameworks = Frameworks.builtIn().with(own);
    switch (hold()) {
      case Held.ByDaemon(var daemon) ->
          BundleTransfer.receive(
              daemon.postForStream(
                  "/api/v1/exports",
                  JsonObject.builder()
                      .put("frameworks", texts(own))
                      .put("request", request.toJson())
                      .build()),
              sink);
      case Held.Embedded(var ledger) ->
          new BundleExport(ledger, frameworks).write(request, "user:" + user(), sink);
      case Held.ReadOnly(var reader, var why) -> throw why;
    }
  }

  /**
   * What the ledger supports of controls, on record as one read; see {@link ControlReport#make}.
   *
   * @param own a user's own frameworks, as {@link Frameworks#with} takes them
   * @throws BadFrameworkException if one of those is none
   * @throws IllegalArgumentException if there is no such framework
   */
  public JsonObject controls(
      @Nullable String framework,
      @Nullable Instant from,
      @Nullable Instant to,
      Map<String, String> own)
      throws IOException, BadFrameworkException {
    Frameworks frameworks = Frameworks.builtIn().with(own);
    if (framework != null) {
      frameworks.get(framework);
    }
    if (hold() instanceof Held.ByDaemon(var daemon)) {
      return UnixHttp.json(
          daemon.post(
              "/api/v1/controls",
              JsonObject.builder()
                  .put("frameworks", texts(own))
                  .putIfPresent("framework", framework)
                  .putIfPresent("from", from == null ? null : from.toString())
                  .putIfPresent("to", to == null ? null : to.toString())
                  .build()));
    }
    LedgerReader reader = reader(EvidenceApi.asked(framework, from, to));
    JsonObject report =
        new ControlReport(frameworks, new EntrySearch(index(reader)))
            .make(framework, from, to, sizeAtStart, Deadline.none());
    return hold() instanceof Held.Embedded(var ledger) ? desk(ledger).withReview(report) : report;
  }

  private static JsonObject texts(Map<String, String> own) {
    JsonObject.Builder texts = JsonObject.builder();
    own.forEach(texts::put);
    return texts.build();
  }

  static JsonObject json(RedactedRange range) {
    return JsonObject.builder()
        .put("announced_by", range.announcedBy())
        .put("first", range.first())
        .put("last", range.last())
        .build();
  }

  /** Replaces the log's keys; see {@link Ledger#rotateKeys}. */
  public void rotateKeys(String why) throws IOException {
    switch (hold()) {
      case Held.ByDaemon(var daemon) ->
          daemon.post("/api/v1/keys/rotate", JsonObject.builder().put("why", why).build());
      case Held.Embedded(var ledger) -> ledger.rotateKeys(why);
      case Held.ReadOnly(var reader, var cause) -> throw cause;
    }
  }

  /** Says that the machine's clock is right; see {@link Ledger#confirmClock}. */
  public void confirmClock() throws IOException {
    switch (hold()) {
      case Held.ByDaemon(var daemon) -> daemon.post("/api/v1/clock/confirm", JsonObject.EMPTY);
      case Held.Embedded(var ledger) -> ledger.confirmClock(user());
      case Held.ReadOnly(var reader, var why) -> throw why;
    }
  }

  /** How the ledger stands; {@code daemon} describes the daemon, if one holds it. */
  public JsonObject status() throws IOException {
    return switch (hold()) {
      case Held.ByDaemon(var daemon) -> daemon.status();
      case Held.Embedded(var ledger) -> {
        AuditDesk desk = desk(ledger);
        yield StatusJson.putAudit(
                StatusJson.of(ledger.status())
                    .put("index", index(ledger.reader()).status().toJson()),
                desk,
                desk::schedule)
            .build();
      }
      case Held.ReadOnly(var reader, var why) ->
          JsonObject.builder()
              .put("origin", reader.origin())
              .put("size", reader.size())
              .put("anchored", reader.newestCheckpoint().checkpoint().size())
              .put("read_only_because", String.valueOf(why.getMessage()))
              .build();
    };
  }

  /** Asks the daemon to stop in order; false where none holds the ledger. */
  public boolean shutdown() throws IOException {
    UnixHttp connection = DaemonSocket.connect(folder, environment);
    if (connection == null) {
      return false;
    }
    try (DaemonClient daemon = new DaemonClient(connection)) {
      daemon.post("/api/v1/shutdown", JsonObject.EMPTY);
      return true;
    }
  }

  /**
   * Hands out the newest entries that a filter wants, the oldest of them first, and then each that
   * comes. The start is on record, once, what follows is not. Without a daemon the ledger is free
   * for writers while this waits.
   *
   * @param newest how many to begin with, 0 for none
   * @param countReads whether {@code ledger_query} entries count among them; they are handed out
   *     either way
   * @throws InterruptedException if the thread is interrupted, which ends the following
   */
  public void follow(EntryFilter filter, long newest, boolean countReads, EntrySink sink)
      throws IOException, InterruptedException {
    LedgerReader reader;
    long size;
    switch (hold()) {
      case Held.ByDaemon(var daemon) -> {
        daemon.follow(filter.toQuery(), newest, countReads, sink);
        return;
      }
      case Held.Embedded(var ledger) -> {
        size = ledger.reader().size();
        JsonObject.Builder what = JsonObject.builder();
        filter.toJson().members().forEach(what::put);
        record(ledger, what.put("follow_from", size).put("newest", newest).build());
        close();
        reader = LedgerReader.open(folder);
      }
      case Held.ReadOnly(var open, var why) -> {
        size = open.size();
        reader = open;
      }
    }
    long from;
    try (LedgerIndex index = LedgerIndex.open(reader)) {
      from =
          new EntrySearch(index).firstOfNewest(filter, newest, countReads, size, Deadline.none());
    }
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

  private static void requireEntry(LedgerReader reader, long seq) throws IOException {
    long size = reader.size();
    if (seq < 0 || seq >= size) {
      throw new IndexOutOfBoundsException(
          "there is no entry " + seq + ": the ledger has " + size + ", counted from 0");
    }
  }

  private static void record(Ledger ledger, JsonObject what) throws IOException {
    new ReadRecord(ledger).seal(user(), VIA, what);
  }

  private static String user() {
    return "uid:" + System.getProperty("user.name", "?");
  }

  @Override
  public void close() throws IOException {
    if (index != null) {
      index.close();
      index = null;
    }
    Held known = held;
    held = null;
    switch (known) {
      case Held.ByDaemon(var daemon) -> daemon.close();
      case Held.Embedded(var ledger) -> ledger.close();
      case Held.ReadOnly(var reader, var why) -> reader.close();
      case null -> {}
    }
  }
}
