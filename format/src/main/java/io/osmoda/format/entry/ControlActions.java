package io.osmoda.format.entry;

import io.osmoda.format.json.JsonObject;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which actions the ledger alone seals, and which of them explain a ledger (section 1). */
public final class ControlActions {
  static final String ACTOR = "system:ledger";
  static final String SOURCE = "ledger";

  public static final String CREATE = "ledger_create";
  public static final String RECOVER = "ledger_recover";
  public static final String REDACT = "ledger_redact";
  public static final String ROTATE = "key_rotate";
  public static final String CLOCK_STEP = "clock_step";
  public static final String CAPTURE_STATE = "capture_state";

  /** The capture point of what a person states through our own command or API. */
  public static final String STATEMENT_SOURCE = "statement";

  /** The capture point of what the ledger's own configuration file says. */
  public static final String CONFIGURATION_SOURCE = "configuration";

  public static final String CONFIGURATION_ACTOR = "system:osmoda";
  public static final String CONFIGURATION_CHANGE = "config_change";

  public static final String HOLD_SET = "hold_set";
  public static final String HOLD_RELEASE = "hold_release";

  public static final String REVIEW = "review";
  public static final String SIGN_OFF = "sign_off";

  /** What only a person states. */
  private static final Set<String> STATEMENTS = Set.of(REVIEW, SIGN_OFF, HOLD_SET, HOLD_RELEASE);

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
  public static boolean isControl(String action) {
    return action.startsWith("ledger_")
        || action.startsWith("capture_")
        || action.startsWith("witness_")
        || action.equals(ROTATE)
        || action.equals(CLOCK_STEP);
  }

  /** Control entries that stand whole in every export and are never redacted. */
  public static boolean isContext(String action) {
    return CONTEXT.contains(action);
  }

  /** {@code review}, {@code sign_off}, {@code hold_set}, {@code hold_release}. */
  public static boolean isStatement(String action) {
    return STATEMENTS.contains(action);
  }

  /** Refuses what only the ledger itself may say, or a person through our own command or API. */
  public static void refuseFromCallers(EntryDraft draft) {
    if (isControl(draft.action())) {
      throw new DraftRefusedException(
          "action", draft.action() + " is sealed by the ledger alone; choose another action");
    }
    if (isStatement(draft.action())) {
      throw new StatementRefusedException(draft.action());
    }
    if (draft.source().equals(STATEMENT_SOURCE)) {
      throw new DraftRefusedException("source", "statement is not a capture point's to set");
    }
    if (draft.source().equals(CONFIGURATION_SOURCE)) {
      throw new DraftRefusedException(
          "source", "configuration is what the software reads itself, and no capture point's");
    }
    if (draft.source().equals(SOURCE)) {
      throw new DraftRefusedException("source", "ledger is the ledger's own");
    }
    if (draft.actor().equals(ACTOR)) {
      throw new DraftRefusedException("actor", "system:ledger is the ledger's own");
    }
  }

  public static EntryDraft.Builder draft(
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
