package io.osmoda.ledger;

import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.json.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/**
 * Appends without end and prints a line for each entry that was acknowledged, until somebody kills
 * it. Started in a JVM of its own by {@link LedgerCrashTest}.
 */
final class CrashVictim {
  private static final int TRAINING = 200;

  private CrashVictim() {}

  /** Arguments: the ledger's folder, threads; with none of them it appends a little and ends. */
  public static void main(String[] args) throws IOException, InterruptedException {
    // Whoever starts it kills it; were it killed first, this would go on for ever.
    ProcessHandle starter = ProcessHandle.current().parent().orElseThrow();
    var _ = starter.onExit().thenRun(() -> Runtime.getRuntime().halt(1));
    PrintStream out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    LedgerOptions options = LedgerOptions.defaults().withSegmentBytes(1 << 18);
    Ledger ledger = Ledger.open(Path.of(args[0]), options);
    int threads = Integer.parseInt(args[1]);
    if (threads == 0) {
      append(ledger, 0, TRAINING, out);
      ledger.close();
      return;
    }
    for (int t = 0; t < threads; t++) {
      int number = t;
      Thread.ofPlatform().start(() -> append(ledger, number, Integer.MAX_VALUE, out));
    }
    Thread.currentThread().join();
  }

  private static void append(Ledger ledger, int thread, int count, PrintStream out) {
    for (int i = 0; i < count; i++) {
      EntryDraft draft =
          EntryDraft.builder("api", "agent:victim-" + thread, "tool_call")
              .tool("tool-" + i)
              .payload(JsonObject.builder().put("i", i).put("text", "x".repeat(i % 700)).build())
              .build();
      try {
        if (i % 5 == 0) {
          tell(ledger.appendDurably(draft), out);
        } else {
          CompletableFuture<Receipt> receipt = ledger.append(draft);
          if (i % 40 == 39) {
            ledger.checkpoint();
          }
          tell(receipt.join(), out);
        }
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
  }

  private static void tell(Receipt receipt, PrintStream out) {
    synchronized (out) {
      out.println(receipt.seq() + " " + receipt.entryHash());
      out.flush();
    }
  }
}
