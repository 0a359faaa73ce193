package io.osmoda.daemon;

import io.osmoda.client.EntrySink;
import io.osmoda.evidence.BadFrameworkException;
import io.osmoda.evidence.BundleExport;
import io.osmoda.evidence.BundleSink;
import io.osmoda.evidence.ExportRequest;
import io.osmoda.evidence.Frameworks;
import io.osmoda.evidence.HoldRequest;
import io.osmoda.evidence.RedactionRequest;
import io.osmoda.evidence.ReviewRequest;
import io.osmoda.evidence.SignOffRequest;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.json.JsonObject;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerReader;
import io.osmoda.query.EntryFilter;
import io.osmoda.query.IndexFollower;
import io.osmoda.query.LedgerIndex;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Holds the ledger in this process while a command is at work. Not thread-safe. */
final class EmbeddedSession extends LocalSession {
  private static final String BY = Asker.COMMAND.name();

  private final Path folder;
  private final Ledger ledger;
  private final ReadDesk desk;
  private @Nullable AuditDesk audit;

  /**
   * @param folder the ledger's folder, to read on in once the ledger is let go
   * @param ledger closed with this session
   */
  EmbeddedSession(Path folder, Ledger ledger) {
    super(ledger.reader());
    this.folder = folder;
    this.ledger = ledger;
    this.desk = ReadDesk.of(ledger, this::search);
  }

  @Override
  ReadDesk desk() {
    return desk;
  }

  /** Made on first use, since it opens the index. */
  private AuditDesk audit() throws IOException {
    AuditDesk made = audit;
    if (made == null) {
      made = new AuditDesk(ledger, search(), InstantSource.system());
      audit = made;
    }
    return made;
  }

  @Override
  public @Nullable String notice() {
    return null;
  }

  @Override
  public Receipt append(EntryDraft draft) throws IOException {
    return ledger.appendDurably(draft);
  }

  @Override
  public JsonObject index(boolean rebuild, IndexFollower.Progress progress) throws IOException {
    if (rebuild) {
      LedgerIndex.delete(ledger.reader());
    }
    try (LedgerIndex index = LedgerIndex.open(ledger.reader())) {
      IndexFollower.makeAll(index, Runtime.getRuntime().availableProcessors(), progress);
      return index.status().toJson();
    }
  }

  @Override
  public byte[] checkpoint() throws IOException {
    return ledger.checkpoint().note();
  }

  @Override
  public JsonObject controls(
      @Nullable String framework,
      @Nullable Instant from,
      @Nullable Instant to,
      Map<String, String> own)
      throws IOException, BadFrameworkException {
    return audit().withReview(super.controls(framework, from, to, own));
  }

  @Override
  public JsonObject redact(RedactionRequest request) throws IOException {
    return audit().redact(request, BY);
  }

  @Override
  public JsonObject review(ReviewRequest request) throws IOException {
    return audit().review(request, BY);
  }

  private JsonObject list(String what, ReadDesk.Listing listing) throws IOException {
    return desk.list(Asker.COMMAND, what, listing);
  }

  @Override
  public JsonObject reviews() throws IOException {
    return list("reviews", () -> audit().reviews());
  }

  @Override
  public JsonObject schedule() throws IOException {
    return audit().schedule();
  }

  @Override
  public @Nullable String collectNext() throws IOException {
    return audit().collectNext(BY).string("collected");
  }

  @Override
  public JsonObject signOff(SignOffRequest request) throws IOException {
    return audit().signOff(request, BY);
  }

  @Override
  public JsonObject signOffs(String manifestSha256) throws IOException {
    return list("sign_offs", () -> audit().signOffs(manifestSha256));
  }

  @Override
  public JsonObject holds() throws IOException {
    return list("holds", () -> audit().holds());
  }

  @Override
  public JsonObject setHold(HoldRequest request) throws IOException {
    return audit().setHold(request, BY);
  }

  @Override
  public JsonObject releaseHold(long seq, String reason) throws IOException {
    return audit().releaseHold(seq, reason, BY);
  }

  @Override
  public JsonObject retention(@Nullable String preset) throws IOException {
    return list("retention", () -> audit().retention(preset));
  }

  @Override
  public void export(ExportRequest request, Map<String, String> own, BundleSink sink)
      throws IOException, BadFrameworkException {
    new BundleExport(ledger, Frameworks.builtIn().with(own))
        .write(request, AuditDesk.user(BY), sink);
  }

  @Override
  public void rotateKeys(String why) throws IOException {
    ledger.rotateKeys(why);
  }

  @Override
  public void confirmClock() throws IOException {
    ledger.confirmClock(BY);
  }

  @Override
  public JsonObject status() throws IOException {
    return StatusJson.of(ledger.status(), index().status(), audit(), audit()::schedule).build();
  }

  @Override
  public void follow(EntryFilter filter, long newest, boolean countReads, EntrySink sink)
      throws IOException, InterruptedException {
    long size = reader().size();
    desk.startFollowing(Asker.COMMAND, filter, size, newest);
    close();
    LedgerReader others = LedgerReader.open(folder);
    try (ReadOnlySession reading =
        new ReadOnlySession(others, new IOException("the ledger was let go"))) {
      reading.followFrom(size, filter, newest, countReads, sink);
    }
  }

  @Override
  public void close() throws IOException {
    closeIndex();
    audit = null;
    ledger.close();
  }
}
