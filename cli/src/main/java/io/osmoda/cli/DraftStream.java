package io.osmoda.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.osmoda.client.DraftJson;
import io.osmoda.daemon.Remedies;
import io.osmoda.format.entry.DraftRefusedException;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.entry.Recorder;
import io.osmoda.format.json.JsonException;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Seals a draft for each line of standard input and prints a receipt for each, in the lines' order,
 * once it is durable. Reading goes on while earlier drafts are being sealed, up to a bound. Used
 * once.
 */
final class DraftStream {
  /** Drafts handed over and not yet acknowledged. */
  private static final int MAX_OUTSTANDING = 8_192;

  /** Longer lines are refused unread: no entry is as long. */
  static final int MAX_LINE = 2 << 20;

  private final Shell shell;
  private final Recorder recorder;
  private final BlockingQueue<Outstanding> queue = new ArrayBlockingQueue<>(MAX_OUTSTANDING);
  private long refused;
  private volatile @Nullable Throwable failure;

  /** A line on its way; line 0 ends the queue. */
  private record Outstanding(long line, CompletableFuture<Receipt> receipt) {
    static final Outstanding END = new Outstanding(0, new CompletableFuture<>());
  }

  DraftStream(Shell shell, Recorder recorder) {
    this.shell = shell;
    this.recorder = recorder;
  }

  /** 0 if every line was sealed, 1 if some were refused; throws where the ledger takes none. */
  int run() throws IOException, InterruptedException {
    Thread printer = Thread.ofPlatform().name("receipts").start(this::printReceipts);
    long lineNumber = 0;
    try (InputStream in = shell.in()) {
      InputLines lines = new InputLines(in, MAX_LINE);
      while (failure == null && lines.next()) {
        lineNumber++;
        if (!isBlank(lines)) {
          queue.put(new Outstanding(lineNumber, submit(lines)));
        }
      }
    } finally {
      queue.put(Outstanding.END);
      printer.join();
    }
    Throwable stopped = failure;
    if (stopped != null) {
      throw new CliException(
          "the ledger stopped accepting entries: " + Errors.describe(stopped),
          "Every line with a receipt above is sealed; send the rest again.");
    }
    return refused == 0 ? ExitCode.DONE : ExitCode.FINDINGS;
  }

  private CompletableFuture<Receipt> submit(InputLines line) {
    try {
      if (line.isTooLong()) {
        throw new DraftRefusedException("line", "is longer than " + MAX_LINE + " bytes");
      }
      return recorder.append(DraftJson.read(line.bytes(), line.start(), line.length()));
    } catch (JsonException | DraftRefusedException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void printReceipts() {
    try {
      while (true) {
        Outstanding next = queue.poll();
        if (next == null) {
          shell.out().flush();
          next = queue.take();
        }
        if (next.line() == 0) {
          shell.out().flush();
          return;
        }
        if (!next.receipt().isDone()) {
          shell.out().flush(); // whoever waits for a receipt gets those before it now
        }
        print(next);
      }
    } catch (InterruptedException e) {
      failure = e;
      Thread.currentThread().interrupt();
    }
  }

  private void print(Outstanding outstanding) throws InterruptedException {
    try {
      Receipt receipt = outstanding.receipt().get();
      byte[] line = (AppendVerb.receipt(receipt) + '\n').getBytes(US_ASCII);
      shell.out().write(line, 0, line.length);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case DraftRefusedException wrong -> refuse(outstanding.line(), wrong);
        case JsonException wrong -> refuse(outstanding.line(), wrong);
        case null -> failure = e;
        default -> {
          if (failure == null) {
            failure = e.getCause();
          }
        }
      }
    }
  }

  private void refuse(long line, Exception why) {
    refused++;
    shell.out().flush();
    shell.err().println("osmoda: append: line " + line + ": " + Remedies.told(why));
  }

  private static boolean isBlank(InputLines line) {
    return !line.isTooLong()
        && (line.length() == 0
            || (line.length() < 16
                && new String(line.bytes(), line.start(), line.length(), UTF_8).isBlank()));
  }
}
