package io.osmoda.format.log;

import io.osmoda.format.json.Digits;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.Shown;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What tlog-proof and range-proof files have in common: lines of text, an empty line, and the
 * checkpoint verbatim.
 *
 * @param lines without their newlines; none is empty
 */
record ProofText(List<String> lines, SignedCheckpoint checkpoint) {
  static ProofText parse(byte[] file) throws BadProofException {
    int split = -1;
    for (int i = 0; i + 1 < file.length && split < 0; i++) {
      if (file[i] == '\n' && file[i + 1] == '\n') {
        split = i;
      }
    }
    if (split < 0) {
      throw new BadProofException("no empty line stands between the proof and its checkpoint");
    }
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(file, 0, split)).toString();
    } catch (CharacterCodingException e) {
      throw new BadProofException("the proof is not UTF-8");
    }
    try {
      return new ProofText(
          List.of(text.split("\n", -1)),
          SignedCheckpoint.parse(Arrays.copyOfRange(file, split + 2, file.length)));
    } catch (BadNoteException e) {
      throw new BadProofException("the proof's checkpoint: " + e.getMessage());
    }
  }

  /** The line, or nothing where there are not so many. */
  String line(int number) {
    return number < lines.size() ? lines.get(number) : "";
  }

  /** The lines from one on, each a hash. */
  List<Hash> hashes(int from) throws BadProofException {
    List<Hash> hashes = new ArrayList<>();
    for (int i = from; i < lines.size(); i++) {
      Hash hash = StrictBase64.hash(lines.get(i));
      if (hash == null) {
        throw new BadProofException(
            "line "
                + (i + 1)
                + " is not a hash of 32 bytes in strict base64: "
                + Shown.quoted(lines.get(i)));
      }
      hashes.add(hash);
    }
    return hashes;
  }

  /** A decimal number without leading zeros, 0 … 2^53-1. */
  static long number(String digits) throws BadProofException {
    if (!Digits.isDecimal(digits) || Long.parseLong(digits) > JsonNumber.MAX_SAFE_INTEGER) {
      throw new BadProofException("not a number from 0 to 2^53-1: " + Shown.quoted(digits));
    }
    return Long.parseLong(digits);
  }

  static byte[] toBytes(List<String> lines, List<Hash> hashes, SignedCheckpoint checkpoint) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    for (String line : lines) {
      file.writeBytes((line + "\n").getBytes(StandardCharsets.UTF_8));
    }
    for (Hash hash : hashes) {
      file.writeBytes((hash.base64() + "\n").getBytes(StandardCharsets.US_ASCII));
    }
    file.write('\n');
    file.writeBytes(checkpoint.note());
    return file.toByteArray();
  }
}
