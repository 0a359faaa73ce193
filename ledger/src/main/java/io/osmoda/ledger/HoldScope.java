package io.osmoda.ledger;

import io.osmoda.format.entry.DraftRefusedException;
import io.osmoda.format.entry.DraftRules;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.json.Shown;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which entries a legal hold covers: those in a time, of an actor, or all. What is given must all
 * hold. Immutable.
 *
 * @param from earliest timestamp, inclusive; null for the beginning
 * @param to latest timestamp, exclusive, which may be to come; null for no end
 * @param actor whose entries; with a final {@code *} a beginning; null for everybody's
 */
public record HoldScope(@Nullable Instant from, @Nullable Instant to, @Nullable String actor) {
  /** Every entry, those to come too. */
  public static final HoldScope ALL = new HoldScope(null, null, null);

  private static final String EVERYTHING = "all";
  private static final Pattern FORM =
      Pattern.compile("(?:from:(\\S+) ?)?(?:to:(\\S+) ?)?(?:actor:(.+))?");

  /**
   * Checks what is to be held.
   *
   * @throws DraftRefusedException if that can be no hold; says why
   */
  public HoldScope {
    if (from != null && to != null && !from.isBefore(to)) {
      throw new DraftRefusedException("from", from + " is not before " + to);
    }
    if (actor != null) {
      DraftRules.checkText("actor", actor, DraftRules.MAX_ID);
      if (!actor.contains(":") && !actor.equals("*")) {
        throw new DraftRefusedException(
            "actor", "must read like agent:crewai-01 or agent:*, not " + Shown.quoted(actor));
      }
    }
  }

  /** The target of the entry that sets such a hold: it stays when a payload is removed. */
  public String target() {
    if (equals(ALL)) {
      return EVERYTHING;
    }
    StringBuilder target = new StringBuilder();
    if (from != null) {
      target.append("from:").append(from).append(' ');
    }
    if (to != null) {
      target.append("to:").append(to).append(' ');
    }
    if (actor != null) {
      target.append("actor:").append(actor);
    }
    return target.toString().strip();
  }

  /** The scope that a target tells; everything where it is none, so that no hold goes unheeded. */
  static HoldScope ofTarget(@Nullable String target) {
    Matcher form = FORM.matcher(target == null ? "" : target);
    try {
      return form.matches()
          ? new HoldScope(instant(form.group(1)), instant(form.group(2)), form.group(3))
          : ALL;
    } catch (DateTimeException | DraftRefusedException e) {
      return ALL;
    }
  }

  private static @Nullable Instant instant(@Nullable String text) {
    return text == null ? null : Instant.parse(text);
  }

  /** Whether it covers that entry. */
  public boolean covers(Entry entry) {
    if (actor != null) {
      boolean isOfActor =
          actor.endsWith("*")
              ? entry.actor().startsWith(actor.substring(0, actor.length() - 1))
              : entry.actor().equals(actor);
      if (!isOfActor) {
        return false;
      }
    }
    if (from == null && to == null) {
      return true;
    }
    Instant sealed = entry.instant();
    return (from == null || !sealed.isBefore(from)) && (to == null || sealed.isBefore(to));
  }

  /** For people: {@code all entries}, {@code entries of agent:x from … to …}. */
  @Override
  public String toString() {
    return (equals(ALL) ? "all entries" : "entries")
        + (actor == null ? "" : " of " + actor)
        + (from == null ? "" : " from " + from)
        + (to == null ? "" : " to " + to);
  }
}
