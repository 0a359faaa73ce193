package io.osmoda.daemon;

import io.osmoda.client.CaptureFrames;
import io.osmoda.client.CaptureFrames.Item;
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
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
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
  private static final HexFormat HEX = HexFormat.of();

  private final Ledger ledger;
  private final LedgerReader reader;
  private final Metrics metrics;
  private final String instance;
  private final Duration grace;
  private final Map<String, Client> clients = new ConcurrentHashMap<>();
  private volatile boolean stopping;

  private final Set<CaptureStream> streams = ConcurrentHashMap.newKeySet();
  private final AtomicInteger serving = new AtomicInteger();
  private final AtomicLong lastActivity = new AtomicLong(System.nanoTime());

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

  /**
   * {@code POST /api/v1/capture/session}: ends the client's earlier sessions and begins one; on
   * this connection, which is no longer HTTP then, where the client asks for that.
   */
  void session(Exchange exchange) throws IOException, Problem {
    String key = clientKey(exchange);
    Client client = clients.computeIfAbsent(key, id -> new Client());
    client.lock.lock();
    try {
      client.session++;
      client.endPoint = exchange.endPoint();
      // A capture point may be silent for hours; it goes when its process goes.
      exchange.endPoint().setIdleTimeout(0);
      if (CaptureFrames.PROTOCOL.equals(exchange.header("Upgrade"))) {
        CaptureStream stream = stream(exchange, client);
        streams.add(stream);
        exchange.upgrade(CaptureFrames.PROTOCOL, stream);
        return;
      }
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

  private CaptureStream stream(Exchange exchange, Client client) throws IOException {
    long session = client.session;
    Caller caller = exchange.caller();
    Limits limits = exchange.limits();
    return new CaptureStream(
        exchange.endPoint(),
        exchange.executor(),
        CaptureFrames.welcome(reader.size(), client.on.size()),
        limits,
        new CaptureStream.Handler() {
          @Override
          public @Nullable ByteBuffer serve(ByteBuffer message) throws IOException {
            return CaptureApi.this.serve(client, session, caller, limits, message);
          }

          @Override
          public void ended(CaptureStream stream) {
            streams.remove(stream);
          }
        });
  }

  /** Serves a message of a stream; null where its session is over, or the daemon stops. */
  private @Nullable ByteBuffer serve(
      Client client, long session, Caller caller, Limits limits, ByteBuffer message)
      throws IOException {
    serving.incrementAndGet();
    lastActivity.set(System.nanoTime());
    client.lock.lock();
    try {
      if (stopping || client.session != session) {
        return null;
      }
      CaptureFrames.Request request = CaptureFrames.readRequest(message);
      if (request.items().size() > limits.drafts()) {
        return CaptureFrames.refusal("a message may have " + limits.drafts() + " items");
      }
      List<Item> items = new ArrayList<>(request.items().size());
      for (Item item : request.items()) {
        items.add(permitted(item, caller));
      }
      List<CompletableFuture<Receipt>> receipts = seal(client, items, request.resumeAfter());
      CaptureFrames.Answer answer = new CaptureFrames.Answer(receipts.size());
      for (CompletableFuture<Receipt> receipt : receipts) {
        try {
          answer.sealed(receipt.join());
          metrics.appended(1);
        } catch (CompletionException e) {
          metrics.refused();
          answer.notSealed(Problem.from(e.getCause()).toJson());
        }
      }
      metrics.request("/api/v1/capture", 200);
      return answer.message();
    } catch (CaptureFrames.BadFrameException e) {
      metrics.request("/api/v1/capture", 400);
      return CaptureFrames.refusal("the message is not of the form " + CaptureFrames.PROTOCOL);
    } finally {
      client.lock.unlock();
      serving.decrementAndGet();
      lastActivity.set(System.nanoTime());
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
        items.add(permitted(item(line), exchange.caller()));
      }
      long resumeAfter = resumeAfter(exchange.header(Wire.RESUME_HEADER));
      List<CompletableFuture<Receipt>> receipts = seal(client, items, resumeAfter);
      exchange.bytes(200, Wire.NDJSON, EntriesApi.answers(receipts, metrics));
    } finally {
      client.lock.unlock();
    }
  }

  /** Hands all items to the ledger, but for those that are sealed already; the lock is held. */
  private List<CompletableFuture<Receipt>> seal(Client client, List<Item> items, long resumeAfter)
      throws IOException {
    Map<String, Receipt> sealed = alreadySealed(resumeAfter, items);
    Ledger.Batch batch = ledger.batch();
    List<CompletableFuture<Receipt>> receipts = new ArrayList<>(items.size());
    for (Item item : items) {
      receipts.add(take(client, item, sealed, batch));
    }
    batch.seal();
    return receipts;
  }

  /** The daemon stops: connections that close now are no loss. */
  void stop() {
    stopping = true;
    streams.forEach(CaptureStream::stop);
  }

  /** Messages of streams being served now. */
  int active() {
    return serving.get();
  }

  /** When a message last began or ended, {@link System#nanoTime}. */
  long lastActivity() {
    return lastActivity.get();
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

  private static Item item(byte[] line) throws Problem {
    if (!(parse(line) instanceof JsonObject json)) {
      throw Problem.badRequest("each line of a capture request must be a JSON object");
    }
    String hex = json.string("salt");
    if (hex == null || !hex.matches("[0-9a-f]{" + 2 * CaptureFrames.SALT_BYTES + "}")) {
      throw Problem.badRequest("salt must have " + 2 * CaptureFrames.SALT_BYTES + " hex digits");
    }
    byte[] salt = HEX.parseHex(hex);
    try {
      if (json.get("event") instanceof JsonObject event) {
        return new Item(salt, null, event(event), null);
      }
      String source = json.string("source");
      if (json.get("draft") == null || source == null) {
        throw Problem.badRequest("each line of a capture request needs draft and source, or event");
      }
      return new Item(salt, DraftJson.read(json.get("draft"), source), null, null);
    } catch (DraftRefusedException e) {
      return new Item(salt, null, null, e);
    }
  }

  /** The item, refused where the caller may not write as its actor. */
  private static Item permitted(Item item, Caller caller) {
    EntryDraft draft = item.draft();
    if (draft == null || caller.mayWriteAs(draft.actor())) {
      return item;
    }
    return new Item(
        item.salt(),
        null,
        null,
        new DraftRefusedException("actor", caller.name() + " may not write as " + draft.actor()));
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

  private static CompletableFuture<Receipt> take(
      Client client, Item item, Map<String, Receipt> sealed, Ledger.Batch batch) {
    if (item.refused() != null) {
      return CompletableFuture.failedFuture(item.refused());
    }
    CaptureEvent event = item.event();
    if (event != null) {
      String key = event.source() + ' ' + event.instance();
      switch (event.kind()) {
        case START -> client.on.put(key, event);
        case STOP -> client.on.remove(key);
        case GAP -> {}
      }
    }
    Receipt receipt = sealed.isEmpty() ? null : sealed.get(HEX.formatHex(item.salt()));
    if (receipt != null) {
      return CompletableFuture.completedFuture(receipt);
    }
    EntryDraft draft = item.draft();
    try {
      if (draft != null) {
        return batch.append(draft, item.salt());
      }
      return event == null
          ? CompletableFuture.failedFuture(new IllegalStateException("an item without content"))
          : batch.capture(event, item.salt());
    } catch (DraftRefusedException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static long resumeAfter(@Nullable String header) throws Problem {
    if (header == null) {
      return CaptureFrames.SENT_FIRST;
    }
    if (!header.matches("-1|0|[1-9][0-9]{0,15}")
        || Long.parseLong(header) > JsonNumber.MAX_SAFE_INTEGER) {
      throw Problem.badRequest(Wire.RESUME_HEADER + " must be a sequence number, or -1");
    }
    return Long.parseLong(header);
  }

  /** Receipts, by salt, of those items that were sealed after the entry that a resend names. */
  private Map<String, Receipt> alreadySealed(long resumeAfter, List<Item> items)
      throws IOException {
    if (resumeAfter == CaptureFrames.SENT_FIRST) {
      return Map.of();
    }
    Map<String, String> saltsByPayloadHash = new HashMap<>();
    MessageDigest digest = Digests.sha256();
    for (Item item : items) {
      String salt = HEX.formatHex(item.salt());
      if (item.draft() != null) {
        digest.update(item.salt());
        saltsByPayloadHash.put(HEX.formatHex(digest.digest(item.draft().payload())), salt);
      } else if (item.event() != null) {
        saltsByPayloadHash.put(salt, salt);
      }
    }
    Map<String, Receipt> sealed = new HashMap<>();
    long from = Math.clamp(resumeAfter + 1, 0, reader.size());
    try (EntryCursor cursor = reader.read(from, reader.size())) {
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
    if (stopping || endPoint.isOpen()) {
      return; // the ledger's end seals the stop of all that is on; or it is no longer HTTP
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
