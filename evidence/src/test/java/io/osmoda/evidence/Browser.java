package io.osmoda.evidence;

import io.osmoda.fixtures.Needs;
import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonBoolean;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonNull;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A headless browser, driven by the commands of W3C WebDriver. Not thread-safe. */
abstract sealed class Browser implements Closeable permits Chromium, Firefox {
  /** The longest that a command may take. */
  static final Duration LONGEST = Duration.ofMinutes(2);

  private static final String ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

  /** The browsers that the page is tried in. */
  enum Kind {
    CHROMIUM("chromium and chromedriver"),
    FIREFOX("firefox-esr or firefox");

    private final String programs;

    Kind(String programs) {
      this.programs = programs;
    }

    /** Whether there is what it needs. */
    boolean isAvailable() {
      return switch (this) {
        case CHROMIUM -> Chromium.isAvailable();
        case FIREFOX -> Firefox.isAvailable();
      };
    }

    /** Goes on only if it is available. */
    void needed() {
      Needs.met(name().toLowerCase(Locale.ROOT), isAvailable(), "the PATH has no " + programs);
    }

    Browser start() throws IOException {
      return switch (this) {
        case CHROMIUM -> new Chromium();
        case FIREFOX -> new Firefox();
      };
    }
  }

  /** WebDriver's commands, by their ways over HTTP and their names in Marionette. */
  enum Command {
    NEW_SESSION("POST", "", "WebDriver:NewSession"),
    NAVIGATE("POST", "/url", "WebDriver:Navigate"),
    FIND("POST", "/element", "WebDriver:FindElement"),
    SEND_KEYS("POST", "/element/{id}/value", "WebDriver:ElementSendKeys"),
    EXECUTE("POST", "/execute/sync", "WebDriver:ExecuteScript"),
    EXECUTE_ASYNC("POST", "/execute/async", "WebDriver:ExecuteAsyncScript"),
    SCREENSHOT("GET", "/screenshot", "WebDriver:TakeScreenshot"),
    DELETE_SESSION("DELETE", "", "WebDriver:DeleteSession");

    final String method;
    final String path;
    final String marionette;

    Command(String method, String path, String marionette) {
      this.method = method;
      this.path = path;
      this.marionette = marionette;
    }
  }

  /** A new folder for what the browser keeps; removed at the end. */
  final Path profile;

  private @Nullable Process process;

  Browser() throws IOException {
    profile = Files.createTempDirectory("browser");
  }

  /** Starts what listens; gives the port that it tells in its first lines. */
  final int start(ProcessBuilder builder, Pattern told) throws IOException {
    Process started = builder.redirectErrorStream(true).start();
    process = started;
    BufferedReader said =
        new BufferedReader(new InputStreamReader(started.getInputStream(), StandardCharsets.UTF_8));
    List<String> lines = new ArrayList<>();
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      lines.add(line);
      Matcher port = told.matcher(line);
      if (port.find()) {
        // What it says from now on is of no interest, but must not fill the pipe.
        Thread.ofVirtual().start(() -> said.lines().forEach(ignored -> {}));
        return Integer.parseInt(port.group(1));
      }
    }
    throw new IOException(
        builder.command().getFirst() + " did not start: " + String.join("\n", lines));
  }

  /** Gives a command's value. */
  abstract JsonValue call(Command command, JsonObject parameters) throws IOException;

  /** Opens an address. */
  final void open(URI address) throws IOException {
    call(Command.NAVIGATE, JsonObject.builder().put("url", address.toString()).build());
  }

  /** Loads again what is open, as a person does: forms keep what WebDriver's Refresh takes away. */
  final void reload() throws IOException {
    run("document.documentElement.dataset.old = ''; location.reload()");
    Instant latest = Instant.now().plus(LONGEST);
    String isNew =
        "return document.readyState === 'complete' && !('old' in document.documentElement.dataset)";
    while (!run(isNew).equals(JsonBoolean.of(true))) {
      if (Instant.now().isAfter(latest)) {
        throw new IOException("the page was not loaded again");
      }
    }
  }

  /** Chooses a file in the input that a CSS selector names. */
  final void choose(String selector, Path file) throws IOException {
    JsonObject wanted =
        JsonObject.builder().put("using", "css selector").put("value", selector).build();
    JsonObject found = (JsonObject) call(Command.FIND, wanted);
    call(
        Command.SEND_KEYS,
        JsonObject.builder()
            .put("id", String.valueOf(found.string(ELEMENT)))
            .put("text", file.toAbsolutePath().toString())
            .build());
  }

  /** Runs the body of a JavaScript function; gives what it returns. */
  final JsonValue run(String script) throws IOException {
    return call(Command.EXECUTE, script(script));
  }

  /** Runs a body that hands its value to the function {@code arguments[0]}, later. */
  final JsonValue await(String script) throws IOException {
    return call(Command.EXECUTE_ASYNC, script(script));
  }

  private static JsonObject script(String script) {
    return JsonObject.builder().put("script", script).put("args", new JsonArray(List.of())).build();
  }

  /** A picture of what the window shows, PNG. */
  final byte[] screenshot() throws IOException {
    JsonString picture = (JsonString) call(Command.SCREENSHOT, JsonObject.EMPTY);
    return Base64.getDecoder().decode(picture.value());
  }

  static JsonArray strings(Stream<String> strings) {
    return new JsonArray(strings.<JsonValue>map(JsonString::new).toList());
  }

  static JsonValue parse(byte[] json, Object about) throws IOException {
    try {
      return CanonicalJson.parse(json);
    } catch (JsonException e) {
      throw new IOException(about + ": no JSON", e);
    }
  }

  static byte[] bytes(JsonValue json) {
    try {
      return CanonicalJson.write(json);
    } catch (JsonException e) {
      throw new IllegalArgumentException("no canonical form", e);
    }
  }

  /** The member {@code value} of an answer. */
  static JsonValue value(JsonObject answer) {
    JsonValue value = answer.get("value");
    return value == null ? JsonNull.NULL : value;
  }

  @Override
  public void close() throws IOException {
    if (process != null) {
      process.toHandle().destroy(); // Process.destroy closes its output, which is still read
      try {
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
          process.toHandle().destroyForcibly();
          process.waitFor();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    try (Stream<Path> files = Files.walk(profile)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
