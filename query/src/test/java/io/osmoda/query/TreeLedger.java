package io.osmoda.query;

import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.entry.Status;
import io.osmoda.format.entry.TraceContext;
import io.osmoda.format.json.JsonObject;
import io.osmoda.ledger.EntryCursor;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerOptions;
import io.osmoda.ledger.SettableTime;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A ledger whose time a test sets, with linked entries; entry 0 is the ledger's own. */
final class TreeLedger implements Closeable {
  static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

  final Ledger ledger;
  final LedgerIndex index;
  final EntrySearch search;
  private final SettableTime clock;
  private final List<Receipt> receipts = new ArrayList<>();

  TreeLedger(Path temp) throws IOException {
    clock = new SettableTime(START);
    ledger =
        Ledger.create(
            temp.resolve("ledger"),
            "query.example/tree",
            LedgerOptions.defaults().withTime(clock).withSegmentBytes(100_000));
    index = LedgerIndex.open(ledger.reader());
    search = new EntrySearch(index);
  }

  Instant now() {
    return clock.instant();
  }

  long size() throws IOException {
    return ledger.reader().size();
  }

  void pass(Duration time) {
    clock.pass(time);
  }

  /** Puts what there is so far into the index. */
  void makeIndex() throws IOException {
    IndexFollower.makeAll(index, 1, made -> {});
  }

  CausalTree tree(String of) throws IOException {
    return new Causality(search).of(CausalStart.parse(of), size(), now(), Deadline.none());
  }

  long seal(EntryDraft.Builder draft) throws IOException {
    Receipt receipt = ledger.appendDurably(draft.build());
    receipts.add(receipt);
    return receipt.seq();
  }

  CauseReference cause(long seq) {
    return receipts.stream()
        .filter(receipt -> receipt.seq() == seq)
        .map(CauseReference::local)
        .findFirst()
        .orElseThrow();
  }

  /** Some of the newest. */
  List<CauseReference> anyCause(Random random, int newest) {
    int back = 1 + random.nextInt(Math.min(newest, receipts.size()));
    return List.of(CauseReference.local(receipts.get(receipts.size() - back)));
  }

  long seal(String action, Status status, long... causes) throws IOException {
    return seal(draft(action, status, causes));
  }

  EntryDraft.Builder draft(String action, Status status, long... causes) {
    List<CauseReference> references = new ArrayList<>();
    for (long cause : causes) {
      references.add(cause(cause));
    }
    return EntryDraft.builder("sdk", "agent:x", action).status(status).causedBy(references);
  }

  long call(String tool) throws IOException {
    return seal(draft("tool_call", Status.PENDING).tool(tool));
  }

  long span(String action, int span, int parent) throws IOException {
    return seal(draft(action, Status.OK).trace(trace(span, parent)));
  }

  /** A span of the one trace that these entries have; without a parent for 0. */
  static TraceContext trace(int span, int parent) {
    return new TraceContext(
        RandomEntries.hex(32, 0), spanId(span), parent == 0 ? null : spanId(parent));
  }

  private static String spanId(int span) {
    return RandomEntries.hex(16, span - 1);
  }

  static JsonObject took(long nanos) {
    return JsonObject.builder().put("duration_ns", nanos).build();
  }

  List<Entry> all() throws IOException {
    List<Entry> all = new ArrayList<>();
    try (EntryCursor cursor = ledger.reader().read(0, Long.MAX_VALUE)) {
      for (@Nullable Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
        all.add(entry);
      }
    }
    return all;
  }

  @Override
  public void close() throws IOException {
    index.close();
    ledger.close();
  }
}
