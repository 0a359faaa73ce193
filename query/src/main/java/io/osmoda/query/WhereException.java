package io.osmoda.query;

import org.jspecify.annotations.Nullable;

/** A condition that cannot be read: where, why, and what may have been meant. */
public final class WhereException extends Exception {
  private static final long serialVersionUID = 1;

  private final String where;
  private final int column;
  private final @Nullable String hint;

  WhereException(String where, int column, String message, @Nullable String hint) {
    super(message);
    this.where = where;
    this.column = column;
    this.hint = hint;
  }

  /** The condition that was read. */
  public String where() {
    return where;
  }

  /** Where in it the mistake stands, in UTF-16 units from 0; its length for the end. */
  public int column() {
    return column;
  }

  /** What to write instead, a sentence; null where nothing comes to mind. */
  public @Nullable String hint() {
    return hint;
  }
}
