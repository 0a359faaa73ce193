package io.osmoda.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Standard output, which remembers why it could not be written: a print stream only tells that, so
 * that a full disk would look like a reader who went away. Not thread-safe beyond what a print
 * stream is.
 */
final class ResultStream extends PrintStream {
  private static final String READER_LEFT = "Broken pipe";

  private final Watched watched;

  private static final class Watched extends FilterOutputStream {
    private volatile @Nullable IOException failure;

    Watched(OutputStream out) {
      super(out);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      try {
        out.write(bytes, from, length);
      } catch (IOException e) {
        failure = e;
        throw e;
      }
    }

    @Override
    public void flush() throws IOException {
      try {
        out.flush();
      } catch (IOException e) {
        failure = e;
        throw e;
      }
    }
  }

  private ResultStream(Watched watched) {
    super(watched, false, StandardCharsets.UTF_8);
    this.watched = watched;
  }

  static ResultStream to(OutputStream out) {
    return new ResultStream(new Watched(out));
  }

  /** Why results were lost; null where none were, or only a reader who had enough went away. */
  @Nullable String lost() {
    IOException failure = watched.failure;
    return failure == null || READER_LEFT.equals(failure.getMessage())
        ? null
        : Errors.describe(failure);
  }
}
