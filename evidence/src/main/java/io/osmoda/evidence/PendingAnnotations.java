package io.osmoda.evidence;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Annotations that wait until the entries are written, since a bundle's files are made one after
 * the other. Eight bytes an annotation in a temporary file: the lines are some sixty times as long.
 * Not thread-safe.
 */
final class PendingAnnotations implements Closeable {
  private static final int BUFFER = 1 << 16;

  private final Annotator annotator;
  private final long first;
  private final Path file;
  private final DataOutputStream out;
  private long count;

  /**
   * None yet.
   *
   * @param first the lowest number of the range; it has at most 2^31 - 1 entries
   */
  PendingAnnotations(Annotator annotator, long first) throws IOException {
    this.annotator = annotator;
    this.first = first;
    this.file = Files.createTempFile("osmoda-annotations", ".tmp");
    this.out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER));
  }

  void add(long seq, Annotator.Note note) throws IOException {
    out.writeInt((int) (seq - first));
    out.writeInt(note.number());
    count++;
  }

  /** Writes the lines; none can be added after that. */
  void writeTo(OutputStream target) throws IOException {
    out.close();
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER))) {
      for (long i = 0; i < count; i++) {
        long seq = first + in.readInt();
        annotator.write(seq, in.readInt(), target);
      }
    }
  }

  @Override
  public void close() throws IOException {
    try {
      out.close();
    } finally {
      Files.delete(file);
    }
  }
}
