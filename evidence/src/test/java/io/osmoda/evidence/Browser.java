package io.osmoda.evidence;

import io.osmoda.ledger.CanonicalJson;
import io.osmoda.ledger.JsonArray;
import io.osmoda.ledger.JsonException;
import io.osmoda.ledger.JsonNull;
import io.osmoda.ledger.JsonObject;
import io.osmoda.ledger.JsonString;
import io.osmoda.ledger.JsonValue;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A headless Chromium, driven through chromedriver by the W3C WebDriver protocol. Not thread-safe.
 */
final class Browser implements Closeable {
  private static final Pattern PORT = Pattern.compile("started successfully on port (\\d+)");
  private static final Duration LONGEST = Duration.ofMinutes(2);
  private static final String ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

  private final HttpClient http = HttpClient.newHttpClient();
  private final Process driver;
  private final String base;
  private final Path profile;
  private @Nullable String session;

  Browser() throws IOException {
    profile = Files.createTempDirectory("browser");
    driver =
        new ProcessBuilder(Objects.requireNonNull(find("chromedriver")).toString(), "--port=0")
            .redirectErrorStream(true)
            .start();
    try {
      base = "http://127.0.0.1:" + port() + "/session";
      JsonObject answer = (JsonObject) call("POST", "", capabilities());
      session = answer.string("sessionId");
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Whether there is what it needs. */
  static boolean isAvailable() {
    return find("chromedriver") != null && chromium() != null;
  }

  private static @Nullable Path chromium() {
    Path found = find("chromium");
    return found == null ? find("chromium-browser") : found;
  }

  private static @Nullable Path find(String program) {
    return Arrays.stream(String.valueOf(System.getenv("PATH")).split(File.pathSeparator))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst()
        .orElse(null);
  }

  private String port() throws IOException {
    BufferedReader said =
        new BufferedReader(new InputStreamReader(driver.getInputStream(), StandardCharsets.UTF_8));
    List<String> lines = new ArrayList<>();
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      lines.add(line);
      Matcher port = PORT.matcher(line);
      if (port.find()) {
        // What it says from now on is of no interest, but must not fill the pipe.
        Thread.ofVirtual().start(() -> said.lines().forEach(ignored -> {}));
        return port.group(1);
      }
    }
    throw new IOException("chromedriver did not start: " + String.join("\n", lines));
  }

  private JsonObject capabilities() {
    List<JsonValue> args =
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
                "--user-data-dir=" + profile)
            .<JsonValue>map(JsonString::new)
            .toList();
    JsonObject options =
        JsonObject.builder()
            .put("args", new JsonArray(args))
            .put("binary", Objects.requireNonNull(chromium()).toString())
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

  /** Opens an address. */
  void open(URI address) throws IOException {
    call("POST", "/url", JsonObject.builder().put("url", address.toString()).build());
  }

  /** Chooses a file in the input that a CSS selector names. */
  void choose(String selector, Path file) throws IOException {
    JsonObject wanted =
        JsonObject.builder().put("using", "css selector").put("value", selector).build();
    JsonObject found = (JsonObject) call("POST", "/element", wanted);
    call(
        "POST",
        "/element/" + found.string(ELEMENT) + "/value",
        JsonObject.builder().put("text", file.toAbsolutePath().toString()).build());
  }

  /** Runs the body of a JavaScript function; gives what it returns. */
  JsonValue run(String script) throws IOException {
    return call("POST", "/execute/sync", script(script));
  }

  /** Runs a body that hands its value to the function {@code arguments[0]}, later. */
  JsonValue await(String script) throws IOException {
    return call("POST", "/execute/async", script(script));
  }

  private static JsonObject script(String script) {
    return JsonObject.builder().put("script", script).put("args", new JsonArray(List.of())).build();
  }

  /** A picture of what the window shows, PNG. */
  byte[] screenshot() throws IOException {
    JsonString picture = (JsonString) call("GET", "/screenshot", null);
    return Base64.getDecoder().decode(picture.value());
  }

  private JsonValue call(String method, String path, @Nullable JsonObject body) throws IOException {
    String whole = session == null ? base + path : base + "/" + session + path;
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(whole))
            .timeout(LONGEST)
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(bytes(body)))
            .build();
    try {
      HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
      JsonObject answer = (JsonObject) CanonicalJson.parse(response.body());
      JsonValue value = answer.get("value");
      if (response.statusCode() != 200) {
        throw new IOException(path + ": " + value);
      }
      return value == null ? JsonNull.NULL : value;
    } catch (JsonException e) {
      throw new IOException(path + ": no JSON", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static byte[] bytes(JsonObject json) {
    try {
      return CanonicalJson.write(json);
    } catch (JsonException e) {
      throw new IllegalArgumentException("no canonical form", e);
    }
  }

  @Override
  public void close() throws IOException {
    if (session != null) {
      call("DELETE", "", null);
    }
    driver.destroy();
    try {
      if (!driver.waitFor(10, TimeUnit.SECONDS)) {
        driver.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    http.close();
    try (Stream<Path> files = Files.walk(profile)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
