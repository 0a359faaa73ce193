package io.osmoda.agents;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a request is about, and which entries report it. */
enum Exchange {
  TOOL_CALL("tools/call", "tool_call", "tool_result"),
  RESOURCE_READ("resources/read", "resource_read", "resource_read"),
  PROMPT_GET("prompts/get", "prompt_get", "prompt_get"),
  SAMPLING("sampling/createMessage", "sampling", "sampling"),
  ELICITATION("elicitation/create", "elicitation", "elicitation"),
  INITIALIZE("initialize", null, "mcp_initialize"),
  DISCOVER("server/discover", null, "mcp_discover"),
  ROOTS("roots/list", null, "roots_list"),
  TOOL_LIST("tools/list", null, "tool_list"),
  TASK_RESULT("tasks/result", null, null),
  TASK_GET("tasks/get", null, null),
  TASK_CANCEL("tasks/cancel", null, null),
  /** Requests that act on nothing: counted, not sealed. */
  QUIET(null, null, null),
  /** Any method that this proxy does not know: it may act, so it is sealed first. */
  OTHER(null, "mcp_request", "mcp_response");

  private static final Map<String, Exchange> BY_METHOD = new HashMap<>();
  private static final Set<String> QUIET_METHODS =
      Set.of(
          "ping",
          "completion/complete",
          "logging/setLevel",
          "prompts/list",
          "resources/list",
          "resources/templates/list",
          "resources/subscribe",
          "resources/unsubscribe",
          "subscriptions/listen",
          "tasks/list");

  static {
    for (Exchange exchange : values()) {
      if (exchange.method != null) {
        BY_METHOD.put(exchange.method, exchange);
      }
    }
    for (String method : QUIET_METHODS) {
      BY_METHOD.put(method, QUIET);
    }
  }

  private final @Nullable String method;
  private final @Nullable String intent;
  private final @Nullable String outcome;

  Exchange(@Nullable String method, @Nullable String intent, @Nullable String outcome) {
    this.method = method;
    this.intent = intent;
    this.outcome = outcome;
  }

  static Exchange of(String method) {
    return BY_METHOD.getOrDefault(method, OTHER);
  }

  /** The action sealed before the request passes; null where none is. */
  @Nullable String intent() {
    return intent;
  }

  /** The action sealed for the answer; null where none is. */
  @Nullable String outcome() {
    return outcome;
  }

  /** Whether the answer is a decision of the human or model behind the client: sealed first too. */
  boolean answerIsDecision() {
    return this == SAMPLING || this == ELICITATION;
  }
}
