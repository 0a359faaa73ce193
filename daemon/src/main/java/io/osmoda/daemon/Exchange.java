package io.osmoda.daemon;

import io.osmoda.client.Json;
import io.osmoda.client.Wire;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.query.Condition;
import io.osmoda.query.EntryFilter;
import io.osmoda.query.Moments;
import io.osmoda.query.WhereException;
import io.osmoda.query.WhereParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.AbstractConnection;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;

/** One request and its answer, for the thread that serves it. Not thread-safe. */
final class Exchange implements AutoCloseable {
  static final String TEXT = "text/plain; charset=utf-8";

  private static final int CHUNK = 64 * Limits.KIB;

  private final Request request;
  private final Response response;
  private final Limits limits;
  private final ConnectionGuard guard;
  private final Semaphore bufferedBytes;
  private final @Nullable Caller caller;
  private final Map<String, String> path;
  private final Map<String, List<String>> query;
  private int buffered;

  Exchange(
      Request request,
      Response response,
      Limits limits,
      ConnectionGuard guard,
      Semaphore bufferedBytes,
      @Nullable Caller caller,
      Map<String, String> path)
      throws Problem {
    this.request = request;
    this.response = response;
    this.limits = limits;
    this.guard = guard;
    this.bufferedBytes = bufferedBytes;
    this.caller = caller;
    this.path = path;
    this.query = parameters(request);
  }

  private static Map<String, List<String>> parameters(Request request) throws Problem {
    if (request.getHttpURI().getQuery() == null) {
      return Map.of();
    }
    try {
      return Map.copyOf(Request.extractQueryParameters(request).toMultiMap());
    } catch (RuntimeException e) {
      throw Problem.badRequest("the query string is not well-formed: " + e.getMessage());
    }
  }

  /** Who asks; only for routes that are not open. */
  Caller caller() {
    if (caller == null) {
      throw new IllegalStateException("an open route has no caller");
    }
    return caller;
  }

  Limits limits() {
    return limits;
  }

  String pathParameter(String name) {
    String value = path.get(name);
    if (value == null) {
      throw new IllegalStateException("the route has no parameter " + name);
    }
    return value;
  }

  /** A sequence number in the path. */
  long seq() throws Problem {
    return integer("the sequence number in the path", pathParameter("seq"), 0);
  }

  /** All values of a query parameter. */
  List<String> queryAll(String name) {
    return query.getOrDefault(name, List.of());
  }

  /** The one value of a query parameter, null where it is absent. */
  @Nullable String queryOne(String name) throws Problem {
    List<String> values = queryAll(name);
    if (values.size() > 1) {
      throw Problem.badRequest("the parameter " + name + " must be given only once");
    }
    return values.isEmpty() ? null : values.getFirst();
  }

  long queryInteger(String name, long least, long otherwise) throws Problem {
    String value = queryOne(name);
    return value == null ? otherwise : integer("the parameter " + name, value, least);
  }

  boolean queryBoolean(String name, boolean otherwise) throws Problem {
    return switch (queryOne(name)) {
      case null -> otherwise;
      case "true" -> true;
      case "false" -> false;
      case String other ->
          throw Problem.badRequest(
              "the parameter " + name + " must be true or false, not \"" + other + '"');
    };
  }

  private static long integer(String what, String text, long least) throws Problem {
    if (text.matches("0|[1-9][0-9]{0,15}")) {
      long value = Long.parseLong(text);
      if (value >= least && value <= JsonNumber.MAX_SAFE_INTEGER) {
        return value;
      }
    }
    throw Problem.badRequest(
        what + " must be an integer from " + least + " to 2^53-1, not \"" + text + '"');
  }

  /** Refuses parameters that the route does not know: a misspelt filter would match everything. */
  void allowQuery(Collection<String> names) throws Problem {
    for (String name : query.keySet()) {
      if (!names.contains(name)) {
        throw Problem.badRequest(
            "unknown parameter " + name + "; valid names are " + String.join(", ", names));
      }
    }
  }

  /** The filter that the query parameters describe. */
  EntryFilter filter() throws Problem {
    Map<String, List<String>> members = new LinkedHashMap<>();
    for (String name : EntryFilter.MEMBERS) {
      members.put(name, queryAll(name));
    }
    try {
      return new EntryFilter(
          instant("from"), instant("to"), members, queryOne("text"), condition("where"));
    } catch (RequestRefusedException e) {
      throw Problem.badRequest(String.valueOf(e.getMessage()));
    }
  }

  /** A moment that a query parameter names, null where it is absent. */
  @Nullable Instant instant(String name) throws Problem {
    String text = queryOne(name);
    try {
      return text == null ? null : Moments.parse(text, Instant.now(), ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw Problem.badRequest(
          "the parameter " + name + ": " + e.getMessage() + "; use one of: " + Moments.FORMS);
    }
  }

  private @Nullable Condition condition(String name) throws Problem {
    String text = queryOne(name);
    try {
      return text == null ? null : WhereParser.parse(text, Instant.now(), ZoneOffset.UTC);
    } catch (WhereException e) {
      throw Problem.badCondition(name, e);
    }
  }

  @Nullable String header(String name) {
    return request.getHeaders().get(name);
  }

  /** Whether the caller asks for one JSON value a line. */
  boolean wantsLines() {
    String accept = header("Accept");
    return accept != null && accept.contains(Wire.NDJSON);
  }

  /** The body's media type in lower case, without parameters; empty if there is none. */
  String mediaType() {
    String type = header("Content-Type");
    if (type == null) {
      return "";
    }
    int end = type.indexOf(';');
    return (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
  }

  /** The whole body, within the limits of size, time and memory. */
  byte[] body() throws IOException, Problem {
    if (request.getLength() > limits.bodyBytes()) {
      throw bodyTooLarge();
    }
    long deadline = System.nanoTime() + limits.bodyTime().toNanos();
    // One byte more than is told, so that the end shows without another array.
    int told = (int) request.getLength() + 1;
    byte[] body = new byte[told > 0 ? Math.min(told, CHUNK) : CHUNK];
    int size = 0;
    InputStream in = Content.Source.asInputStream(request);
    while (true) {
      if (size == body.length) {
        body = Arrays.copyOf(body, told > size ? Math.min(told, 2 * size) : 2 * size);
      }
      int count = read(in, body, size);
      if (count < 0) {
        return size == body.length ? body : Arrays.copyOf(body, size);
      }
      if (size + count > limits.bodyBytes()) {
        throw bodyTooLarge();
      }
      if (System.nanoTime() - deadline > 0) {
        throw slowBody();
      }
      if (!bufferedBytes.tryAcquire(count)) {
        throw Problem.busy(503, "too many large requests are in progress", 1);
      }
      buffered += count;
      size += count;
    }
  }

  private int read(InputStream in, byte[] body, int at) throws IOException, Problem {
    try {
      return in.read(body, at, body.length - at);
    } catch (IOException e) {
      if (e.getCause() instanceof TimeoutException) {
        throw slowBody();
      }
      throw e;
    }
  }

  private Problem bodyTooLarge() {
    return Problem.tooLarge(
        "a request's body may have " + limits.bodyBytes() + " bytes: send smaller batches");
  }

  private Problem slowBody() {
    return Problem.of(
        408,
        "too-slow",
        "The request took too long",
        "its body did not arrive within " + limits.bodyTime().toSeconds() + " seconds");
  }

  Response response() {
    return response;
  }

  /** Gives the rest of the exchange that much time from now on. */
  void extend(Duration longest) {
    guard.begin(endPoint(), longest);
  }

  /** Watches whether the client still waits. */
  ClientPresence client(LongSupplier nanoTime) {
    return new ClientPresence(request, response, nanoTime);
  }

  EndPoint endPoint() {
    return request.getConnectionMetaData().getConnection().getEndPoint();
  }

  /** What a connection runs its tasks on. */
  Executor executor() {
    return request.getConnectionMetaData().getConnector().getExecutor();
  }

  /** Answers that the connection is another from now on; it takes over when this request ends. */
  void upgrade(String protocol, AbstractConnection connection) throws IOException {
    connection.addEventListener(guard);
    request.setAttribute(HttpStream.UPGRADE_CONNECTION_ATTRIBUTE, connection);
    response.setStatus(101);
    response.getHeaders().put(HttpHeader.CONNECTION, HttpHeader.UPGRADE.asString());
    response.getHeaders().put(HttpHeader.UPGRADE, protocol);
    Content.Sink.write(response, true, ByteBuffer.allocate(0));
  }

  void json(int status, JsonObject value) throws IOException {
    bytes(status, Wire.JSON, Json.line(value));
  }

  /** Answers with that body. */
  void bytes(int status, String contentType, byte[] body) throws IOException {
    write(request, response, status, contentType, body);
  }

  private static void write(
      Request request, Response response, int status, String contentType, byte[] body)
      throws IOException {
    UnreadBody.settle(request, response);
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
    Content.Sink.write(response, true, ByteBuffer.wrap(body));
  }

  /** Answers with a body that is written bit by bit; closing it ends the answer. */
  OutputStream stream(int status, String contentType) {
    UnreadBody.settle(request, response);
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, contentType);
    return Content.Sink.asOutputStream(response);
  }

  /** Answers with problem details. */
  static void problem(Request request, Response response, Problem problem) throws IOException {
    Integer retryAfter = problem.retryAfterSeconds();
    if (retryAfter != null) {
      response.getHeaders().put(HttpHeader.RETRY_AFTER, retryAfter);
    }
    if (problem.status() == 401) {
      response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer");
    }
    write(request, response, problem.status(), Problem.MEDIA_TYPE, Json.line(problem.toJson()));
  }

  @Override
  public void close() {
    bufferedBytes.release(buffered);
    buffered = 0;
  }
}
