package io.osmoda.daemon;

import io.osmoda.client.DaemonLauncher;
import io.osmoda.client.RecorderConnection;
import io.osmoda.format.entry.CaptureEvent;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.json.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/** Appends through a daemon in a process of its own, as a wrapped MCP server does. */
final class TestRecorder {
  private static final int UNDER_WAY = 32;

  private TestRecorder() {}

  /** {@code LEDGER NAME COUNT}: prints {@code seq n} for each receipt, then {@code done}. */
  public static void main(String[] arguments) throws Exception {
    // Whoever starts it kills it; were it killed first, this would go on for long.
    ProcessHandle starter = ProcessHandle.current().parent().orElseThrow();
    var _ = starter.onExit().thenRun(() -> Runtime.getRuntime().halt(1));
    Path ledger = Path.of(arguments[0]);
    String name = arguments[1];
    int count = Integer.parseInt(arguments[2]);
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Semaphore free = new Semaphore(UNDER_WAY);
    DaemonLauncher launcher = DaemonLauncher.ofJava(TestServe.class.getName(), List.of());
    try (RecorderConnection recorder =
        RecorderConnection.open(ledger, launcher, Duration.ofSeconds(60), new SecureRandom())) {
      recorder
          .capture(new CaptureEvent(CaptureEvent.Kind.START, "sdk", name, JsonObject.EMPTY))
          .get();
      for (int n = 0; n < count; n++) {
        int number = n;
        free.acquire();
        CompletableFuture<Receipt> receipt =
            recorder.append(
                EntryDraft.builder("sdk", "agent:" + name, "tool_call")
                    .payload(JsonObject.builder().put("n", n).build())
                    .build());
        var _ =
            receipt.whenComplete(
                (entry, failure) -> {
                  out.println(failure == null ? entry.seq() + " " + number : "failed " + failure);
                  free.release();
                });
      }
      free.acquire(UNDER_WAY);
      recorder
          .capture(new CaptureEvent(CaptureEvent.Kind.STOP, "sdk", name, JsonObject.EMPTY))
          .get();
    } catch (IOException e) {
      out.println("failed " + e);
    }
    out.println("done");
  }
}
