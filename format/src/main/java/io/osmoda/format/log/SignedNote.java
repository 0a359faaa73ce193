package io.osmoda.format.log;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A text and its signature lines (C2SP signed-note). Immutable. Parsing is strict, so that writing
 * a parsed note gives the same bytes again; it says nothing about whether a signature holds.
 *
 * @param text ends in LF; that LF is signed, the empty line after it is not
 */
public record SignedNote(String text, List<SignatureLine> signatures) {
  /** C2SP asks for at least 16. */
  static final int MAX_SIGNATURES = 100;

  private static final String LINE_START = "— ";

  public SignedNote {
    if (!text.endsWith("\n")) {
      throw new IllegalArgumentException("a note's text ends in a newline");
    }
    signatures = List.copyOf(signatures);
  }

  /**
   * One signature line.
   *
   * @param name the key's name
   * @param keyId the first four bytes of the blob, big-endian
   * @param signature what follows them; not to be written to
   */
  @SuppressWarnings("ArrayRecordComponent") // package-private, never compared by this component
  public record SignatureLine(String name, int keyId, byte[] signature) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof SignatureLine that
          && name.equals(that.name)
          && keyId == that.keyId
          && Arrays.equals(signature, that.signature);
    }

    @Override
    public int hashCode() {
      return 31 * keyId + Arrays.hashCode(signature);
    }

    @Override
    public String toString() {
      byte[] blob =
          ByteBuffer.allocate(Integer.BYTES + signature.length)
              .putInt(keyId)
              .put(signature)
              .array();
      return LINE_START + name + " " + StrictBase64.encode(blob) + "\n";
    }
  }

  public static SignedNote parse(byte[] note) throws BadNoteException {
    String all;
    try {
      all = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(note)).toString();
    } catch (CharacterCodingException e) {
      throw new BadNoteException("the note is not UTF-8");
    }
    for (int i = 0; i < all.length(); i++) {
      char c = all.charAt(i);
      if (c < 0x20 && c != '\n') {
        throw new BadNoteException(
            "the note holds the control character U+%04X".formatted((int) c));
      }
    }
    int split = all.lastIndexOf("\n\n");
    if (split < 0) {
      throw new BadNoteException("no empty line stands between the note's text and its signatures");
    }
    String text = all.substring(0, split + 1);
    String lines = all.substring(split + 2);
    if (lines.isEmpty()) {
      throw new BadNoteException("the note has no signature line");
    }
    if (!lines.endsWith("\n")) {
      throw new BadNoteException("the note's last line does not end in a newline");
    }
    List<SignatureLine> signatures = new ArrayList<>();
    for (int from = 0; from < lines.length(); ) {
      int end = lines.indexOf('\n', from);
      if (signatures.size() == MAX_SIGNATURES) {
        throw new BadNoteException("the note has more than " + MAX_SIGNATURES + " signature lines");
      }
      signatures.add(parseLine(lines.substring(from, end), signatures.size() + 1));
      from = end + 1;
    }
    return new SignedNote(text, signatures);
  }

  private static SignatureLine parseLine(String line, int number) throws BadNoteException {
    String rest = line.startsWith(LINE_START) ? line.substring(LINE_START.length()) : "";
    int space = rest.indexOf(' ');
    if (space < 0 || !isKeyName(rest.substring(0, space))) {
      throw new BadNoteException(
          "signature line " + number + " does not read \"— NAME BASE64\" with a proper key name");
    }
    byte[] blob = StrictBase64.decode(rest.substring(space + 1));
    if (blob == null || blob.length <= Integer.BYTES) {
      throw new BadNoteException(
          "signature line " + number + " does not hold a key ID and a signature in strict base64");
    }
    return new SignatureLine(
        rest.substring(0, space),
        ByteBuffer.wrap(blob).getInt(),
        Arrays.copyOfRange(blob, Integer.BYTES, blob.length));
  }

  /** Not empty, no Unicode space, no plus, no control character. */
  static boolean isKeyName(String name) {
    return !name.isEmpty()
        && name.codePoints()
            .noneMatch(c -> c < 0x20 || c == '+' || c == 0x85 || Character.isSpaceChar(c));
  }

  /** The same text with more signature lines at its end. */
  SignedNote with(List<SignatureLine> more) {
    List<SignatureLine> lines = new ArrayList<>(signatures);
    lines.addAll(more);
    return new SignedNote(text, lines);
  }

  public byte[] toBytes() {
    StringBuilder note = new StringBuilder(text).append('\n');
    signatures.forEach(note::append);
    return note.toString().getBytes(StandardCharsets.UTF_8);
  }
}
