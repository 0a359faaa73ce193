package io.osmoda.verify;

import io.osmoda.format.entry.EntryLine;
import io.osmoda.format.log.Digests;
import io.osmoda.format.log.Hash;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a verification without a fault knows of each closed segment, for the next one: its SHA-256,
 * what was before it and after it, and what in it concerns the rest. A segment with the same bytes
 * after the same beginning has the same faults, that is none, so it need not be parsed again.
 *
 * <p>The file belongs to whoever verifies, and says what they have seen; it must not lie where the
 * audited party can write. A checksum guards it against accidents only. Checkpoints and their
 * signatures are not in it: they are checked again each time.
 */
final class VerifyState {
  /** To be changed with every change of what is checked, so that older states do not count. */
  private static final String MAGIC = "osmoda-verify-state/1";

  /** Ranges without payload in a segment, past which nothing is remembered of it. */
  static final int MAX_RANGES = 1 << 20;

  /** The chain between two segments. */
  record Seam(long entries, long due, Hash entryHash, Hash timestampHash, List<Hash> subtrees) {
    Seam {
      subtrees = List.copyOf(subtrees);
    }
  }

  /**
   * A closed segment.
   *
   * @param timestamp of the last entry
   * @param withoutPayload pairs of first and last numbers without payload
   * @param specials lines that mean something for others, with their LF
   * @param roots of the trees at sizes past {@code before} that were asked for
   */
  @SuppressWarnings("ArrayRecordComponent") // package-private and never compared
  record Segment(
      long firstSeq,
      long size,
      Hash sha256,
      Seam before,
      Seam after,
      byte[] timestamp,
      long redacted,
      long foreignCauses,
      long[] withoutPayload,
      List<byte[]> specials,
      Map<Long, Hash> roots) {}

  private final String origin;
  private final Map<Long, Segment> segments = new HashMap<>();

  VerifyState(String origin) {
    this.origin = origin;
  }

  void add(Segment segment) {
    segments.put(segment.firstSeq(), segment);
  }

  /** What is known of the segment of that name, or null. */
  @Nullable Segment segment(long firstSeq) {
    return segments.get(firstSeq);
  }

  /**
   * Reads a state.
   *
   * @return null where there is no file
   * @throws IOException if it cannot be read or is no state of this ledger, with the reason
   */
  static @Nullable VerifyState read(Path file, String origin) throws IOException {
    if (!Files.exists(file)) {
      return null;
    }
    byte[] bytes = Files.readAllBytes(file);
    int length = bytes.length - Hash.LENGTH;
    if (length < 0
        || !Arrays.equals(
            Digests.sha256().digest(Arrays.copyOf(bytes, length)),
            Arrays.copyOfRange(bytes, length, bytes.length))) {
      throw new IOException("it is damaged, or no state file");
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes, 0, length))) {
      if (!in.readUTF().equals(MAGIC)) {
        throw new IOException("another version wrote it");
      }
      String of = in.readUTF();
      if (!of.equals(origin)) {
        throw new IOException("it is of the ledger " + of);
      }
      VerifyState state = new VerifyState(origin);
      for (int i = in.readInt(); i > 0; i--) {
        state.add(readSegment(in));
      }
      return state;
    } catch (IllegalArgumentException | NegativeArraySizeException e) {
      throw new IOException("it is no state that this software wrote", e);
    }
  }

  /**
   * Replaces the file so that after a crash either the old state or the new one is there, whole.
   */
  void write(Path file) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeUTF(MAGIC);
    out.writeUTF(origin);
    out.writeInt(segments.size());
    for (Segment segment : new TreeMap<>(segments).values()) {
      writeSegment(out, segment);
    }
    out.write(Digests.sha256().digest(bytes.toByteArray()));
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    Files.deleteIfExists(temporary);
    try (FileChannel to =
        FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer content = ByteBuffer.wrap(bytes.toByteArray());
      while (content.hasRemaining()) {
        to.write(content);
      }
      to.force(true);
    }
    Files.move(
        temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void writeSegment(DataOutputStream out, Segment segment) throws IOException {
    out.writeLong(segment.firstSeq());
    out.writeLong(segment.size());
    out.write(segment.sha256().raw());
    writeSeam(out, segment.before());
    writeSeam(out, segment.after());
    out.write(segment.timestamp());
    out.writeLong(segment.redacted());
    out.writeLong(segment.foreignCauses());
    out.writeInt(segment.withoutPayload().length);
    for (long number : segment.withoutPayload()) {
      out.writeLong(number);
    }
    out.writeInt(segment.specials().size());
    for (byte[] line : segment.specials()) {
      out.writeInt(line.length);
      out.write(line);
    }
    out.writeInt(segment.roots().size());
    for (Map.Entry<Long, Hash> root : segment.roots().entrySet()) {
      out.writeLong(root.getKey());
      out.write(root.getValue().raw());
    }
  }

  private static Segment readSegment(DataInputStream in) throws IOException {
    long firstSeq = in.readLong();
    long size = in.readLong();
    Hash sha256 = readHash(in);
    Seam before = readSeam(in);
    Seam after = readSeam(in);
    byte[] timestamp = in.readNBytes(EntryLine.TIMESTAMP_LENGTH);
    long redacted = in.readLong();
    long foreignCauses = in.readLong();
    long[] withoutPayload = new long[in.readInt()];
    for (int i = 0; i < withoutPayload.length; i++) {
      withoutPayload[i] = in.readLong();
    }
    List<byte[]> specials = new ArrayList<>();
    for (int i = in.readInt(); i > 0; i--) {
      specials.add(in.readNBytes(in.readInt()));
    }
    Map<Long, Hash> roots = new HashMap<>();
    for (int i = in.readInt(); i > 0; i--) {
      roots.put(in.readLong(), readHash(in));
    }
    return new Segment(
        firstSeq,
        size,
        sha256,
        before,
        after,
        timestamp,
        redacted,
        foreignCauses,
        withoutPayload,
        specials,
        roots);
  }

  private static void writeSeam(DataOutputStream out, Seam seam) throws IOException {
    out.writeLong(seam.entries());
    out.writeLong(seam.due());
    out.write(seam.entryHash().raw());
    out.write(seam.timestampHash().raw());
    out.writeInt(seam.subtrees().size());
    for (Hash subtree : seam.subtrees()) {
      out.write(subtree.raw());
    }
  }

  private static Seam readSeam(DataInputStream in) throws IOException {
    long entries = in.readLong();
    long due = in.readLong();
    Hash entryHash = readHash(in);
    Hash timestampHash = readHash(in);
    List<Hash> subtrees = new ArrayList<>();
    for (int i = in.readInt(); i > 0; i--) {
      subtrees.add(readHash(in));
    }
    return new Seam(entries, due, entryHash, timestampHash, subtrees);
  }

  private static Hash readHash(DataInputStream in) throws IOException {
    return Hash.of(in.readNBytes(Hash.LENGTH));
  }
}
