package io.osmoda.ledger;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which actions the ledger alone seals, and which of them explain a ledger (section 1). */
final class ControlActions {
  static final String ACTOR = "system:ledger";
  static final String SOURCE = "ledger";

  static final String CREATE = "ledger_create";
  static final String RECOVER = "ledger_recover";
  static final String REDACT = "ledger_redact";
  static final String ROTATE = "key_rotate";
  static final String CLOCK_STEP = "clock_step";
  static final String CAPTURE_STATE = "capture_state";

  private static final Set<String> CONTEXT =
      Set.of(
          CREATE,
          RECOVER,
          REDACT,
          "ledger_restore",
          ROTATE,
          CLOCK_STEP,
          "capture_start",
          "capture_stop",
          "capture_gap",
          CAPTURE_STATE);

  private ControlActions() {}

  /**
   * {@code ledger_*}, {@code key_rotate}, {@code clock_step}, {@code capture_*}, {@code witness_*}.
   */
  static boolean isControl(String action) {
    return action.startsWith("ledger_")
        || action.startsWith("capture_")
        || action.startsWith("witness_")
        || action.equals(ROTATE)
        || action.equals(CLOCK_STEP);
  }

  /** Control entries that stand whole in every export and are never redacted. */
  static boolean isContext(String action) {
    return CONTEXT.contains(action);
  }

  /** Refuses what only the ledger itself may say. */
  static void refuseFromCallers(EntryDraft draft) {
    if (isControl(draft.action())) {
      throw new DraftRefusedException(
          "action", draft.action() + " is sealed by the ledger alone; choose another action");
    }
    if (draft.source().equals(SOURCE)) {
      throw new DraftRefusedException("source", "ledger is the ledger's own");
    }
    if (draft.actor().equals(ACTOR)) {
      throw new DraftRefusedException("actor", "system:ledger is the ledger's own");
    }
  }

  static EntryDraft.Builder draft(
      String action,
      Status status,
      @Nullable String target,
      @Nullable String reason,
      List<CauseReference> causes,
      JsonObject payload) {
    return EntryDraft.builder(SOURCE, ACTOR, action)
        .status(status)
        .target(target)
        .reason(reason)
        .causedBy(causes)
        .payload(payload);
  }
}
