package io.osmoda.agents;

import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.DraftRefusedException;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.entry.Status;
import io.osmoda.format.entry.TraceContext;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonNull;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes down what happens: one method an entry, which hands the draft over. Losses are counted by
 * {@link Recording}, so a future that nobody waits for may be let go. Thread-safe.
 */
final class Entries {
  private static final int MAX_TOOL = 256;
  private static final int MAX_TARGET = 1_024;

  /** Tools whose hashes are named in one entry. */
  private static final int MAX_TOOLS = 2_000;

  /** Members of a tool call's params that have a place of their own in the payload. */
  private static final Set<String> KNOWN_PARAMS =
      Set.of("name", "arguments", "_meta", "task", "inputResponses", "requestState");

  private final Recording recording;
  private final PayloadText text;
  private final String server;
  private final LongSupplier nanos;
  private volatile @Nullable String protocolVersion;

  /**
   * @param server the server's name, which becomes the target of what has no other
   * @param nanos a monotonic clock
   */
  Entries(Recording recording, PayloadText text, String server, LongSupplier nanos) {
    this.recording = recording;
    this.text = text;
    this.server = server;
    this.nanos = nanos;
  }

  /** Remembers the revision that the peers have agreed on. */
  void protocolVersion(@Nullable String version) {
    this.protocolVersion = version;
  }

  @Nullable String protocolVersion() {
    return protocolVersion;
  }

  /** Seals that a request is about to pass. */
  CompletableFuture<Receipt> intent(
      Call call, Status status, List<CauseReference> causes, List<InputRounds.Answer> answers) {
    Message request = call.request();
    JsonObject.Builder payload = about(call.direction(), request);
    payload.put("method", text.text(request.method()));
    payload.put("request_bytes", request.whole().length());
    String version = versionOf(request);
    if (version != null) {
      payload.put("protocol_version", text.text(version));
    }
    JsonSlice client = request.meta("io.modelcontextprotocol/clientInfo");
    if (client != null) {
      payload.put("client", text.full(client));
    }
    params(call, payload);
    if (!answers.isEmpty()) {
      payload.put(
          "answers",
          new JsonArray(
              answers.stream()
                  .map(
                      answer ->
                          (JsonValue)
                              JsonObject.builder()
                                  .put("key", text.text(answer.key()))
                                  .put("status", answer.status().text())
                                  .build())
                  .toList()));
    }
    String action = call.exchange().intent();
    EntryDraft draft =
        draft(action == null ? "mcp_request" : action, status, call, causes, payload.build());
    return recording.appendAwaited(draft, request.whole().length());
  }

  private void params(Call call, JsonObject.Builder payload) {
    JsonSlice params = call.request().params();
    if (params == null) {
      return;
    }
    if (call.exchange() != Exchange.TOOL_CALL) {
      payload.put("params", text.capture(params, call.mode()));
      return;
    }
    boolean odd = !params.isObject();
    for (JsonSlice.Member member : params.members()) {
      switch (member.name()) {
        case "arguments" -> payload.put("arguments", text.capture(member.value(), call.mode()));
        case "task" -> payload.put("task", text.full(member.value()));
        case "requestState" ->
            payload.put("request_state_sha256", InputRounds.stateHash(member.value()));
        default -> odd |= !KNOWN_PARAMS.contains(member.name());
      }
    }
    if (odd) {
      payload.put("params", text.capture(params, call.mode()));
    }
  }

  /** How an answered call ended. */
  record Outcome(
      Status status,
      CallTable.Answered answered,
      @Nullable Message answer,
      @Nullable String reason,
      JsonObject more) {}

  /** Seals what came of a request. */
  CompletableFuture<Receipt> outcome(Outcome outcome) {
    Call call = outcome.answered().call();
    JsonObject.Builder payload = about(call.direction(), call.request());
    payload.put("duration_ns", Math.max(0, nanos.getAsLong() - call.started()));
    payload.put("request_bytes", call.request().whole().length());
    int bytes = 0;
    Message answer = outcome.answer();
    if (answer != null) {
      bytes = answer.whole().length();
      payload.put("response_bytes", bytes);
      JsonSlice content = answer.answer();
      if (content != null) {
        boolean error = answer.kind() == Message.Kind.ERROR;
        payload.put(error ? "error" : "result", text.capture(content, call.mode()));
      }
    }
    if (outcome.answered().late()) {
      payload.put("late", true);
    }
    if (outcome.answered().ambiguous()) {
      payload.put("ambiguous", true);
    }
    if (call.progress().get() > 0) {
      payload.put("progress", call.progress().get());
    }
    if (outcome.reason() != null) {
      payload.put("reason", text.text(outcome.reason()));
    }
    outcome.more().members().forEach(payload::put);
    List<CauseReference> causes = new ArrayList<>();
    for (Call cause : outcome.answered().causes()) {
      CauseReference reference = cause.cause();
      if (reference != null && causes.size() < 64) {
        causes.add(reference);
      }
    }
    String action = call.exchange().outcome();
    return append(
        action == null ? "tool_result" : action,
        outcome.status(),
        call,
        causes,
        payload.build(),
        bytes);
  }

  /** Seals an exchange that is told by one entry, when its answer is there or will not come. */
  void exchange(Call call, Status status, @Nullable Message answer, JsonObject more) {
    String action = call.exchange().outcome();
    if (action == null) {
      return;
    }
    Message request = call.request();
    JsonObject.Builder payload = about(call.direction(), request);
    payload.put("duration_ns", Math.max(0, nanos.getAsLong() - call.started()));
    JsonSlice params = request.params();
    if (params != null) {
      payload.put("params", text.capture(params, call.mode()));
    }
    int bytes = request.whole().length();
    JsonSlice content = answer == null ? null : answer.answer();
    if (answer != null && content != null) {
      bytes += answer.whole().length();
      boolean error = answer.kind() == Message.Kind.ERROR;
      payload.put(error ? "error" : "result", text.capture(content, call.mode()));
    }
    more.members().forEach(payload::put);
    var _ = append(action, status, call, List.of(), payload.build(), bytes);
  }

  /** Seals one page of a tool list, then each change that it shows. */
  void toolList(Call call, ToolPins.Page page, JsonSlice definitions, boolean announced) {
    List<JsonValue> tools = new ArrayList<>();
    for (ToolPins.Tool tool : page.tools()) {
      if (tools.size() == MAX_TOOLS) {
        break;
      }
      tools.add(
          JsonObject.builder()
              .put("name", shortName(tool.name()))
              .put("sha256", tool.sha256())
              .build());
    }
    JsonObject.Builder payload =
        about(call.direction(), call.request())
            .put("duration_ns", Math.max(0, nanos.getAsLong() - call.started()))
            .put("count", page.tools().size())
            .put("tools", new JsonArray(tools))
            .put("complete", page.complete());
    if (page.fresh()) {
      payload.put("definitions", text.full(definitions));
    }
    var _ = append("tool_list", Status.OK, call, List.of(), payload.build(), definitions.length());
    for (ToolPins.Change change : page.changes()) {
      JsonObject.Builder told =
          JsonObject.builder()
              .put("change", change.change())
              .put("name", shortName(change.name()))
              .putIfPresent("before_sha256", change.before())
              .putIfPresent("after_sha256", change.after())
              .put("announced", announced);
      JsonSlice definition = change.definition();
      if (definition != null) {
        told.put("definition", text.full(definition));
      }
      EntryDraft draft =
          recording.draft(
              "tool_change",
              Status.OK,
              builder ->
                  builder
                      .tool(SecretMask.clean(change.name(), MAX_TOOL))
                      .target(server)
                      .payload(told.build()));
      var _ = recording.append(draft, definition == null ? 0 : definition.length());
    }
  }

  /** Seals one question that a result asks of the human or model behind the client. */
  CompletableFuture<Receipt> asked(Call call, Exchange kind, String key, JsonSlice question) {
    CauseReference cause = call.cause();
    String action = kind.outcome();
    return append(
        action == null ? "mcp_request" : action,
        Status.PENDING,
        null,
        cause == null ? List.of() : List.of(cause),
        JsonObject.builder()
            .put("from", Direction.TO_CLIENT.sender())
            .put("key", text.text(key))
            .put("request", text.capture(question, call.mode()))
            .build(),
        question.length());
  }

  /** Seals the answer to such a question, or that none came. */
  CompletableFuture<Receipt> answered(
      Exchange kind,
      String key,
      Status status,
      @Nullable CauseReference question,
      @Nullable JsonSlice answer,
      CaptureMode mode) {
    String action = kind.outcome();
    JsonObject.Builder payload =
        JsonObject.builder().put("from", Direction.TO_SERVER.sender()).put("key", text.text(key));
    if (answer != null) {
      payload.put("answer", text.capture(answer, mode));
    }
    return append(
        action == null ? "mcp_response" : action,
        status,
        null,
        question == null ? List.of() : List.of(question),
        payload.build(),
        answer == null ? 0 : answer.length());
  }

  /** Seals a notification. */
  CompletableFuture<Receipt> notification(
      String action, Status status, Direction direction, Message message, CaptureMode mode) {
    JsonObject.Builder payload =
        JsonObject.builder()
            .put("from", direction.sender())
            .put("method", text.text(message.method()));
    JsonSlice params = message.params();
    if (params != null) {
      payload.put("params", text.capture(params, mode));
    }
    return append(action, status, null, List.of(), payload.build(), message.whole().length());
  }

  /** Seals what breaks the protocol, with the bytes as they came. */
  CompletableFuture<Receipt> protocolError(
      Direction direction, String problem, byte[] bytes, int start, int end) {
    JsonObject.Builder payload =
        JsonObject.builder()
            .put("from", direction.sender())
            .put("problem", problem)
            .put("bytes", end - start);
    text.raw(bytes, start, end).members().forEach(payload::put);
    return append("protocol_error", Status.ERROR, null, List.of(), payload.build(), end - start);
  }

  /** Seals an event of the server's process. */
  CompletableFuture<Receipt> service(
      String action, Status status, List<CauseReference> causes, JsonObject payload) {
    return append(action, status, null, causes, payload, 0);
  }

  private CompletableFuture<Receipt> append(
      String action,
      Status status,
      @Nullable Call call,
      List<CauseReference> causes,
      JsonObject payload,
      int bytes) {
    return recording.append(draft(action, status, call, causes, payload), bytes);
  }

  private EntryDraft draft(
      String action,
      Status status,
      @Nullable Call call,
      List<CauseReference> causes,
      JsonObject payload) {
    return recording.draft(
        action,
        status,
        builder -> {
          builder.target(targetOf(call)).causedBy(causes).payload(payload);
          if (call != null) {
            builder.trace(call.trace());
            if (call.exchange() == Exchange.TOOL_CALL) {
              builder.tool(SecretMask.clean(text.mask().mask(call.name()), MAX_TOOL));
            }
          }
        });
  }

  private @Nullable String targetOf(@Nullable Call call) {
    String target =
        call == null
            ? null
            : switch (call.exchange()) {
              case RESOURCE_READ -> text.mask().target(call.name(), MAX_TARGET);
              case PROMPT_GET -> SecretMask.clean(text.mask().mask(call.name()), MAX_TARGET);
              default -> null;
            };
    return target == null ? server : target;
  }

  private JsonObject.Builder about(Direction direction, Message message) {
    JsonSlice id = message.rawId();
    return JsonObject.builder()
        .put("from", direction.sender())
        .put("id", id == null ? JsonNull.NULL : text.full(id));
  }

  private JsonValue shortName(String name) {
    String clean = SecretMask.clean(name, MAX_TOOL);
    return new JsonString(clean == null ? "" : clean);
  }

  private @Nullable String versionOf(Message request) {
    JsonSlice version = request.meta("io.modelcontextprotocol/protocolVersion");
    String named = version == null ? null : version.text();
    return named == null ? protocolVersion : named;
  }

  /**
   * The trace context that a request carries; null if there is none, or none that is well formed.
   */
  static @Nullable TraceContext traceOf(Message request) {
    JsonSlice meta = request.meta("traceparent");
    String parent = meta == null ? null : meta.text();
    if (parent == null || parent.length() < 55 || parent.startsWith("ff")) {
      return null;
    }
    boolean shaped =
        parent.charAt(2) == '-' && parent.charAt(35) == '-' && parent.charAt(52) == '-';
    boolean whole = parent.length() == 55 || (!parent.startsWith("00") && parent.charAt(55) == '-');
    if (!shaped || !whole) {
      return null;
    }
    try {
      return new TraceContext(parent.substring(3, 35), parent.substring(36, 52), null);
    } catch (DraftRefusedException e) {
      return null; // not lower-case hex or all zero: not a trace context
    }
  }
}
