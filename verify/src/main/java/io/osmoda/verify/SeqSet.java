package io.osmoda.verify;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A set of sequence numbers below a bound: one bit each, in pages that are made when needed. Not
 * thread-safe.
 */
final class SeqSet {
  private static final int PAGE_BITS = 16;
  private static final int PAGE_WORDS = (1 << PAGE_BITS) / Long.SIZE;

  /** Stands for a page with all bits set, so that long ranges cost nothing. */
  private static final long[] FULL = full();

  private final long bound;
  private long[] @Nullable [] pages = new long[0][];

  /** Numbers at or past the bound are left out in silence. */
  SeqSet(long bound) {
    this.bound = Math.min(bound, (long) Integer.MAX_VALUE << (PAGE_BITS - 1));
  }

  void add(long seq) {
    addRange(seq, seq);
  }

  /** Adds {@code first} … {@code last}, inclusive. */
  @SuppressWarnings("ReferenceEquality") // the one page that stands for all full ones
  void addRange(long first, long last) {
    long end = Math.min(last, bound - 1) + 1;
    for (long seq = first; seq < end; ) {
      int page = (int) (seq >>> PAGE_BITS);
      long pageEnd = (page + 1L) << PAGE_BITS;
      long stop = Math.min(end, pageEnd);
      if (page >= pages.length) {
        pages = Arrays.copyOf(pages, Math.max(page + 1, pages.length + pages.length / 2));
      }
      long[] words = pages[page];
      if (seq == (long) page << PAGE_BITS && stop == pageEnd) {
        pages[page] = FULL;
      } else if (words != FULL) {
        if (words == null) {
          words = new long[PAGE_WORDS];
          pages[page] = words;
        }
        setBits(words, (int) (seq & ((1 << PAGE_BITS) - 1)), (int) (stop - seq));
      }
      seq = stop;
    }
  }

  private static void setBits(long[] words, int from, int count) {
    int end = from + count;
    for (int bit = from; bit < end; ) {
      int within = bit & (Long.SIZE - 1);
      int n = Math.min(Long.SIZE - within, end - bit);
      words[bit / Long.SIZE] |= (-1L >>> (Long.SIZE - n)) << within;
      bit += n;
    }
  }

  /** The lowest number that is in this set and not in the other, or -1. */
  long lowestNotIn(SeqSet other) {
    for (int page = 0; page < pages.length; page++) {
      long[] words = pages[page];
      if (words == null) {
        continue;
      }
      long[] others = page < other.pages.length ? other.pages[page] : null;
      for (int i = 0; i < PAGE_WORDS; i++) {
        long rest = others == null ? words[i] : words[i] & ~others[i];
        if (rest != 0) {
          return ((long) page << PAGE_BITS)
              + (long) i * Long.SIZE
              + Long.numberOfTrailingZeros(rest);
        }
      }
    }
    return -1;
  }

  /** How many numbers are in the set. */
  long count() {
    long count = 0;
    for (long[] words : pages) {
      if (words != null) {
        for (long word : words) {
          count += Long.bitCount(word);
        }
      }
    }
    return count;
  }

  private static long[] full() {
    long[] words = new long[PAGE_WORDS];
    Arrays.fill(words, -1);
    return words;
  }
}
