package io.osmoda.verify;

import io.osmoda.format.json.RandomJson;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** What accidents and attackers do to a file of lines. */
public final class Damage {
  private Damage() {}

  /** A byte changed, or lines dropped, doubled, swapped or cut. */
  public static byte[] of(byte[] bytes, Random random) {
    if (bytes.length == 0 || random.nextInt(3) == 0) {
      return RandomJson.mutate(bytes, random);
    }
    List<byte[]> lines = lines(bytes);
    int at = random.nextInt(Math.max(1, lines.size()));
    int other = random.nextInt(Math.max(1, lines.size()));
    switch (random.nextInt(4)) {
      case 0 -> lines.remove(at);
      case 1 -> lines.add(other, lines.get(at));
      case 2 -> Collections.swap(lines, at, other);
      default -> {
        return Arrays.copyOf(bytes, random.nextInt(bytes.length));
      }
    }
    return join(lines);
  }

  /** Each with its LF; bytes after the last LF are left out. */
  public static List<byte[]> lines(byte[] bytes) {
    List<byte[]> lines = new ArrayList<>();
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (byte b : bytes) {
      line.write(b);
      if (b == '\n') {
        lines.add(line.toByteArray());
        line.reset();
      }
    }
    return lines;
  }

  public static byte[] join(List<byte[]> lines) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    lines.forEach(bytes::writeBytes);
    return bytes.toByteArray();
  }
}
