package io.osmoda.format.entry;

/** A draft that the format or the rules for callers refuse; names the member and the reason. */
public class DraftRefusedException extends RequestRefusedException {
  private static final long serialVersionUID = 1L;

  private final String member;
  private final String reason;

  public DraftRefusedException(String member, String reason) {
    super(member + ": " + reason);
    this.member = member;
    this.reason = reason;
  }

  /** The entry's member that is wrong, such as {@code actor}. */
  public final String member() {
    return member;
  }

  /** What is wrong with it and what is expected. */
  public final String reason() {
    return reason;
  }
}
