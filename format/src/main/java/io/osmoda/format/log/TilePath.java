package io.osmoda.format.log;

import io.osmoda.format.json.Digits;
import org.jspecify.annotations.Nullable;

/**
 * The name of a C2SP tlog-tiles resource: {@code tile/L/N[.p/W]} or {@code tile/entries/N[.p/W]}.
 *
 * @param level 0 … 63, or {@link #ENTRIES}
 * @param index 0 …
 * @param width 1 … 256; below 256 the tile is partial
 */
public record TilePath(int level, long index, int width) {
  /** Levels of the tree that a tile spans. */
  public static final int HEIGHT = 8;

  /** Hashes in a full tile. */
  public static final int FULL_WIDTH = 1 << HEIGHT;

  /** Stands as the level of entry bundles. */
  public static final int ENTRIES = -1;

  private static final int MAX_LEVEL = 63;
  private static final int MAX_GROUPS = 6; // of three digits: 10^18 fits a long
  private static final int GROUP = 1_000;

  /** Parses a path strictly; null where it is none, or not in its one spelling. */
  public static @Nullable TilePath parse(String path) {
    String[] parts = path.split("/", -1);
    if (parts.length < 3 || !parts[0].equals("tile")) {
      return null;
    }
    int level;
    if (parts[1].equals("entries")) {
      level = ENTRIES;
    } else {
      level = number(parts[1], MAX_LEVEL);
      if (level < 0) {
        return null;
      }
    }
    int end = parts.length;
    int width = FULL_WIDTH;
    if (end >= 4 && parts[end - 2].endsWith(".p")) {
      width = number(parts[end - 1], FULL_WIDTH - 1);
      if (width < 1) {
        return null;
      }
      end--;
      parts[end - 1] = parts[end - 1].substring(0, parts[end - 1].length() - ".p".length());
    }
    if (end - 2 > MAX_GROUPS) {
      return null;
    }
    long index = 0;
    for (int i = 2; i < end; i++) {
      String digits = parts[i];
      if (i < end - 1) {
        if (!digits.startsWith("x")) {
          return null;
        }
        digits = digits.substring(1);
      }
      if (digits.length() != 3 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
        return null;
      }
      index = index * GROUP + Integer.parseInt(digits);
    }
    TilePath parsed = new TilePath(level, index, width);
    return parsed.toString().equals(path) ? parsed : null; // x000 in front is another spelling
  }

  /** A decimal number without leading zeros; -1 where it is none or above the maximum. */
  private static int number(String digits, int max) {
    if (!Digits.isDecimal(digits)) {
      return -1;
    }
    long number = Long.parseLong(digits);
    return number > max ? -1 : (int) number;
  }

  public boolean isEntries() {
    return level == ENTRIES;
  }

  public boolean isPartial() {
    return width < FULL_WIDTH;
  }

  @Override
  public String toString() {
    StringBuilder digits = new StringBuilder("%03d".formatted(index % GROUP));
    for (long rest = index / GROUP; rest > 0; rest /= GROUP) {
      digits.insert(0, "x%03d/".formatted(rest % GROUP));
    }
    String partial = isPartial() ? ".p/" + width : "";
    return "tile/" + (isEntries() ? "entries" : level) + "/" + digits + partial;
  }
}
