package io.osmoda.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonValue;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.util.List;

/**
 * A small MCP server over standard input and output, whose one tool {@code echo} answers with what
 * it was given: what a call through the proxy costs is seen best where the call itself costs
 * little.
 */
public final class EchoServer {
  private static final String PROTOCOL = "2025-06-18";

  private EchoServer() {}

  public static void main(String[] arguments) throws IOException, JsonException {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    OutputStream out = System.out;
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (!(CanonicalJson.parse(line.getBytes(UTF_8)) instanceof JsonObject request)) {
        continue;
      }
      JsonValue id = request.get("id");
      if (id != null) {
        JsonObject answer =
            JsonObject.builder()
                .put("jsonrpc", "2.0")
                .put("id", id)
                .put("result", result(request))
                .build();
        byte[] text = CanonicalJson.write(answer);
        byte[] message = new byte[text.length + 1];
        System.arraycopy(text, 0, message, 0, text.length);
        message[text.length] = '\n';
        out.write(message);
        out.flush();
      }
    }
  }

  private static JsonObject result(JsonObject request) {
    String method = request.string("method");
    if (method == null) {
      return JsonObject.EMPTY;
    }
    return switch (method) {
      case "initialize" ->
          JsonObject.builder()
              .put("protocolVersion", PROTOCOL)
              .put("capabilities", JsonObject.builder().put("tools", JsonObject.EMPTY).build())
              .put(
                  "serverInfo",
                  JsonObject.builder().put("name", "echo").put("version", "1").build())
              .build();
      case "tools/list" ->
          JsonObject.builder()
              .put(
                  "tools",
                  new JsonArray(
                      List.of(
                          JsonObject.builder()
                              .put("name", "echo")
                              .put("description", "answers with what it was given")
                              .put(
                                  "inputSchema", JsonObject.builder().put("type", "object").build())
                              .build())))
              .build();
      case "tools/call" ->
          JsonObject.builder()
              .put(
                  "content",
                  new JsonArray(
                      List.of(
                          JsonObject.builder()
                              .put("type", "text")
                              .put("text", textOf(request))
                              .build())))
              .build();
      default -> JsonObject.EMPTY;
    };
  }

  private static String textOf(JsonObject request) {
    return request.get("params") instanceof JsonObject params
            && params.get("arguments") instanceof JsonObject given
            && given.get("count") instanceof JsonNumber count
        ? "call " + (long) count.value()
        : "";
  }
}
