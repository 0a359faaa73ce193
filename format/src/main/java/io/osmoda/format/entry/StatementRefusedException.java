package io.osmoda.format.entry;

/** A draft whose action only a person states, through our own command or API. */
public final class StatementRefusedException extends DraftRefusedException {
  private static final long serialVersionUID = 1L;

  private final String action;

  StatementRefusedException(String action) {
    super(
        "action",
        action
            + " is what a person states, who is known then; choose another action for what others"
            + " report");
    this.action = action;
  }

  /** What was to be stated, such as {@code review}. */
  public String action() {
    return action;
  }
}
