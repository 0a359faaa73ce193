package io.osmoda.agents;

import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.entry.Status;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What client and server say to each other: finds out which answer belongs to which request, and
 * has each step written down. Each frame comes by twice: {@link #reading} before it is passed on,
 * {@link #passed} after. Thread-safe, for one thread a direction.
 */
final class Conversation {
  /** Entries for broken messages that need no entry to pass; more of them are only counted. */
  static final int MAX_PROTOCOL_ERRORS = 1_000;

  private static final int MAX_TASKS = 10_000;

  private final Entries entries;
  private final CapturePolicy policy;
  private final LongSupplier nanos;
  private final Map<Direction, CallTable> calls = new EnumMap<>(Direction.class);
  private final ToolPins pins = new ToolPins();
  private final InputRounds rounds = new InputRounds();
  private final Map<String, Call> tasks =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Call> eldest) {
          return size() > MAX_TASKS;
        }
      };
  private final AtomicInteger protocolErrors = new AtomicInteger();
  private final Map<Direction, AtomicLong> messages = new EnumMap<>(Direction.class);
  private final Map<Direction, AtomicLong> bytes = new EnumMap<>(Direction.class);
  private volatile boolean listChanged;

  Conversation(Entries entries, CapturePolicy policy, LongSupplier nanos) {
    this.entries = entries;
    this.policy = policy;
    this.nanos = nanos;
    for (Direction direction : Direction.values()) {
      calls.put(direction, new CallTable());
      messages.put(direction, new AtomicLong());
      bytes.put(direction, new AtomicLong());
    }
  }

  private CallTable calls(Direction direction) {
    return java.util.Objects.requireNonNull(calls.get(direction));
  }

  private static AtomicLong of(Map<Direction, AtomicLong> counters, Direction direction) {
    return java.util.Objects.requireNonNull(counters.get(direction));
  }

  long messages(Direction direction) {
    return of(messages, direction).get();
  }

  long bytes(Direction direction) {
    return of(bytes, direction).get();
  }

  int protocolErrors() {
    return protocolErrors.get();
  }

  // ---- before a frame passes

  /** Reads a frame and hands over the entries that it has to wait for. */
  Passage reading(Direction direction, Frame frame) {
    Passage passage = new Passage(direction, frame, nanos.getAsLong());
    of(bytes, direction).addAndGet(frame.length());
    if (frame.part() == Frame.Part.MORE) {
      return passage;
    }
    byte[] b = frame.bytes();
    int end = frame.contentLength();
    if (frame.part() == Frame.Part.FIRST) {
      broken(passage, "a line too long to be read; it starts with these bytes", 0, end);
      return passage;
    }
    if (JsonScan.space(b, 0, end) == end) {
      return passage;
    }
    if (holdsCarriageReturn(b, end)) {
      broken(passage, "a bare carriage return: some peers end a line there", 0, end);
    }
    JsonSlice value = JsonSlice.of(b, 0, end);
    if (value == null) {
      broken(passage, "not JSON", 0, end);
      return passage;
    }
    if (!value.isArray()) {
      read(passage, Message.of(value));
      return passage;
    }
    List<JsonSlice> elements = value.elements();
    String version = entries.protocolVersion();
    if (elements.isEmpty()) {
      broken(passage, "an empty batch", 0, end);
    } else if (version != null && version.compareTo("2025-06-18") >= 0) {
      broken(passage, "a batch, which revision " + version + " does not know", 0, end);
    }
    for (JsonSlice element : elements) {
      read(passage, Message.of(element));
    }
    return passage;
  }

  private static boolean holdsCarriageReturn(byte[] b, int end) {
    for (int i = 0; i < end; i++) {
      if (b[i] == '\r') {
        return true;
      }
    }
    return false;
  }

  /**
   * Writes down what nobody can be sure to understand. On the way to the server it has to be on
   * record before it passes, since the server may understand it as a call.
   */
  private void broken(Passage passage, String problem, int start, int end) {
    protocolError(passage, problem, start, end, passage.direction() == Direction.TO_SERVER);
  }

  private void protocolError(Passage passage, String problem, int start, int end, boolean gate) {
    if (protocolErrors.incrementAndGet() > MAX_PROTOCOL_ERRORS && !gate) {
      return;
    }
    CompletableFuture<Receipt> receipt =
        entries.protocolError(passage.direction(), problem, passage.frame().bytes(), start, end);
    if (gate) {
      passage.gates().add(receipt);
    }
  }

  private void protocolError(Passage passage, Message message, String problem, boolean gate) {
    protocolError(passage, problem, message.whole().start(), message.whole().end(), gate);
  }

  private void read(Passage passage, Message message) {
    of(messages, passage.direction()).incrementAndGet();
    Passage.Step step = new Passage.Step(message);
    passage.steps().add(step);
    String problem = message.problem();
    if (problem != null) {
      boolean unclear = message.kind() == Message.Kind.NONE || message.doubtful();
      protocolError(
          passage, message, problem, unclear && passage.direction() == Direction.TO_SERVER);
    }
    switch (message.kind()) {
      case REQUEST -> request(passage, step);
      case NOTIFICATION -> notification(passage, message);
      case RESULT, ERROR -> answer(passage, step);
      case NONE -> {}
    }
  }

  private void request(Passage passage, Passage.Step step) {
    Message message = step.message();
    Exchange exchange = Exchange.of(message.method());
    Call call = callOf(passage, exchange, message);
    step.call(call);
    if (exchange.intent() != null) {
      List<CauseReference> causes = new ArrayList<>();
      List<InputRounds.Answer> answers = answers(passage, message, causes);
      CompletableFuture<Receipt> receipt = entries.intent(call, Status.PENDING, causes, answers);
      call.intent(receipt);
      passage.gates().add(receipt);
    }
    MessageId id = message.id();
    if (id != null && calls(passage.direction()).register(id, call)) {
      protocolError(passage, message, "an id that is in flight already", false);
    }
  }

  private static String nameOf(Exchange exchange, Message message) {
    String name =
        switch (exchange) {
          case RESOURCE_READ -> message.param("uri");
          case TOOL_CALL, PROMPT_GET -> message.param("name");
          case TASK_RESULT, TASK_GET, TASK_CANCEL -> message.param("taskId");
          default -> message.method();
        };
    return name == null ? "" : name;
  }

  private static String policyName(Exchange exchange, String name) {
    return switch (exchange) {
      case RESOURCE_READ -> "resource:" + name;
      case PROMPT_GET -> "prompt:" + name;
      case SAMPLING, ELICITATION -> exchange.name().toLowerCase(Locale.ROOT);
      default -> name;
    };
  }

  /** Writes down the answers that a request brings to an earlier result's questions. */
  private List<InputRounds.Answer> answers(
      Passage passage, Message message, List<CauseReference> causes) {
    JsonSlice params = message.params();
    JsonSlice responses = params == null ? null : params.get("inputResponses");
    boolean continues = responses != null || (params != null && params.get("requestState") != null);
    if (!continues) {
      return List.of();
    }
    InputRounds.Round round = rounds.close(message);
    CauseReference first = round == null ? null : round.call().cause();
    if (first != null) {
      causes.add(first);
    }
    List<InputRounds.Answer> answers = new ArrayList<>();
    if (responses == null) {
      return answers;
    }
    for (JsonSlice.Member response : responses.members()) {
      InputRounds.Question question = round == null ? null : round.question(response.name());
      Exchange kind = question == null ? kindOfAnswer(response.value()) : question.kind();
      Status status = InputRounds.statusOf(kind, response.value());
      passage
          .gates()
          .add(
              entries.answered(
                  kind,
                  response.name(),
                  status,
                  question == null ? null : question.cause(),
                  response.value(),
                  policy.modeOf(policyName(kind, ""))));
      answers.add(new InputRounds.Answer(response.name(), status));
    }
    return answers;
  }

  private static Exchange kindOfAnswer(JsonSlice answer) {
    return answer.get("action") != null
        ? Exchange.ELICITATION
        : answer.get("roots") != null ? Exchange.ROOTS : Exchange.SAMPLING;
  }

  private Call callOf(Passage passage, Exchange exchange, Message message) {
    String name = nameOf(exchange, message);
    return new Call(
        passage.direction(),
        exchange,
        message,
        name,
        policy.modeOf(policyName(exchange, name)),
        Entries.traceOf(message),
        passage.read());
  }

  private void notification(Passage passage, Message message) {
    String method = message.method();
    Exchange exchange = Exchange.of(method);
    if (isKnownNotification(method)) {
      return;
    }
    if (exchange.intent() != null && exchange != Exchange.OTHER) {
      // A call without an id: the server may still act on it, and no answer will ever tell.
      Call call = callOf(passage, exchange, message);
      protocolError(passage, message, "a request without an id", false);
      passage.gates().add(entries.intent(call, Status.UNKNOWN, List.of(), List.of()));
    } else if (exchange == Exchange.OTHER) {
      passage
          .gates()
          .add(
              entries.notification(
                  "mcp_notification",
                  Status.OK,
                  passage.direction(),
                  message,
                  policy.modeOf(method)));
    }
  }

  private static boolean isKnownNotification(String method) {
    return switch (method) {
      case "notifications/initialized",
          "notifications/cancelled",
          "notifications/progress",
          "notifications/message",
          "notifications/resources/updated",
          "notifications/tasks/status",
          "notifications/subscriptions/acknowledged",
          "notifications/elicitation/complete" ->
          true;
      default -> method.startsWith("notifications/") && method.endsWith("/list_changed");
    };
  }

  private void answer(Passage passage, Passage.Step step) {
    Message message = step.message();
    MessageId id = message.id();
    CallTable.Answered answered =
        id == null ? null : calls(passage.direction().opposite()).answer(id);
    step.answered(answered);
    if (answered == null) {
      boolean parseError = id == null && message.kind() == Message.Kind.ERROR;
      protocolError(
          passage,
          message,
          parseError ? "an error without an id" : "a response to no request in flight",
          false);
      return;
    }
    Call call = answered.call();
    JsonSlice content = message.answer();
    if (content == null) {
      return;
    }
    if (call.exchange().answerIsDecision()) {
      step.decide();
      passage.gates().add(entries.outcome(decision(answered, message, content)));
    } else if (call.exchange().intent() != null
        && message.kind() == Message.Kind.RESULT
        && "input_required".equals(content.text("resultType"))) {
      questions(passage, call, content);
    }
  }

  private static Entries.Outcome decision(
      CallTable.Answered answered, Message message, JsonSlice content) {
    Exchange exchange = answered.call().exchange();
    Status status =
        message.kind() == Message.Kind.ERROR
            ? Status.ERROR
            : InputRounds.statusOf(exchange, content);
    return new Entries.Outcome(status, answered, message, null, JsonObject.EMPTY);
  }

  private void questions(Passage passage, Call call, JsonSlice result) {
    List<InputRounds.Question> questions = new ArrayList<>();
    JsonSlice requests = result.get("inputRequests");
    if (requests != null) {
      for (JsonSlice.Member request : requests.members()) {
        String method = request.value().text("method");
        Exchange kind = Exchange.of(method == null ? "" : method);
        CompletableFuture<Receipt> receipt =
            entries.asked(call, kind, request.name(), request.value());
        passage.gates().add(receipt);
        questions.add(new InputRounds.Question(kind, request.name(), receipt));
      }
    }
    rounds.open(call, result.get("requestState"), questions);
  }

  // ---- after a frame has passed

  /** Writes down what need not be on record before the frame passes. */
  void passed(Passage passage) {
    for (Passage.Step step : passage.steps()) {
      Message message = step.message();
      switch (message.kind()) {
        case NOTIFICATION -> noticed(passage.direction(), message);
        case RESULT, ERROR -> closed(step);
        case REQUEST, NONE -> {}
      }
    }
  }

  private void noticed(Direction direction, Message message) {
    switch (message.method()) {
      case "notifications/cancelled" -> cancelled(direction, message);
      case "notifications/progress" -> {
        JsonSlice params = message.params();
        MessageId token = MessageId.of(params == null ? null : params.get("progressToken"));
        Call call = token == null ? null : calls(direction.opposite()).byProgressToken(token);
        if (call != null) {
          call.progress().incrementAndGet();
        }
      }
      case "notifications/tasks/status" -> {
        JsonSlice params = message.params();
        if (params != null) {
          taskStatus(params, null);
        }
      }
      case "notifications/elicitation/complete" -> {
        var _ =
            entries.notification(
                "elicitation", Status.OK, direction, message, policy.modeOf("elicitation"));
      }
      default -> {
        if (isKnownNotification(message.method()) && message.method().endsWith("/list_changed")) {
          listChanged |= message.method().equals("notifications/tools/list_changed");
          var _ =
              entries.notification("list_change", Status.OK, direction, message, CaptureMode.FULL);
        }
      }
    }
  }

  private void cancelled(Direction direction, Message message) {
    JsonSlice params = message.params();
    MessageId id = MessageId.of(params == null ? null : params.get("requestId"));
    Call call = id == null ? null : calls(direction).cancel(id);
    if (call == null) {
      return; // it may have crossed the answer on its way: no fault
    }
    String reason = message.param("reason");
    Status status = isTimeout(reason) ? Status.TIMEOUT : Status.CANCELLED;
    end(call, status, reason == null ? "cancelled" : reason);
  }

  /** Clients say in words that a request took them too long; the SDKs' words are these. */
  private static boolean isTimeout(@Nullable String reason) {
    if (reason == null) {
      return false;
    }
    String folded = reason.toLowerCase(Locale.ROOT);
    return folded.contains("timed out") || folded.contains("timeout") || folded.contains("-32001");
  }

  /** Closes a call that has no answer. */
  private void end(Call call, Status status, String reason) {
    if (call.exchange().intent() != null) {
      var _ =
          entries.outcome(new Entries.Outcome(status, alone(call), null, reason, JsonObject.EMPTY));
    } else {
      entries.exchange(call, status, null, JsonObject.builder().put("reason", reason).build());
    }
  }

  private static CallTable.Answered alone(Call call) {
    return new CallTable.Answered(call, List.of(call), false);
  }

  private void closed(Passage.Step step) {
    CallTable.Answered answered = step.answered();
    Message message = step.message();
    JsonSlice content = message.answer();
    if (answered == null || step.decided() || content == null) {
      return;
    }
    Call call = answered.call();
    boolean error = message.kind() == Message.Kind.ERROR;
    switch (call.exchange()) {
      case TOOL_CALL, RESOURCE_READ, PROMPT_GET, OTHER -> {
        var _ = entries.outcome(outcome(answered, message, content, error));
      }
      case SAMPLING, ELICITATION, QUIET -> {}
      case INITIALIZE, DISCOVER -> greeted(call, message, content, error);
      case ROOTS -> entries.exchange(call, error ? Status.ERROR : Status.OK, message, EMPTY);
      case TOOL_LIST -> listed(call, message, content, error);
      case TASK_RESULT -> taskResult(answered, message, content, error);
      case TASK_GET, TASK_CANCEL -> {
        if (!error) {
          taskStatus(content, message);
        }
      }
    }
  }

  private static final JsonObject EMPTY = JsonObject.EMPTY;

  private Entries.Outcome outcome(
      CallTable.Answered answered, Message message, JsonSlice result, boolean error) {
    if (error) {
      return new Entries.Outcome(Status.ERROR, answered, message, null, EMPTY);
    }
    Status status = Status.OK;
    JsonObject.Builder more = JsonObject.builder();
    String taskId = null;
    for (JsonSlice.Member member : result.members()) {
      switch (member.name()) {
        case "isError" -> {
          if (member.value().isTrue()) {
            status = Status.ERROR;
          }
        }
        case "resultType" -> {
          String type = member.value().text();
          if ("input_required".equals(type)) {
            status = Status.PENDING;
            more.put("result_type", "input_required");
          } else if ("task".equals(type)) {
            taskId = result.text("taskId");
          }
        }
        case "requestState" ->
            more.put("request_state_sha256", InputRounds.stateHash(member.value()));
        case "task" -> {
          if (answered.call().request().params() != null
              && answered.call().exchange() == Exchange.TOOL_CALL) {
            taskId = member.value().text("taskId");
          }
        }
        default -> {}
      }
    }
    if (taskId != null) {
      status = Status.PENDING;
      more.put("task_id", clean(taskId));
      synchronized (tasks) {
        tasks.put(taskId, answered.call());
      }
      answered.call().lastTaskStatus("created");
    }
    return new Entries.Outcome(status, answered, message, null, more.build());
  }

  private void greeted(Call call, Message message, JsonSlice content, boolean error) {
    if (error) {
      entries.exchange(call, Status.ERROR, message, EMPTY);
      return;
    }
    JsonObject.Builder more = JsonObject.builder();
    String asked = call.request().param("protocolVersion");
    if (asked != null) {
      more.put("requested_version", clean(asked));
    }
    String agreed = content.text("protocolVersion");
    if (agreed != null) {
      more.put("protocol_version", clean(agreed));
      entries.protocolVersion(SecretMask.clean(agreed, 64));
    }
    JsonSlice params = call.request().params();
    JsonSlice client = params == null ? null : params.get("clientInfo");
    if (client == null) {
      client = call.request().meta("io.modelcontextprotocol/clientInfo");
    }
    identity(more, "client", client);
    JsonSlice server = content.get("serverInfo");
    JsonSlice meta = content.get("_meta");
    if (server == null && meta != null) {
      server = meta.get("io.modelcontextprotocol/serverInfo");
    }
    identity(more, "server", server);
    entries.exchange(call, Status.OK, message, more.build());
  }

  private static void identity(JsonObject.Builder more, String member, @Nullable JsonSlice info) {
    if (info == null) {
      return;
    }
    JsonObject.Builder identity = JsonObject.builder();
    for (String part : List.of("name", "version")) {
      String value = info.text(part);
      if (value != null) {
        identity.put(part, clean(value));
      }
    }
    more.put(member, identity.build());
  }

  private static JsonValue clean(String text) {
    String clean = SecretMask.clean(text, 256);
    return new JsonString(clean == null ? "" : clean);
  }

  private void listed(Call call, Message message, JsonSlice content, boolean error) {
    JsonSlice tools = content.get("tools");
    if (error || tools == null || !tools.isArray()) {
      entries.exchange(call, Status.ERROR, message, EMPTY);
      return;
    }
    String cursor = call.request().param("cursor");
    ToolPins.Page page = pins.page(cursor, tools.elements(), content.text("nextCursor"));
    boolean announced = listChanged;
    if (page.complete()) {
      listChanged = false;
    }
    entries.toolList(call, page, tools, announced);
  }

  private void taskResult(
      CallTable.Answered answered, Message message, JsonSlice content, boolean error) {
    String taskId = answered.call().name();
    Call origin;
    synchronized (tasks) {
      origin = tasks.remove(taskId);
    }
    boolean failed = error;
    JsonSlice isError = error ? null : content.get("isError");
    if (isError != null && isError.isTrue()) {
      failed = true;
    }
    Call told = origin == null ? answered.call() : origin;
    var _ =
        entries.outcome(
            new Entries.Outcome(
                failed ? Status.ERROR : Status.OK,
                alone(told),
                message,
                null,
                taskMembers(taskId, null)));
  }

  private void taskStatus(JsonSlice task, @Nullable Message message) {
    String taskId = task.text("taskId");
    String status = task.text("status");
    if (taskId == null || status == null) {
      return;
    }
    Call origin;
    synchronized (tasks) {
      origin = tasks.get(taskId);
      if (origin == null) {
        return;
      }
      origin.lastTaskStatus(status);
      boolean inline = task.get("result") != null || task.get("error") != null;
      boolean over = status.equals("failed") || status.equals("cancelled");
      if (!over && !(status.equals("completed") && inline)) {
        return;
      }
      tasks.remove(taskId);
    }
    Status outcome =
        switch (status) {
          case "failed" -> Status.ERROR;
          case "cancelled" -> Status.CANCELLED;
          default -> Status.OK;
        };
    var _ =
        entries.outcome(
            new Entries.Outcome(
                outcome,
                alone(origin),
                message,
                task.text("statusMessage"),
                taskMembers(taskId, status)));
  }

  private static JsonObject taskMembers(String taskId, @Nullable String status) {
    JsonObject.Builder members = JsonObject.builder().put("task_id", clean(taskId));
    if (status != null) {
      members.put("task_status", clean(status));
    }
    return members.build();
  }

  // ---- when a frame does not pass, and when all ends

  /** Takes back what a frame that is not passed on had opened. */
  void refused(Passage passage, String why) {
    for (Passage.Step step : passage.steps()) {
      Call call = step.call();
      if (call == null) {
        continue;
      }
      MessageId id = call.request().id();
      if (id != null) {
        calls(passage.direction()).withdraw(id, call);
      }
      CompletableFuture<Receipt> intent = call.intent();
      if (intent != null) {
        // Sealed late, or with others of its batch that were not: say that it never passed.
        var _ =
            intent.thenAccept(
                receipt ->
                    Thread.ofVirtual()
                        .start(
                            () -> {
                              var _ =
                                  entries.outcome(
                                      new Entries.Outcome(
                                          Status.DENIED, alone(call), null, why, EMPTY));
                            }));
      }
    }
  }

  /** Closes all that has no answer and will have none. */
  void end(String reason) {
    for (Direction direction : Direction.values()) {
      for (Call call : calls(direction).drain()) {
        end(call, Status.UNKNOWN, reason);
      }
    }
    List<Map.Entry<String, Call>> open;
    synchronized (tasks) {
      open = List.copyOf(tasks.entrySet());
      tasks.clear();
    }
    for (Map.Entry<String, Call> task : open) {
      var _ =
          entries.outcome(
              new Entries.Outcome(
                  Status.UNKNOWN,
                  alone(task.getValue()),
                  null,
                  reason,
                  taskMembers(task.getKey(), task.getValue().lastTaskStatus())));
    }
    for (InputRounds.Round round : rounds.drain()) {
      for (InputRounds.Question question : round.questions()) {
        var _ =
            entries.answered(
                question.kind(),
                question.key(),
                Status.UNKNOWN,
                question.cause(),
                null,
                CaptureMode.FULL);
      }
    }
  }
}
