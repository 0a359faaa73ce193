package io.osmoda.client;

import io.osmoda.format.entry.Receipt;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Waits for receipts. */
public final class Receipts {
  private Receipts() {}

  /** The receipt, or the failure as the caller's own. */
  public static Receipt await(CompletableFuture<Receipt> receipt) throws IOException {
    try {
      return receipt.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException failure -> throw failure;
        case RuntimeException failure -> throw failure;
        case null, default -> throw new IOException("the entry was not sealed", e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for an entry to be sealed", e);
    }
  }
}
