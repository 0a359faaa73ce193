package io.osmoda.ledger;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.FindingKind;
import io.osmoda.format.entry.LedgerDamagedException;
import io.osmoda.format.folder.LedgerFolder;
import io.osmoda.format.folder.LedgerJson;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.BadNoteException;
import io.osmoda.format.log.SignedCheckpoint;
import io.osmoda.format.log.SignedNote;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the keys of folder, ledger and newest checkpoint in step (section 3), whatever crash came
 * between the steps of a rotation: new keys are made, {@code key_rotate} is sealed, one checkpoint
 * is signed by old and new, {@code ledger.json} names the new, the key folder moves them in place.
 */
final class KeyRotation {
  private final Disk disk;
  private final LedgerFolder folder;
  private final KeyFolder keys;
  private final LedgerJson claims;

  KeyRotation(Disk disk, LedgerFolder folder, KeyFolder keys, LedgerJson claims) {
    this.disk = disk;
    this.folder = folder;
    this.keys = keys;
    this.claims = claims;
  }

  static JsonObject payload(List<String> old, List<String> fresh, String why) {
    return JsonObject.builder()
        .put("new", LedgerJson.array(fresh))
        .put("old", LedgerJson.array(old))
        .put("why", why)
        .build();
  }

  static void finish(Disk disk, LedgerFolder folder, KeyFolder keys, LogSigner next)
      throws IOException {
    LedgerJson claims = LedgerJson.read(disk, folder);
    disk.replace(
        folder.ledgerJson(),
        new LedgerJson(claims.createdAt(), claims.origin(), next.vkeys()).toBytes());
    keys.completeRotation();
  }

  /**
   * Makes sure that the keys at hand are this ledger's, before anything is signed with them.
   *
   * @throws KeyFolderException if they are another ledger's
   * @throws LedgerDamagedException if the newest checkpoint is not signed by them
   */
  void checkKeys(SignedCheckpoint newest) throws IOException {
    boolean named =
        claims.logKeys().equals(keys.vkeys())
            || (keys.isRotating() && claims.logKeys().equals(keys.beginRotation().vkeys()));
    if (!keys.origin().equals(claims.origin()) || !named) {
      throw new KeyFolderException(
          "the keys in "
              + keys.policyFile().getParent()
              + " are not those that "
              + folder.ledgerJson()
              + " names",
          true);
    }
    boolean signed =
        isSignedBy(newest, keys.signer())
            || (keys.isRotating() && isSignedBy(newest, keys.beginRotation()));
    if (!newest.checkpoint().origin().equals(claims.origin()) || !signed) {
      throw new LedgerDamagedException(
          FindingKind.BAD_SIGNATURE,
          null,
          "the newest checkpoint in "
              + folder.checkpoints()
              + " is not signed by this ledger's keys");
    }
  }

  private static boolean isSignedBy(SignedCheckpoint note, LogSigner signer) {
    SignedNote parsed;
    try {
      parsed = SignedNote.parse(note.note());
    } catch (BadNoteException e) {
      throw new IllegalStateException("a kept checkpoint was parsed before", e);
    }
    return signer.verifierKeys().stream()
        .allMatch(
            key ->
                parsed.signatures().stream()
                    .anyMatch(
                        line ->
                            line.name().equals(key.name())
                                && line.keyId() == key.id()
                                && key.verifies(line, note.checkpoint())));
  }

  interface Publication {
    SignedCheckpoint publish(LogSigner signer) throws IOException;
  }

  /**
   * Completes a rotation that a crash interrupted, or drops new keys that were never announced.
   *
   * @param sealed the {@code key_rotate} past the newest checkpoint, or null
   */
  void completeAfterStart(@Nullable Entry sealed, SignedCheckpoint newest, Publication publication)
      throws IOException {
    if (!keys.isRotating()) {
      return;
    }
    LogSigner next = keys.beginRotation();
    if (sealed != null && announces(sealed, next.vkeys())) {
      publication.publish(keys.signer().and(next));
      finish(disk, folder, keys, next);
    } else if (isSignedBy(newest, next)) {
      finish(disk, folder, keys, next);
    } else {
      keys.abandonRotation();
    }
  }

  private static boolean announces(Entry rotation, List<String> fresh) {
    JsonObject payload = rotation.payload();
    return payload != null && fresh.equals(LedgerJson.strings(payload.get("new")));
  }
}
