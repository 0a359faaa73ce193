package io.osmoda.daemon;

import io.osmoda.client.DraftJson;
import io.osmoda.client.Json;
import io.osmoda.client.Wire;
import io.osmoda.format.entry.CaptureEvent;
import io.osmoda.format.entry.DraftRefusedException;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonValue;
import io.osmoda.format.log.Digests;
import io.osmoda.format.log.Hash;
import io.osmoda.ledger.EntryCursor;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerReader;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.io.EndPoint;
import org.jspecify.annotations.Nullable;

/**
 * The way in for our own capture points, over the Unix socket: drafts with a source, and what a
 * source reports about itself. Thread-safe.
 *
 * <p>A draft is sealed exactly once although a connection or the daemon may die at any moment. The
 * client gives each draft a random salt, which the entry keeps. A client that lost its connection
 * reopens a session, which ends its earlier ones: whatever they still had under way is settled
 * first, and nothing more is taken from them. What it then sends again carries the sequence number
 * after which the drafts must stand if they were sealed, and those found there by their salt are
 * answered with the receipt that they had.
 */
final class CaptureApi {
  private static final Logger LOG = System.getLogger(CaptureApi.class.getName());
  private static final int SALT_BYTES = 16;
  private static final HexFormat HEX = HexFormat.of();

  private final Ledger ledger;
  private final LedgerReader reader;
  private final Metrics metrics;
  private final String instance;
  private final Duration grace;
  private final Map<String, Client> clients = new ConcurrentHashMap<>();
  private volatile boolean stopping;

  /** One client process; its lock is held while a request of its is served. */
  private static final class Client {
    final ReentrantLock lock = new ReentrantLock(true);
    final Map<String, CaptureEvent> on = new LinkedHashMap<>();
    long session;
    @Nullable EndPoint endPoint;
  }

  /**
   * @param instance names this run of the daemon
   * @param grace how long a client may be without a connection before its sources count as stopped
   */
  CaptureApi(Ledger ledger, LedgerReader reader, Metrics metrics, String instance, Duration grace) {
    this.ledger = ledger;
    this.reader = reader;
    this.metrics = metrics;
    this.instance = instance;
    this.grace = grace;
  }

  /** {@code POST /api/v1/capture/session}: ends the client's earlier sessions and begins one. */
  void session(Exchange exchange) throws IOException, Problem {
    Client client = clients.computeIfAbsent(clientKey(exchange), id -> new Client());
    client.lock.lock();
    try {
      client.session++;
      client.endPoint = exchange.endPoint();
      // A capture point may be silent for hours; it goes when its process goes.
      exchange.endPoint().setIdleTimeout(0);
      exchange.json(
          200,
          JsonObject.builder()
              .put("daemon", instance)
              .put("session", client.session)
              .put("size", reader.size())
              .put("sources", client.on.size())
              .build());
    } finally {
      client.lock.unlock();
    }
  }

  /** {@code POST /api/v1/capture}: drafts and events, one a line; answered when durable. */
  void capture(Exchange exchange) throws IOException, Problem {
    List<byte[]> lines = EntriesApi.lines(exchange.body(), exchange.limits());
    Client client = clients.get(clientKey(exchange));
    if (client == null) {
      throw staleSession();
    }
    client.lock.lock();
    try {
      if (!Long.toString(client.session).equals(exchange.header(Wire.SESSION_HEADER))) {
        throw staleSession();
      }
      List<Item> items = new ArrayList<>(lines.size());
      for (byte[] line : lines) {
        items.add(item(line, exchange.caller()));
      }
      Map<String, Receipt> sealed = alreadySealed(exchange.header(Wire.RESUME_HEADER), items);
      List<CompletableFuture<Receipt>> receipts = new ArrayList<>(items.size());
      for (Item item : items) {
        receipts.add(take(client, item, sealed));
      }
      exchange.bytes(200, Wire.NDJSON, EntriesApi.answers(receipts, metrics));
    } finally {
      client.lock.unlock();
    }
  }

  /** The daemon stops: connections that close now are no loss. */
  void stop() {
    stopping = true;
  }

  private static Problem staleSession() {
    return Problem.of(
        409,
        "stale-session",
        "The capture session is over",
        "open a session with POST /api/v1/capture/session, then send again");
  }

  /** Another user's client is another, whatever it calls itself. */
  private static String clientKey(Exchange exchange) throws Problem {
    String id = exchange.header(Wire.CLIENT_HEADER);
    if (id == null || !id.matches("[0-9a-f]{32}")) {
      throw Problem.badRequest("the header " + Wire.CLIENT_HEADER + " must have 32 hex digits");
    }
    return exchange.caller().name() + ' ' + id;
  }

  /** One line of a request; exactly one of draft, event and refused is there. */
  private record Item(
      String salt,
      @Nullable EntryDraft draft,
      @Nullable CaptureEvent event,
      @Nullable Exception refused) {}

  private static Item item(byte[] line, Caller caller) throws Problem {
    if (!(parse(line) instanceof JsonObject json)) {
      throw Problem.badRequest("each line of a capture request must be a JSON object");
    }
    String salt = json.string("salt");
    if (salt == null || !salt.matches("[0-9a-f]{" + 2 * SALT_BYTES + "}")) {
      throw Problem.badRequest("salt must have " + 2 * SALT_BYTES + " hex digits");
    }
    try {
      if (json.get("event") instanceof JsonObject event) {
        return new Item(salt, null, event(event), null);
      }
      String source = json.string("source");
      if (json.get("draft") == null || source == null) {
        throw Problem.badRequest("each line of a capture request needs draft and source, or event");
      }
      EntryDraft draft = DraftJson.read(json.get("draft"), source);
      if (!caller.mayWriteAs(draft.actor())) {
        throw new DraftRefusedException(
            "actor", caller.name() + " may not write as " + draft.actor());
      }
      return new Item(salt, draft, null, null);
    } catch (DraftRefusedException e) {
      return new Item(salt, null, null, e);
    }
  }

  private static JsonValue parse(byte[] line) throws Problem {
    try {
      return Json.parse(line, 2);
    } catch (JsonException e) {
      throw Problem.badRequest("a line of a capture request is not JSON: " + e.getMessage());
    }
  }

  private static CaptureEvent event(JsonObject json) throws Problem {
    String kind = json.string("kind");
    String source = json.string("source");
    String instance = json.string("instance");
    if (kind == null
        || source == null
        || instance == null
        || !(json.get("details") instanceof JsonObject details)) {
      throw Problem.badRequest("an event needs kind, source, instance and details");
    }
    for (CaptureEvent.Kind known : CaptureEvent.Kind.values()) {
      if (known.action().equals(kind)) {
        return new CaptureEvent(known, source, instance, details);
      }
    }
    throw Problem.badRequest("an event's kind must be capture_start, capture_stop or capture_gap");
  }

  private CompletableFuture<Receipt> take(Client client, Item item, Map<String, Receipt> sealed) {
    if (item.refused != null) {
      return CompletableFuture.failedFuture(item.refused);
    }
    CaptureEvent event = item.event;
    if (event != null) {
      String key = event.source() + ' ' + event.instance();
      switch (event.kind()) {
        case START -> client.on.put(key, event);
        case STOP -> client.on.remove(key);
        case GAP -> {}
      }
    }
    Receipt receipt = sealed.get(item.salt);
    if (receipt != null) {
      return CompletableFuture.completedFuture(receipt);
    }
    byte[] salt = HEX.parseHex(item.salt);
    try {
      if (item.draft != null) {
        return ledger.append(item.draft, salt);
      }
      return event == null
          ? CompletableFuture.failedFuture(new IllegalStateException("an item without content"))
          : ledger.capture(event, salt);
    } catch (DraftRefusedException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Receipts, by salt, of those items that were sealed after the entry that a resend names. */
  private Map<String, Receipt> alreadySealed(@Nullable String resumeAfter, List<Item> items)
      throws IOException, Problem {
    if (resumeAfter == null) {
      return Map.of();
    }
    if (!resumeAfter.matches("-1|0|[1-9][0-9]{0,15}")
        || Long.parseLong(resumeAfter) > JsonNumber.MAX_SAFE_INTEGER) {
      throw Problem.badRequest(Wire.RESUME_HEADER + " must be a sequence number, or -1");
    }
    Map<String, String> saltsByPayloadHash = new HashMap<>();
    MessageDigest digest = Digests.sha256();
    for (Item item : items) {
      if (item.draft != null) {
        digest.update(HEX.parseHex(item.salt));
        saltsByPayloadHash.put(HEX.formatHex(digest.digest(item.draft.payload())), item.salt);
      } else if (item.event != null) {
        saltsByPayloadHash.put(item.salt, item.salt);
      }
    }
    Map<String, Receipt> sealed = new HashMap<>();
    try (EntryCursor cursor =
        reader.read(Math.min(Long.parseLong(resumeAfter) + 1, reader.size()), reader.size())) {
      for (Entry entry = cursor.next(); entry != null; entry = cursor.next()) {
        String salt = saltsByPayloadHash.get(entry.payloadHash().hex());
        if (salt == null && entry.payloadSalt() != null) {
          salt = saltsByPayloadHash.get(entry.payloadSalt());
        }
        if (salt != null) {
          sealed.put(salt, new Receipt(entry.seq(), entry.entryHash()));
        }
      }
    }
    return sealed;
  }

  /**
   * A connection to the socket closed. If it was a capture client's, and the client does not come
   * back within the grace, its process is gone: what it had switched on is sealed as stopped.
   */
  void closed(EndPoint endPoint) {
    if (stopping) {
      return; // the ledger's end seals the stop of all that is on
    }
    for (Map.Entry<String, Client> entry : clients.entrySet()) {
      Client client = entry.getValue();
      if (endPoint.equals(client.endPoint)) {
        Thread.ofVirtual()
            .name("capture-grace")
            .start(() -> stopIfGone(entry.getKey(), client, endPoint));
      }
    }
  }

  private void stopIfGone(String id, Client client, EndPoint endPoint) {
    try {
      Thread.sleep(grace);
    } catch (InterruptedException e) {
      return;
    }
    client.lock.lock();
    try {
      if (stopping || !endPoint.equals(client.endPoint)) {
        return; // it came back
      }
      clients.remove(id, client);
      for (CaptureEvent started : client.on.values()) {
        ledger
            .capture(
                new CaptureEvent(
                    CaptureEvent.Kind.STOP,
                    started.source(),
                    started.instance(),
                    JsonObject.builder().put("why", "the connection was lost").build()))
            .exceptionally(
                failure -> {
                  LOG.log(
                      Level.WARNING,
                      "could not seal the stop of {0} {1}: {2}",
                      started.source(),
                      started.instance(),
                      failure.getMessage());
                  return new Receipt(0, Hash.ZERO);
                });
      }
      client.on.clear();
    } finally {
      client.lock.unlock();
    }
  }
}
