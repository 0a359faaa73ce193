package io.osmoda.cli;

import org.jspecify.annotations.Nullable;

/**
 * A user's mistake or a state that a command cannot go on from: shown as a message, exit code 2.
 */
final class CliException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final @Nullable String details;

  /**
   * @param message what is wrong and where
   * @param details what to do about it, or an excerpt; may have several lines
   */
  CliException(String message, @Nullable String details) {
    super(message);
    this.details = details;
  }

  @Nullable String details() {
    return details;
  }
}
