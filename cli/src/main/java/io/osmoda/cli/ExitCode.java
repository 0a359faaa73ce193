package io.osmoda.cli;

/** What the command's exit code says; stable for scripts. */
final class ExitCode {
  /** Done, or a verifier found the ledger intact. */
  static final int DONE = 0;

  /** Done, and something was found or refused. */
  static final int FINDINGS = 1;

  /** Wrong use, or nothing that can be said. */
  static final int FAILED = 2;

  private ExitCode() {}
}
