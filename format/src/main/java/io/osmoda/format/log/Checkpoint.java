package io.osmoda.format.log;

import io.osmoda.format.json.Digits;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.Shown;

/**
 * What a checkpoint states: a tree's origin, size and root (section 3, C2SP tlog-checkpoint).
 * Immutable.
 *
 * @param size number of entries, 0 … 2^53-1
 */
public record Checkpoint(String origin, long size, Hash root) {
  public Checkpoint {
    if (!Origins.isOrigin(origin)) {
      throw new IllegalArgumentException("not an origin: " + origin);
    }
    if (size < 0 || size > JsonNumber.MAX_SAFE_INTEGER) {
      throw new IllegalArgumentException("a tree's size is 0 to 2^53-1, not " + size);
    }
  }

  /**
   * Parses a note's text: origin, decimal size and base64 root, a line each, and nothing else.
   *
   * @throws BadNoteException if it is anything but that, in the one spelling it has
   */
  static Checkpoint parse(String text) throws BadNoteException {
    String[] lines = text.split("\n", -1);
    if (lines.length != 4 || !lines[3].isEmpty()) {
      throw new BadNoteException(
          "a checkpoint has three lines, origin, size and root, each ending in a newline");
    }
    if (!Origins.isOrigin(lines[0])) {
      throw new BadNoteException(
          "the checkpoint's first line is not an origin: " + Shown.quoted(lines[0]));
    }
    if (!Digits.isDecimal(lines[1]) || Long.parseLong(lines[1]) > JsonNumber.MAX_SAFE_INTEGER) {
      throw new BadNoteException(
          "the checkpoint's second line is not a size: " + Shown.quoted(lines[1]));
    }
    Hash root = StrictBase64.hash(lines[2]);
    if (root == null) {
      throw new BadNoteException(
          "the checkpoint's third line is not a root of 32 bytes in strict base64: "
              + Shown.quoted(lines[2]));
    }
    return new Checkpoint(lines[0], Long.parseLong(lines[1]), root);
  }

  /** The text that a note holds and Ed25519 signs, its last newline included. */
  public String text() {
    return origin + "\n" + size + "\n" + root.base64() + "\n";
  }
}
