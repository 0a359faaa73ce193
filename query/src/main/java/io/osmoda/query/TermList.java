package io.osmoda.query;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.BytesTermAttribute;
import org.apache.lucene.util.BytesRef;

/**
 * The terms of one field of one entry, handed to the index as they are. Made once and refilled for
 * each entry. Not thread-safe.
 */
final class TermList extends TokenStream {
  private final BytesTermAttribute term = addAttribute(BytesTermAttribute.class);
  private final BytesRef view = new BytesRef();
  private byte[] bytes = new byte[1 << 12];
  private int[] ends = new int[1 << 8];
  private int count;
  private int length;
  private int given;

  /** Forgets all terms. */
  void clearTerms() {
    count = 0;
    length = 0;
  }

  int count() {
    return count;
  }

  /** Begins or goes on with the term that {@link #end} completes. */
  TermList put(byte[] source, int from, int size) {
    need(size);
    System.arraycopy(source, from, bytes, length, size);
    length += size;
    return this;
  }

  TermList put(int oneByte) {
    need(1);
    bytes[length++] = (byte) oneByte;
    return this;
  }

  /** The low {@code size} bytes, the highest of them first. */
  TermList put(long value, int size) {
    for (int shift = 8 * (size - 1); shift >= 0; shift -= 8) {
      put((int) (value >>> shift));
    }
    return this;
  }

  TermList put(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    return put(utf8, 0, utf8.length);
  }

  /** Characters of which most are ASCII, as UTF-8. */
  TermList put(char[] text, int size) {
    need(size);
    for (int i = 0; i < size; i++) {
      if (text[i] >= 128) {
        return put(new String(text, i, size - i));
      }
      bytes[length++] = (byte) text[i];
    }
    return this;
  }

  /** Completes a term; that one comes again does no harm, and looking for it costs more. */
  void endTerm() {
    if (count == ends.length) {
      ends = Arrays.copyOf(ends, 2 * count);
    }
    ends[count++] = length;
  }

  private int start(int term) {
    return term == 0 ? 0 : ends[term - 1];
  }

  private void need(int size) {
    if (length + size > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + size));
    }
  }

  @Override
  public void reset() {
    given = 0;
  }

  /** Leaves the attributes as they are, since they are used again. */
  @Override
  public void end() {}

  @Override
  public boolean incrementToken() {
    if (given == count) {
      return false;
    }
    int start = start(given);
    view.bytes = bytes;
    view.offset = start;
    view.length = ends[given++] - start;
    term.setBytesRef(view);
    return true;
  }
}
