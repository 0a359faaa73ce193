package io.osmoda.format.entry;

import java.util.Locale;

/** The named faults that a verifier reports (section 8). */
public enum FindingKind {
  BAD_HASH,
  BAD_PAYLOAD_HASH,
  BROKEN_LINK,
  MISSING_SEQ,
  DUPLICATE_SEQ,
  NOT_CANONICAL,
  BAD_MEMBER,
  TIME_REVERSED,
  PAYLOAD_MISSING,
  BAD_CAUSE,
  TRUNCATED,
  ROOT_MISMATCH,
  BAD_SIGNATURE,
  UNKNOWN_KEY,
  ROLLBACK,
  BAD_ORIGIN,
  BAD_MANIFEST,
  FILTER_MISMATCH,
  BAD_PROOF,
  UNREADABLE;

  private final String text = name().toLowerCase(Locale.ROOT);

  /** The word as the format writes it. */
  public String text() {
    return text;
  }
}
