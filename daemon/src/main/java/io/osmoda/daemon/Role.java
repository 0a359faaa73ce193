package io.osmoda.daemon;

import io.osmoda.format.entry.RequestRefusedException;
import java.util.Locale;

/** What a caller may do. */
public enum Role {
  /** Appends entries as the actors it is bound to; sees the status and checkpoints. */
  WRITER,
  /** Reads entries, each request being recorded; proofs, streams, tiles. */
  AUDITOR,
  /** All of that, and redaction, key rotation, clock confirmation, shutdown. */
  ADMIN;

  private final String text = name().toLowerCase(Locale.ROOT);

  /** The word in configuration and token files. */
  public String text() {
    return text;
  }

  /**
   * The role of that word.
   *
   * @throws RequestRefusedException if there is none
   */
  public static Role parse(String text) {
    for (Role role : values()) {
      if (role.text.equals(text)) {
        return role;
      }
    }
    throw new RequestRefusedException("a role is writer, auditor or admin, not " + text);
  }

  /** Whether this role includes what the other may do. */
  boolean covers(Role other) {
    return this == ADMIN || this == other;
  }
}
