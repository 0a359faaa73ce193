package io.osmoda.evidence;

import java.util.Set;

/** What an entry's capture point is worth (docs/evidence.md). */
public final class Assurance {
  /** Capture points that stand in an action's path and saw it themselves; others are told. */
  private static final Set<String> OBSERVING =
      Set.of(
          "mcp_proxy",
          "supervisor",
          "kernel",
          "fanotify",
          "ssh",
          "nix",
          "drift",
          "mesh",
          "configuration",
          "ledger");

  private Assurance() {}

  /** {@code observed} where the capture point saw the action itself, {@code reported} else. */
  public static String of(String source) {
    return OBSERVING.contains(source) ? "observed" : "reported";
  }
}
