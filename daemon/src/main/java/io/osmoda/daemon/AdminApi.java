package io.osmoda.daemon;

import io.osmoda.client.Json;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonObject;
import io.osmoda.ledger.Ledger;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the operator of a ledger asks of the daemon that holds it. Thread-safe. */
final class AdminApi {
  private final Ledger ledger;
  private final Runnable stop;

  AdminApi(Ledger ledger, Runnable stop) {
    this.ledger = ledger;
    this.stop = stop;
  }

  /** {@code POST /api/v1/checkpoints}: signs one now where entries are unanchored. */
  void checkpoint(Exchange exchange) throws IOException, Problem {
    body(exchange, List.of());
    exchange.bytes(200, Exchange.TEXT, ledger.checkpoint().note());
  }

  /** {@code POST /api/v1/keys/rotate}. */
  void rotateKeys(Exchange exchange) throws IOException, Problem {
    String why = body(exchange, List.of("why")).string("why");
    if (why == null) {
      throw Problem.badRequest("a key rotation needs why, which is sealed with it");
    }
    refusing(
        () -> {
          ledger.rotateKeys(why);
          return why;
        });
    exchange.bytes(200, Exchange.TEXT, ledger.checkpoint().note());
  }

  /** {@code POST /api/v1/clock/confirm}. */
  void confirmClock(Exchange exchange) throws IOException, Problem {
    body(exchange, List.of());
    ledger.confirmClock(exchange.caller().name());
    exchange.json(200, JsonObject.builder().put("confirmed", true).build());
  }

  /** {@code POST /api/v1/shutdown}: an orderly stop, begun after the answer. */
  void shutdown(Exchange exchange) throws IOException, Problem {
    body(exchange, List.of());
    exchange.json(202, JsonObject.builder().put("stopping", true).build());
    stop.run();
  }

  private interface Action<T> {
    T run() throws IOException;
  }

  private static <T> T refusing(Action<T> action) throws IOException, Problem {
    try {
      return action.run();
    } catch (RequestRefusedException e) {
      throw Problem.of(422, "refused", "The ledger refused", String.valueOf(e.getMessage()));
    }
  }

  /** The request's body, an object; an empty one where there is no body. */
  static JsonObject body(Exchange exchange) throws IOException, Problem {
    exchange.allowQuery(List.of());
    byte[] body = exchange.body();
    if (body.length == 0) {
      return JsonObject.EMPTY;
    }
    JsonObject json = object(body);
    if (json == null) {
      throw Problem.badRequest("the body must be a JSON object");
    }
    return json;
  }

  /** The request's body, an object of these members; an empty one where there is no body. */
  static JsonObject body(Exchange exchange, List<String> members) throws IOException, Problem {
    JsonObject json = body(exchange);
    for (String name : json.members().keySet()) {
      if (!members.contains(name)) {
        throw Problem.badRequest(
            "unknown member " + name + (members.isEmpty() ? "" : "; valid names are " + members));
      }
    }
    return json;
  }

  private static @Nullable JsonObject object(byte[] body) throws Problem {
    try {
      return Json.parse(body, 1) instanceof JsonObject json ? json : null;
    } catch (JsonException e) {
      throw Problem.badRequest("the body is not JSON: " + e.getMessage());
    }
  }
}
