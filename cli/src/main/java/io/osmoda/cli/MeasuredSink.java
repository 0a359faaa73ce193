package io.osmoda.cli;

import io.osmoda.evidence.BundleSink;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;

/** Tells how far a bundle's entries are; all goes on to another sink, which this does not close. */
final class MeasuredSink implements BundleSink {
  private static final String ENTRIES = "entries.ndjson";

  private final BundleSink sink;
  private final Progress progress;
  private final long expected;

  /**
   * A sink before another.
   *
   * @param expected bytes of entries; 0 where that is not known
   */
  MeasuredSink(BundleSink sink, Progress progress, long expected) {
    this.sink = sink;
    this.progress = progress;
    this.expected = expected;
  }

  @Override
  public OutputStream begin(String name) throws IOException {
    OutputStream out = sink.begin(name);
    if (!name.equals(ENTRIES)) {
      return out;
    }
    return new FilterOutputStream(out) {
      private long done;

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
        done += length;
        progress.at(done, expected);
      }
    };
  }

  @Override
  public void finish() throws IOException {
    sink.finish();
  }

  @Override
  public void close() {
    // Whoever made the other sink closes it.
  }
}
