package io.osmoda.verify;

import io.osmoda.format.log.Hash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Hashes by index, 32 bytes each. Not thread-safe. */
final class HashList {
  private static final int PAGE = 1 << 12;

  private final List<byte[]> pages = new ArrayList<>();

  /** Puts the hash that stands at {@code from}. */
  void put(int index, byte[] bytes, int from) {
    int page = index / PAGE;
    while (pages.size() <= page) {
      pages.add(new byte[0]);
    }
    if (pages.get(page).length == 0) {
      pages.set(page, new byte[PAGE * Hash.LENGTH]);
    }
    System.arraycopy(bytes, from, pages.get(page), index % PAGE * Hash.LENGTH, Hash.LENGTH);
  }

  /** Whether that hash stands at the index. */
  boolean is(int index, Hash hash) {
    int page = index / PAGE;
    if (page >= pages.size() || pages.get(page).length == 0) {
      return false;
    }
    int from = index % PAGE * Hash.LENGTH;
    return Arrays.equals(pages.get(page), from, from + Hash.LENGTH, hash.toBytes(), 0, Hash.LENGTH);
  }
}
