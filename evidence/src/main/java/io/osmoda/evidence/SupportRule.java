package io.osmoda.evidence;

import io.osmoda.format.entry.Entry;
import io.osmoda.query.Condition;
import io.osmoda.query.Member;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Entries that support a control: those of some actions which also satisfy a condition. Immutable.
 *
 * @param actions names, at least one
 * @param where what else must hold; only over members that stay when a payload goes, so that what
 *     an entry supports does not change with a redaction; null where nothing
 */
public record SupportRule(List<String> actions, @Nullable Condition where) {
  public SupportRule {
    actions = List.copyOf(actions);
  }

  boolean matches(Entry entry) {
    return actions.contains(entry.action()) && (where == null || where.matches(entry));
  }

  /** The same as a condition for a search. */
  Condition condition() {
    List<Condition> named = new ArrayList<>();
    actions.forEach(action -> named.add(new Condition.Equal(Member.ACTION, action)));
    Condition any = named.size() == 1 ? named.getFirst() : new Condition.Or(named);
    return where == null ? any : any.and(where);
  }
}
