package io.osmoda.daemon;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * An answer that begins with its first byte, so that a refusal before it still has its status, and
 * is whole only once it was ended. Not thread-safe.
 */
final class LateStream extends OutputStream {
  private final Exchange exchange;
  private final String contentType;
  private @Nullable OutputStream out;

  LateStream(Exchange exchange, String contentType) {
    this.exchange = exchange;
    this.contentType = contentType;
  }

  private OutputStream out() {
    OutputStream begun = out;
    if (begun == null) {
      begun = exchange.stream(200, contentType);
      out = begun;
    }
    return begun;
  }

  @Override
  public void write(int value) throws IOException {
    out().write(value);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    out().write(bytes, offset, length);
  }

  @Override
  public void flush() throws IOException {
    if (out != null) {
      out.flush();
    }
  }

  /** Leaves the answer open: one that was not ended is no whole answer. */
  @Override
  public void close() {}

  void end() throws IOException {
    out().close();
  }
}
