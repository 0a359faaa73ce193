package io.osmoda.query;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Says why a question has no answer: what of it no entry satisfies, what was probably meant, and
 * what else keeps entries out. Not thread-safe.
 */
public final class NearMisses {
  /** Most parts of a question that are looked at. */
  private static final int MAX_PARTS = 8;

  /** Most values among which the nearest is looked for. */
  private static final int MAX_VALUES = 10_000;

  private final EntrySearch search;
  private final long size;
  private final Deadline deadline;

  /**
   * @param size entries to look at
   * @param deadline when to give up; what was found by then is told
   */
  public NearMisses(EntrySearch search, long size, Deadline deadline) {
    this.search = search;
    this.size = size;
    this.deadline = deadline;
  }

  /** Sentences, without a full stop, on a filter that no entry satisfies. */
  public List<String> of(EntryFilter filter) throws IOException {
    List<String> told = new ArrayList<>();
    try {
      tell(filter, told);
    } catch (SearchTimeoutException e) {
      return told; // no answer is worth more time than the question had
    }
    return told;
  }

  private void tell(EntryFilter filter, List<String> told) throws IOException {
    if (size == 0) {
      told.add("the ledger has no entries yet");
      return;
    }
    List<Condition> parts = parts(filter.within(null, null).condition());
    for (Condition part : parts) {
      if (count(part) == 0) {
        told.add(noEntry(part));
      }
    }
    if (!told.isEmpty()) {
      return;
    }
    boolean isTimed = filter.from() != null || filter.to() != null;
    long untimed = isTimed ? count(new Condition.And(parts)) : 0;
    if (untimed > 0) {
      told.add("without the bounds of time %s match".formatted(entries(untimed)));
      return;
    }
    if (isTimed && count(EntryFilter.ALL.within(filter.from(), filter.to()).condition()) == 0) {
      told.add("no entry at all was sealed in that time");
    }
    for (Condition part : parts.size() > 1 ? parts : List.<Condition>of()) {
      List<Condition> others = new ArrayList<>(parts);
      others.remove(part);
      long without =
          count(
              new EntryFilter(
                      filter.from(),
                      filter.to(),
                      java.util.Map.of(),
                      null,
                      new Condition.And(others))
                  .condition());
      if (without > 0) {
        told.add("without %s %s match".formatted(part, entries(without)));
      }
    }
  }

  private static List<Condition> parts(Condition condition) {
    List<Condition> parts = new ArrayList<>();
    collect(condition, parts);
    return parts.size() > MAX_PARTS ? parts.subList(0, MAX_PARTS) : parts;
  }

  private static void collect(Condition condition, List<Condition> parts) {
    if (condition instanceof Condition.And(List<Condition> inner)) {
      inner.forEach(part -> collect(part, parts));
    } else {
      parts.add(condition);
    }
  }

  private static String entries(long count) {
    return String.format(Locale.ROOT, "%,d %s", count, count == 1 ? "entry" : "entries");
  }

  private long count(Condition condition) throws IOException {
    return search.count(
        EntryFilter.ALL.and(condition).and(new Condition.SeqBetween(0, size)), deadline);
  }

  private String noEntry(Condition part) throws IOException {
    List<Condition> alternatives =
        part instanceof Condition.Or(List<Condition> either) ? either : List.of(part);
    List<String> meant = new ArrayList<>();
    for (Condition each : alternatives) {
      if (each instanceof Condition.Equal(Member member, String value)) {
        String near = Member.GROUPED.contains(member) ? nearest(member, value) : null;
        if (near != null) {
          meant.add(near);
        }
      }
    }
    String said =
        part instanceof Condition.Equal(Member member, String value)
            ? "no %s %s is on record".formatted(member.word(), value)
            : "no entry on record satisfies " + part;
    return said
        + (meant.isEmpty() ? "" : "; did you mean " + String.join(" or ", meant) + "?")
        + (isStringOfDigits(part) ? "; a number is compared by = < <= > >=" : "");
  }

  private static boolean isStringOfDigits(Condition part) {
    return (part instanceof Condition.PayloadBegins(PayloadPath path, String prefix)
            && prefix.matches("[0-9]+"))
        || (part instanceof Condition.PayloadLike(PayloadPath path2, Glob glob)
            && glob.pattern().matches("[0-9*?]+"));
  }

  private @Nullable String nearest(Member member, String value) throws IOException {
    List<String> values =
        search
            .facets(
                EntryFilter.ALL.and(new Condition.SeqBetween(0, size)),
                List.of(member),
                MAX_VALUES,
                deadline)
            .top()
            .stream()
            .map(facet -> facet.values().getFirst())
            .filter(Objects::nonNull)
            .toList();
    String folded = Folding.fold(value);
    String id = folded.substring(folded.indexOf(':') + 1);
    for (String each : values) {
      if (Folding.fold(each).equals(folded)) {
        return each;
      }
    }
    for (String each : values) {
      String other = Folding.fold(each);
      if (member == Member.ACTOR && other.substring(other.indexOf(':') + 1).equals(id)) {
        return each;
      }
    }
    return Spelling.nearest(value, values);
  }
}
