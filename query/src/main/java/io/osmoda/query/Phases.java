package io.osmoda.query;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which entries are the start and the end of one thing (format section 7), where the end names the
 * start as its cause.
 */
final class Phases {
  /** Calls, whose start has the status {@code pending}; one with a final status is whole. */
  private static final Map<String, Set<String>> CALLS =
      Map.of("tool_call", Set.of("tool_result"), "mcp_request", Set.of("mcp_response"));

  /** What goes on until it ends, with any status. */
  private static final Map<String, Set<String>> SPELLS =
      Map.ofEntries(
          Map.entry("agent_start", Set.of("agent_stop", "agent_crash")),
          Map.entry("ssh_open", Set.of("ssh_close")),
          Map.entry("login", Set.of("logout")),
          Map.entry("process_exec", Set.of("process_exit")),
          Map.entry("service_start", Set.of("service_stop", "service_fail")),
          Map.entry("mesh_connect", Set.of("mesh_disconnect")),
          Map.entry("access_grant", Set.of("access_revoke")),
          Map.entry("approval_request", Set.of("approval_grant", "approval_deny")),
          Map.entry("drift_detect", Set.of("drift_resolve")),
          Map.entry("incident_open", Set.of("incident_close")),
          Map.entry("hold_set", Set.of("hold_release")),
          Map.entry("capture_start", Set.of("capture_stop")));

  private Phases() {}

  /** Whether an end is due, or may come. */
  static boolean opens(Step step) {
    return step.isPending() || SPELLS.containsKey(step.action());
  }

  /** Whether the second, which names the first as a cause, is its end. */
  static boolean ends(Step start, Step end) {
    return opens(start) && !end.isPending() && ends(start).contains(end.action());
  }

  /**
   * Actions of the ends of an action. What is sealed before it happens and again when it did has
   * the same action twice, unless it is a call: that may have led to another call.
   */
  private static Set<String> ends(Step start) {
    Set<String> ends = new LinkedHashSet<>();
    ends.addAll(CALLS.getOrDefault(start.action(), SPELLS.getOrDefault(start.action(), Set.of())));
    if (start.isPending() && !CALLS.containsKey(start.action())) {
      ends.add(start.action());
    }
    return ends;
  }

  /** Whatever may be the end of any of these. */
  static Condition endOfAny(Collection<Step> starts) {
    Set<String> actions = new LinkedHashSet<>();
    starts.forEach(start -> actions.addAll(ends(start)));
    List<Condition> any =
        actions.stream()
            .<Condition>map(action -> new Condition.Equal(Member.ACTION, action))
            .toList();
    return new Condition.Or(any);
  }
}
