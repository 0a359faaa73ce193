package io.osmoda.evidence;

import io.osmoda.fixtures.Needs;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonValue;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Chromium, driven through chromedriver by WebDriver over HTTP. */
final class Chromium extends Browser {
  private static final Pattern PORT = Pattern.compile("started successfully on port (\\d+)");

  private final HttpClient http = HttpClient.newHttpClient();
  private String base = "";
  private @Nullable String session;

  Chromium() throws IOException {
    String driver = Objects.requireNonNull(Needs.find("chromedriver")).toString();
    try {
      base = "http://127.0.0.1:" + start(new ProcessBuilder(driver, "--port=0"), PORT) + "/session";
      session = ((JsonObject) call(Command.NEW_SESSION, capabilities())).string("sessionId");
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  static boolean isAvailable() {
    return Needs.find("chromedriver") != null && Needs.find("chromium", "chromium-browser") != null;
  }

  private JsonObject capabilities() {
    JsonObject options =
        JsonObject.builder()
            .put(
                "args",
                strings(
                    Stream.of(
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--disable-dev-shm-usage",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--no-first-run",
                        "--window-size=1200,1000",
                        "--user-data-dir=" + profile)))
            .put(
                "binary",
                Objects.requireNonNull(Needs.find("chromium", "chromium-browser")).toString())
            .build();
    JsonObject always =
        JsonObject.builder()
            .put("browserName", "chrome")
            .put("goog:chromeOptions", options)
            .put("timeouts", JsonObject.builder().put("script", LONGEST.toMillis()).build())
            .build();
    return JsonObject.builder()
        .put("capabilities", JsonObject.builder().put("alwaysMatch", always).build())
        .build();
  }

  @Override
  JsonValue call(Command command, JsonObject parameters) throws IOException {
    String path = command.path.replace("{id}", String.valueOf(parameters.string("id")));
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(session == null ? base : base + "/" + session + path))
            .timeout(LONGEST)
            .method(
                command.method,
                command.method.equals("POST")
                    ? HttpRequest.BodyPublishers.ofByteArray(bytes(parameters))
                    : HttpRequest.BodyPublishers.noBody())
            .build();
    try {
      HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      JsonValue value = value((JsonObject) parse(response.body(), command));
      if (response.statusCode() != 200) {
        throw new IOException(command + ": " + value);
      }
      return value;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public void close() throws IOException {
    if (session != null) {
      call(Command.DELETE_SESSION, JsonObject.EMPTY);
    }
    http.close();
    super.close();
  }
}
