package io.osmoda.evidence;

import io.osmoda.verify.BundleFiles;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.LocalDateTime;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes a bundle as one zip; the same files give the same bytes. Leaves the stream open. */
public final class ZipSink implements BundleSink {
  /** The earliest time that a zip can state: a bundle's times stand in its entries. */
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

  private final ZipOutputStream zip;

  public ZipSink(OutputStream out) {
    this.zip = new ZipOutputStream(new Shield(out));
    // The default level takes almost three times as long, and saves an eighth of the size.
    zip.setLevel(Deflater.BEST_SPEED);
  }

  @Override
  public OutputStream begin(String name) throws IOException {
    if (!BundleFiles.isName(name)) {
      throw new IOException("not a valid name for a file in a bundle: " + name);
    }
    ZipEntry entry = new ZipEntry(name);
    entry.setTimeLocal(TIME);
    zip.putNextEntry(entry);
    return new FilterOutputStream(zip) {
      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        zip.write(bytes, offset, length);
      }

      @Override
      public void close() throws IOException {
        zip.closeEntry();
      }
    };
  }

  @Override
  public void finish() throws IOException {
    zip.finish();
    zip.flush();
  }

  @Override
  public void close() throws IOException {
    // A zip that was not finished has no directory, so nothing takes it for one.
  }

  /** Keeps the stream that is not ours open. */
  private static final class Shield extends FilterOutputStream {
    Shield(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      out.write(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      flush();
    }
  }
}
