package io.osmoda.evidence;

import io.osmoda.fixtures.Needs;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonNull;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Firefox, driven by Marionette, what geckodriver speaks to it: WebDriver's commands as JSON over
 * TCP, each message behind its length and a colon.
 */
final class Firefox extends Browser {
  private static final Pattern PORT = Pattern.compile("Marionette.*Listening on port (\\d+)");

  private @Nullable Socket socket;
  private int calls;

  Firefox() throws IOException {
    String program = Objects.requireNonNull(Needs.find("firefox-esr", "firefox")).toString();
    Files.writeString(profile.resolve("user.js"), "user_pref(\"marionette.port\", 0);\n");
    ProcessBuilder builder =
        new ProcessBuilder(
            program, "--headless", "--marionette", "--no-remote", "--profile", profile.toString());
    builder.environment().put("HOME", profile.toString()); // it writes there too
    builder.environment().put("MOZ_CRASHREPORTER_DISABLE", "1");
    try {
      socket = new Socket(InetAddress.getLoopbackAddress(), start(builder, PORT));
      socket.setSoTimeout((int) LONGEST.toMillis());
      receive(); // which protocol it speaks
      JsonObject timeouts = JsonObject.builder().put("script", LONGEST.toMillis()).build();
      call(Command.NEW_SESSION, JsonObject.builder().put("timeouts", timeouts).build());
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  static boolean isAvailable() {
    return Needs.find("firefox-esr", "firefox") != null;
  }

  @Override
  JsonValue call(Command command, JsonObject parameters) throws IOException {
    JsonNumber number = JsonNumber.of(++calls);
    send(
        new JsonArray(
            List.of(JsonNumber.of(0), number, new JsonString(command.marionette), parameters)));
    List<JsonValue> answer = ((JsonArray) receive()).elements(); // 1, number, error, result
    if (!answer.get(1).equals(number) || answer.get(2) != JsonNull.NULL) {
      throw new IOException(command + ": " + answer);
    }
    return value((JsonObject) answer.get(3));
  }

  private void send(JsonValue message) throws IOException {
    byte[] json = bytes(message);
    OutputStream out = Objects.requireNonNull(socket).getOutputStream();
    out.write((json.length + ":").getBytes(StandardCharsets.US_ASCII));
    out.write(json);
  }

  private JsonValue receive() throws IOException {
    DataInputStream in = new DataInputStream(Objects.requireNonNull(socket).getInputStream());
    int length = 0;
    for (int digit = in.read(); digit != ':'; digit = in.read()) {
      if (digit < '0' || digit > '9') {
        throw new EOFException("Firefox went away, or speaks no Marionette");
      }
      length = 10 * length + digit - '0';
    }
    byte[] json = new byte[length];
    in.readFully(json);
    return parse(json, "Firefox");
  }

  @Override
  public void close() throws IOException {
    if (socket != null) {
      socket.close();
    }
    super.close();
  }
}
