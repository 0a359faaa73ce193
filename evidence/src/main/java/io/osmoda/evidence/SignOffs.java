package io.osmoda.evidence;

import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonValue;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerReader;
import io.osmoda.query.Deadline;
import io.osmoda.query.EntryFilter;
import io.osmoda.query.EntryResults;
import io.osmoda.query.EntrySearch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Records that a person signs off a bundle, and finds who did. What is recorded are printed name,
 * time, meaning and the exact bundle (21 CFR 11.50, 11.70); that the person is who they say, the
 * ledger knows only as far as the machine does. Thread-safe.
 */
public final class SignOffs {
  private static final String ACTION = "sign_off";
  private static final String PREFIX = "manifest:sha256:";

  private SignOffs() {}

  /**
   * Seals a sign-off and signs a checkpoint over it.
   *
   * @param by the actor who signs, {@code user:…}
   * @throws RequestRefusedException if the bundle claims to be of this ledger and its export is not
   */
  public static JsonObject record(Ledger ledger, SignOffRequest request, String by)
      throws IOException {
    boolean isOwn = request.origin().equals(ledger.origin());
    SignOffRequest.Export export = request.export();
    List<CauseReference> causes = new ArrayList<>();
    if (export != null) {
      if (isOwn) {
        requireOwn(ledger.reader(), request, export);
      }
      causes.add(
          new CauseReference(isOwn ? "" : request.origin(), export.seq(), request.exportHash()));
    }
    Receipt sealed =
        ledger.appendStatement(
            ACTION,
            by,
            PREFIX + request.manifestSha256(),
            causes,
            JsonObject.builder()
                .put("name", request.name())
                .put("meaning", request.meaning())
                .put("manifest_sha256", request.manifestSha256())
                .put("origin", request.origin())
                .build());
    ledger.checkpoint();
    return told(ledger.reader().entry(sealed.seq()));
  }

  private static void requireOwn(
      LedgerReader reader, SignOffRequest request, SignOffRequest.Export export)
      throws IOException {
    Entry entry = export.seq() < reader.size() ? reader.entry(export.seq()) : null;
    if (entry == null
        || !entry.entryHash().equals(request.exportHash())
        || !(entry.isRedacted() || ClosingEntry.names(entry, request.manifestSha256()))) {
      throw new RequestRefusedException(
          "entry %d of this ledger is not the one that closes the export of that bundle"
              .formatted(export.seq()));
    }
  }

  /** The sign-offs of a bundle, oldest first. */
  public static JsonObject of(String manifestSha256, EntrySearch search) throws IOException {
    EntryFilter wanted =
        new EntryFilter(
            null,
            null,
            Map.of(
                "action",
                List.of(ACTION),
                "source",
                List.of(Reviews.STATEMENT),
                "target",
                List.of(PREFIX + manifestSha256)),
            null,
            null);
    List<JsonValue> found = new ArrayList<>();
    try (EntryResults results = search.search(wanted, false, null, Deadline.none())) {
      for (Entry entry = results.next(); entry != null; entry = results.next()) {
        found.add(told(entry));
      }
    }
    return JsonObject.builder()
        .put("manifest_sha256", manifestSha256)
        .put("sign_offs", new JsonArray(found))
        .build();
  }

  private static JsonObject told(Entry entry) {
    JsonObject.Builder json =
        JsonObject.builder()
            .put("seq", entry.seq())
            .put("entry_hash", entry.entryHash().hex())
            .put("timestamp", entry.timestamp())
            .put("by", entry.actor());
    JsonObject payload = entry.payload();
    if (payload == null) {
      return json.put("redacted", true).build();
    }
    payload.members().forEach(json::put);
    return json.build();
  }
}
