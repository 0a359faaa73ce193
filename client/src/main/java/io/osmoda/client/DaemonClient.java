package io.osmoda.client;

import io.osmoda.format.entry.DraftRefusedException;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.NoSuchEntryException;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.format.log.Hash;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a short command asks of the daemon that holds its ledger. Not thread-safe. */
public final class DaemonClient implements AutoCloseable {
  private static final Duration ANSWER = Duration.ofMinutes(5);

  /** Longer lines are entries. */
  private static final int MAX_CURSOR_LINE = 2_048;

  private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ENTRY = "event: entry".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] CAUGHT_UP =
      (": " + Wire.CAUGHT_UP).getBytes(StandardCharsets.US_ASCII);
  private static final byte[] END = "event: end".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] NEAR_MISSES = "{\"near_misses\"".getBytes(StandardCharsets.US_ASCII);

  private final UnixHttp connection;
  private List<String> nearMisses = List.of();

  public DaemonClient(UnixHttp connection) {
    this.connection = connection;
  }

  public Receipt append(EntryDraft draft) throws IOException {
    UnixHttp.Reply reply =
        connection.send(
            "POST",
            "/api/v1/entries",
            Map.of("Content-Type", Wire.JSON),
            DraftJson.write(draft),
            ANSWER);
    JsonObject json = UnixHttp.json(expect(201, reply).bytes());
    Long seq = Json.integer(json, "seq");
    String hash = json.string("entry_hash");
    if (seq == null || hash == null) {
      throw new IOException("the daemon sent an unexpected response; are both the same version?");
    }
    return new Receipt(seq, Hash.fromHex(hash));
  }

  /**
   * Reads entries that a query string asks for; gives the cursor for the rest, null after the last.
   */
  public @Nullable String query(
      String filter, String sort, long limit, @Nullable String from, EntrySink sink)
      throws IOException {
    String cursor = from;
    long left = limit;
    nearMisses = List.of();
    do {
      String target =
          "/api/v1/entries?sort="
              + sort
              + "&limit="
              + left
              + (cursor == null ? "" : "&cursor=" + cursor)
              + "&near_misses=true&"
              + filter;
      ReplyLines lines =
          new ReplyLines(expect(200, get(target, Map.of("Accept", Wire.NDJSON))).body());
      cursor = null;
      for (byte[] line = lines.next(); line != null; line = lines.next()) {
        if (startsWith(line, NEAR_MISSES)) {
          nearMisses = nearMisses(UnixHttp.json(line));
          continue;
        }
        cursor = cursor(line);
        if (cursor == null) {
          left--;
          if (!sink.accept(Entry.parse(line))) {
            connection.close();
            return null;
          }
        }
      }
    } while (cursor != null && left > 0);
    return cursor;
  }

  public long count(String filter) throws IOException {
    JsonObject answer = counted("/api/v1/count?" + filter);
    Long count = Json.integer(answer, "count");
    if (count == null) {
      throw new IOException("the daemon sent an unexpected response; are both the same version?");
    }
    return count;
  }

  public JsonObject facets(String filter, String by, int limit) throws IOException {
    return counted("/api/v1/facets?by=" + by + "&limit=" + limit + "&" + filter);
  }

  /**
   * Counts by time.
   *
   * @param by a member to count by too; null for none
   * @param limit most of its values to name
   */
  public JsonObject histogram(String filter, Duration interval, @Nullable String by, int limit)
      throws IOException {
    String more = by == null ? "" : "&by=" + by + "&limit=" + limit;
    return counted("/api/v1/histogram?interval=" + interval + more + "&" + filter);
  }

  private JsonObject counted(String target) throws IOException {
    JsonObject answer = json(target);
    nearMisses = nearMisses(answer);
    return answer;
  }

  /** Why an answer found nothing, in sentences; empty where it does not say. */
  public static List<String> nearMisses(JsonObject answer) {
    List<String> told = new ArrayList<>();
    if (answer.get("near_misses") instanceof JsonArray array) {
      for (JsonValue each : array.elements()) {
        if (each instanceof JsonString(String text)) {
          told.add(text);
        }
      }
    }
    return List.copyOf(told);
  }

  /** Why the last question found nothing, in sentences; empty where it found something. */
  public List<String> nearMisses() {
    return nearMisses;
  }

  public JsonObject summary(Instant from, Instant to, @Nullable String actor) throws IOException {
    return json(
        "/api/v1/summary?from="
            + from
            + "&to="
            + to
            + (actor == null ? "" : "&actor=" + URLEncoder.encode(actor, StandardCharsets.UTF_8)));
  }

  /** What a GET answers, as one JSON object. */
  public JsonObject json(String target) throws IOException {
    return UnixHttp.json(expect(200, found(get(target, Map.of()))).bytes());
  }

  /** The cursor of a line that is one; null for an entry. */
  private static @Nullable String cursor(byte[] line) throws IOException {
    String prefix = "{\"next_cursor\"";
    return line.length < MAX_CURSOR_LINE
            && new String(line, StandardCharsets.UTF_8).startsWith(prefix)
        ? UnixHttp.json(line).string("next_cursor")
        : null;
  }

  public Entry entry(long seq) throws IOException {
    return Entry.parse(expect(200, found(get("/api/v1/entries/" + seq, Map.of()))).bytes());
  }

  private static UnixHttp.Reply found(UnixHttp.Reply reply) throws IOException {
    if (reply.status() == 404) {
      throw new NoSuchEntryException(String.valueOf(problem(reply).string("detail")));
    }
    return reply;
  }

  public JsonObject status() throws IOException {
    return json("/api/v1/status");
  }

  /** The real path of the ledger that the daemon holds; null where it does not tell. */
  @Nullable String ledger() throws IOException {
    return status().get("daemon") instanceof JsonObject daemon ? daemon.string("ledger") : null;
  }

  public byte[] proof(long seq) throws IOException {
    return expect(200, found(get("/api/v1/entries/" + seq + "/proof", Map.of()))).bytes();
  }

  public byte[] post(String target, JsonObject body) throws IOException {
    UnixHttp.Reply reply =
        connection.send(
            "POST", target, Map.of("Content-Type", Wire.JSON), Json.bytes(body), ANSWER);
    boolean isDone = reply.status() == 201 || reply.status() == 202;
    return expect(isDone ? reply.status() : 200, reply).bytes();
  }

  /** What a POST answers, bit by bit; to be read to its end. */
  public InputStream postForStream(String target, JsonObject body) throws IOException {
    return expect(
            200,
            connection.send(
                "POST", target, Map.of("Content-Type", Wire.JSON), Json.bytes(body), ANSWER))
        .body();
  }

  public void follow(String filter, long newest, boolean countReads, EntrySink sink)
      throws IOException {
    Map<String, String> headers = new HashMap<>();
    headers.put("Accept", Wire.EVENT_STREAM);
    String target = "/api/v1/stream?newest=" + newest + "&count_reads=" + countReads + "&" + filter;
    ReplyLines lines = new ReplyLines(expect(200, get(target, headers)).body());
    byte[] kind = ENTRY;
    for (byte[] line = lines.next(); line != null; line = lines.next()) {
      if (Arrays.equals(line, ENTRY) || Arrays.equals(line, END)) {
        kind = line;
      } else if (Arrays.equals(line, CAUGHT_UP)) {
        if (!sink.caughtUp()) {
          connection.close();
          return;
        }
      } else if (startsWith(line, DATA)) {
        byte[] data = Arrays.copyOfRange(line, DATA.length, line.length);
        if (Arrays.equals(kind, END)) {
          throw new IOException("the stream ended: " + UnixHttp.json(data).string("reason"));
        }
        if (!sink.accept(Entry.parse(data))) {
          connection.close();
          return;
        }
      }
    }
    throw new IOException("the daemon closed the stream");
  }

  private static boolean startsWith(byte[] line, byte[] start) {
    return line.length >= start.length
        && Arrays.equals(line, 0, start.length, start, 0, start.length);
  }

  private UnixHttp.Reply get(String target, Map<String, String> headers) throws IOException {
    return connection.send("GET", target, headers, null, ANSWER);
  }

  private static UnixHttp.Reply expect(int status, UnixHttp.Reply reply) throws IOException {
    if (reply.status() == status) {
      return reply;
    }
    JsonObject problem = problem(reply);
    String member = problem.string("member");
    String reason = problem.string("reason");
    if (member != null && reason != null) {
      throw new DraftRefusedException(member, reason);
    }
    throw new IOException("the daemon refused: " + problem.string("detail"));
  }

  private static JsonObject problem(UnixHttp.Reply reply) throws IOException {
    byte[] bytes = reply.bytes();
    try {
      if (CanonicalJson.parse(bytes) instanceof JsonObject json) {
        return json;
      }
    } catch (JsonException e) {
      throw new IOException("the daemon answered with status " + reply.status(), e);
    }
    throw new IOException("the daemon answered with status " + reply.status());
  }

  @Override
  public void close() {
    connection.close();
  }
}
