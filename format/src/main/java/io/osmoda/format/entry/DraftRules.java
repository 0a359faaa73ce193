package io.osmoda.format.entry;

import io.osmoda.format.json.Shown;
import java.time.Instant;

/** The rules of section 1 for the members of an entry, for drafts on the caller's thread. */
public final class DraftRules {
  static final int MAX_ACTION = 64;
  static final int MAX_ACTOR_KIND = 16;
  public static final int MAX_ID = 256;
  static final int MAX_TARGET = 1_024;
  static final int MAX_REASON = 4_096;
  static final int MAX_CAUSES = 64;

  /** Timestamps have four digits for the year: from here, inclusive, to {@link #END}. */
  static final Instant EARLIEST = Instant.parse("0000-01-01T00:00:00Z");

  static final Instant END = Instant.parse("+10000-01-01T00:00:00Z");

  private DraftRules() {}

  /** {@code [a-z][a-z0-9_]{0,63}}: actions and sources. */
  static void checkName(String member, String text) {
    boolean good = !text.isEmpty() && text.length() <= MAX_ACTION;
    for (int i = 0; good && i < text.length(); i++) {
      char c = text.charAt(i);
      good = (c >= 'a' && c <= 'z') || (i > 0 && ((c >= '0' && c <= '9') || c == '_'));
    }
    if (!good) {
      throw new DraftRefusedException(
          member, "must match [a-z][a-z0-9_]{0,63}, such as tool_call: " + Shown.quoted(text));
    }
  }

  /** {@code kind:id} with a kind that the format knows. */
  static void checkActor(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new DraftRefusedException(
          "actor", "must read kind:id, such as agent:research-01: " + Shown.quoted(text));
    }
    switch (text.substring(0, colon)) {
      case "agent", "user", "ssh", "system", "mesh" -> {}
      default ->
          throw new DraftRefusedException(
              "actor", "kind must be agent, user, ssh, system or mesh: " + Shown.quoted(text));
    }
    checkText("actor", text.substring(colon + 1), MAX_ID);
  }

  /** 1…max UTF-8 bytes, no control characters, no lone surrogates. */
  public static void checkText(String member, String text, int max) {
    checkText(member, text, max, false);
  }

  public static void checkText(String member, String text, int max, boolean controlsAllowed) {
    long bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!controlsAllowed && (c < 0x20 || (c >= 0x7f && c <= 0x9f))) {
        throw new DraftRefusedException(
            member, "holds the control character U+%04X at %d".formatted((int) c, i));
      }
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
        bytes += 4;
      } else if (Character.isSurrogate(c)) {
        throw new DraftRefusedException(member, "holds a lone surrogate at " + i);
      } else {
        bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
      }
    }
    if (bytes == 0 || bytes > max) {
      throw new DraftRefusedException(
          member, "must have 1 to " + max + " bytes of UTF-8, has " + bytes);
    }
  }
}
