package io.osmoda.daemon;

import io.osmoda.client.EntrySink;
import io.osmoda.evidence.BundleSink;
import io.osmoda.evidence.ExportRequest;
import io.osmoda.evidence.HoldRequest;
import io.osmoda.evidence.RedactionRequest;
import io.osmoda.evidence.ReviewRequest;
import io.osmoda.evidence.SignOffRequest;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.json.JsonObject;
import io.osmoda.ledger.LedgerReader;
import io.osmoda.query.EntryFilter;
import io.osmoda.query.IndexFollower;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a ledger that cannot be written to: nothing that is read is on record. Not thread-safe. */
final class ReadOnlySession extends LocalSession {
  private final IOException why;
  private final ReadDesk desk;

  /**
   * @param why the ledger cannot be written to
   */
  ReadOnlySession(LedgerReader reader, IOException why) {
    super(reader);
    this.why = why;
    this.desk = ReadDesk.withoutRecord(reader, this::search);
  }

  @Override
  ReadDesk desk() {
    return desk;
  }

  @Override
  public String notice() {
    return "this read could not be recorded: " + why.getMessage();
  }

  @Override
  public byte[] checkpoint() throws IOException {
    return reader().newestCheckpoint().note();
  }

  @Override
  public JsonObject status() throws IOException {
    return JsonObject.builder()
        .put("origin", reader().origin())
        .put("size", reader().size())
        .put("anchored", reader().newestCheckpoint().checkpoint().size())
        .put("read_only_because", String.valueOf(why.getMessage()))
        .build();
  }

  @Override
  public void follow(EntryFilter filter, long newest, boolean countReads, EntrySink sink)
      throws IOException, InterruptedException {
    followFrom(reader().size(), filter, newest, countReads, sink);
  }

  @Override
  public void close() throws IOException {
    closeIndex();
    reader().close();
  }

  // What follows would write, or is about what the key folder has.

  @Override
  public Receipt append(EntryDraft draft) throws IOException {
    throw why;
  }

  @Override
  public JsonObject index(boolean rebuild, IndexFollower.Progress progress) throws IOException {
    throw why;
  }

  @Override
  public JsonObject redact(RedactionRequest request) throws IOException {
    throw why;
  }

  @Override
  public JsonObject review(ReviewRequest request) throws IOException {
    throw why;
  }

  @Override
  public JsonObject reviews() throws IOException {
    throw why;
  }

  @Override
  public JsonObject schedule() throws IOException {
    throw why;
  }

  @Override
  public @Nullable String collectNext() throws IOException {
    throw why;
  }

  @Override
  public JsonObject signOff(SignOffRequest request) throws IOException {
    throw why;
  }

  @Override
  public JsonObject signOffs(String manifestSha256) throws IOException {
    throw why;
  }

  @Override
  public JsonObject holds() throws IOException {
    throw why;
  }

  @Override
  public JsonObject setHold(HoldRequest request) throws IOException {
    throw why;
  }

  @Override
  public JsonObject releaseHold(long seq, String reason) throws IOException {
    throw why;
  }

  @Override
  public JsonObject retention(@Nullable String preset) throws IOException {
    throw why;
  }

  @Override
  public void export(ExportRequest request, Map<String, String> own, BundleSink sink)
      throws IOException {
    throw why;
  }

  @Override
  public void rotateKeys(String cause) throws IOException {
    throw why;
  }

  @Override
  public void confirmClock() throws IOException {
    throw why;
  }
}
