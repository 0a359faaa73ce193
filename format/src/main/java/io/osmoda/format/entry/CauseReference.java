package io.osmoda.format.entry;

import io.osmoda.format.json.Digits;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.Shown;
import io.osmoda.format.log.Hash;
import io.osmoda.format.log.Origins;

/**
 * A reference to an earlier entry, {@code ORIGIN#SEQ@ENTRY_HASH} (section 1).
 *
 * @param origin the other ledger's origin, empty for this ledger
 */
public record CauseReference(String origin, long seq, Hash entryHash) {
  public CauseReference {
    if (seq < 0 || seq > JsonNumber.MAX_SAFE_INTEGER) {
      throw new DraftRefusedException("caused_by", "sequence number out of range: " + seq);
    }
    if (!origin.isEmpty() && !Origins.isOrigin(origin)) {
      throw new DraftRefusedException("caused_by", "not an origin: " + Shown.quoted(origin));
    }
  }

  /** A reference to an entry of the same ledger. */
  public static CauseReference local(Receipt receipt) {
    return new CauseReference("", receipt.seq(), receipt.entryHash());
  }

  /** Parses the textual form; refuses leading zeros and anything malformed. */
  public static CauseReference parse(String text) {
    int hash = text.indexOf('#');
    int at = text.indexOf('@', hash + 1);
    if (hash < 0 || at < 0) {
      throw malformed(text);
    }
    String digits = text.substring(hash + 1, at);
    if (!Digits.isDecimal(digits) || !Digits.isHex(text.substring(at + 1), 64)) {
      throw malformed(text);
    }
    return new CauseReference(
        text.substring(0, hash), Long.parseLong(digits), Hash.fromHex(text.substring(at + 1)));
  }

  private static DraftRefusedException malformed(String text) {
    return new DraftRefusedException(
        "caused_by", "must read ORIGIN#SEQ@ENTRY_HASH: " + Shown.quoted(text));
  }

  @Override
  public String toString() {
    return origin + "#" + seq + "@" + entryHash.hex();
  }
}
