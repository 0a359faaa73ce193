package io.osmoda.daemon;

import io.osmoda.format.entry.DraftRefusedException;
import io.osmoda.format.entry.LedgerDamagedException;
import io.osmoda.format.entry.StatementRefusedException;
import io.osmoda.format.folder.LedgerNotFoundException;
import io.osmoda.ledger.HoldRefusedException;
import io.osmoda.ledger.KeyFolderException;
import io.osmoda.ledger.LargeCutException;
import org.jspecify.annotations.Nullable;

/**
 * What somebody who has our command can do about a failure. What lies below only says what is the
 * matter, by the exception's type; the words of the command line stand here alone.
 */
public final class Remedies {
  private Remedies() {}

  /** What to do, as a sentence without its end; null where nothing is known. */
  public static @Nullable String of(Throwable failure) {
    return switch (failure) {
      case LargeCutException cut ->
          "keep a copy of that segment and look at the bytes; nothing was cut";
      case LedgerDamagedException damaged ->
          "run \"osmoda verify\" for all findings, keep the folder as evidence, and restore a copy";
      case LedgerNotFoundException absent ->
          "create one with \"osmoda init\", or name its folder with --ledger";
      case KeyFolderException keys when keys.isOfAnotherLedger() ->
          "give this ledger's keys with --keys";
      case HoldRefusedException held when held.isInForce() ->
          "osmoda hold release " + held.hold() + " releases it";
      case HoldRefusedException absent -> "osmoda hold list shows those that are";
      case StatementRefusedException statement ->
          "osmoda " + statement.action().replace('_', '-').replace("hold-", "hold ") + " seals it";
      default -> null;
    };
  }

  /** What is the matter, and what to do about it. */
  public static String told(Throwable failure) {
    return with(String.valueOf(failure.getMessage()), failure);
  }

  /** The same without the name of the member that is wrong. */
  public static String reason(DraftRefusedException refused) {
    return with(refused.reason(), refused);
  }

  private static String with(String message, Throwable failure) {
    String remedy = of(failure);
    return remedy == null ? message : message + "; " + remedy;
  }
}
