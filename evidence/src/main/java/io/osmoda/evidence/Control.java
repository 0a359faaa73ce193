package io.osmoda.evidence;

import io.osmoda.format.entry.Entry;
import io.osmoda.query.Condition;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One control of a framework. Immutable.
 *
 * @param id as the framework writes it
 * @param title short, in our own words
 * @param asks what an auditor asks for
 * @param supports which entries support it; empty where no entry can
 * @param cannotShow what the ledger cannot show of it
 * @param humanEvidence what people must still bring
 * @param requirements which common requirements it belongs to
 */
public record Control(
    String id,
    String title,
    String asks,
    List<SupportRule> supports,
    String cannotShow,
    String humanEvidence,
    Set<Requirement> requirements) {
  public Control {
    supports = List.copyOf(supports);
    requirements = Set.copyOf(requirements);
  }

  /** Whether the entry supports it. */
  boolean isSupportedBy(Entry entry) {
    for (SupportRule rule : supports) {
      if (rule.matches(entry)) {
        return true;
      }
    }
    return false;
  }

  /** Which entries support it, as a condition; null where none can. */
  @Nullable Condition condition() {
    List<Condition> rules = supports.stream().map(SupportRule::condition).toList();
    return rules.isEmpty() ? null : rules.size() == 1 ? rules.getFirst() : new Condition.Or(rules);
  }

  /** The actions that its rules name, sorted, each once. */
  List<String> actions() {
    return supports.stream().flatMap(rule -> rule.actions().stream()).sorted().distinct().toList();
  }
}
