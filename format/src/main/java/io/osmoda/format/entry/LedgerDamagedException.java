package io.osmoda.format.entry;

import org.jspecify.annotations.Nullable;

/**
 * The ledger's bytes are not what was sealed. It says what kind of fault that is, at which entry,
 * and what was found: never what to do, which depends on who asked.
 */
public final class LedgerDamagedException extends LedgerException {
  private static final long serialVersionUID = 1L;

  private final FindingKind kind;
  private final @Nullable Long seq;
  private final String detail;

  /**
   * A fault of the ledger.
   *
   * @param seq the entry concerned, null where it is the whole
   * @param detail what was expected and what was found, for a person
   */
  public LedgerDamagedException(FindingKind kind, @Nullable Long seq, String detail) {
    super(message(kind, seq, detail));
    this.kind = kind;
    this.seq = seq;
    this.detail = detail;
  }

  /** The same with what it was found by. */
  public LedgerDamagedException(
      FindingKind kind, @Nullable Long seq, String detail, Throwable cause) {
    super(message(kind, seq, detail), cause);
    this.kind = kind;
    this.seq = seq;
    this.detail = detail;
  }

  /** A fault as a verifier tells it. */
  public LedgerDamagedException(Finding finding) {
    this(finding.kind(), finding.seq(), finding.detail());
  }

  private static String message(FindingKind kind, @Nullable Long seq, String detail) {
    return kind.text() + (seq == null ? "" : " at entry " + seq) + ": " + detail;
  }

  /** What kind of fault it is (section 8). */
  public FindingKind kind() {
    return kind;
  }

  /** The entry concerned, null where it is the whole. */
  public @Nullable Long seq() {
    return seq;
  }

  /** What was expected and what was found, without kind and number. */
  public String detail() {
    return detail;
  }
}
