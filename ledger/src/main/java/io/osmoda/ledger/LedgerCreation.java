package io.osmoda.ledger;

import io.osmoda.format.entry.ControlActions;
import io.osmoda.format.entry.DraftRefusedException;
import io.osmoda.format.entry.Status;
import io.osmoda.format.entry.Timestamps;
import io.osmoda.format.folder.LedgerFolder;
import io.osmoda.format.folder.LedgerJson;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.Shown;
import io.osmoda.format.log.Checkpoint;
import io.osmoda.format.log.CompactRange;
import io.osmoda.format.log.Digests;
import io.osmoda.format.log.Hash;
import io.osmoda.format.log.Origins;
import io.osmoda.format.log.SignedCheckpoint;
import io.osmoda.ledger.Disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Makes a ledger: keys, entry 0, its checkpoint, and {@code ledger.json} last, so that a folder
 * without it is no ledger (sections 1 to 3).
 */
final class LedgerCreation {
  private LedgerCreation() {}

  static void create(Path dir, String origin, LedgerOptions options) throws IOException {
    if (!Origins.isOrigin(origin)) {
      throw new DraftRefusedException(
          "origin",
          "must match [a-z0-9][a-z0-9._/:-]{0,254}, such as audit.example.com/prod-01: "
              + Shown.quoted(origin));
    }
    Disk disk = options.disk();
    LedgerFolder folder = new LedgerFolder(dir);
    if (disk.exists(folder.ledgerJson()) || !disk.list(folder.segments()).isEmpty()) {
      throw new LedgerExistsException(
          "there is a ledger in " + dir + " already; choose another folder");
    }
    KeyFolder keys = KeyFolder.create(options.keysFor(folder), origin);
    disk.createPrivateDirectory(dir); // payloads are not for the machine's other users
    for (Path part :
        List.of(
            folder.segments(),
            folder.checkpoints(),
            folder.tree(),
            folder.index(),
            folder.quarantine())) {
      disk.createDirectories(part);
    }
    disk.syncDirectory(dir);

    long now = options.time().wallNanos();
    byte[] timestamp = new byte[Timestamps.LENGTH];
    Timestamps.write(now, timestamp, 0);
    JsonObject payload =
        JsonObject.builder()
            .put("format", LedgerJson.FORMAT)
            .put("log_keys", LedgerJson.array(keys.vkeys()))
            .put("origin", origin)
            .build();
    byte[] salt = new byte[Salts.LENGTH];
    options.random().nextBytes(salt);
    PreparedEntry first =
        new PreparedEntry(
            ControlActions.draft(ControlActions.CREATE, Status.OK, origin, null, List.of(), payload)
                .build(),
            salt);
    byte[] line = new byte[first.maxLength()];
    byte[] hash = new byte[Hash.LENGTH];
    int length =
        first.seal(0, new byte[Hash.LENGTH], timestamp, line, 0, Digests.sha256(), hash, 0);
    try (DiskFile segment = disk.create(folder.segment(0))) {
      segment.write(ByteBuffer.wrap(line, 0, length), 0);
      segment.sync();
    }
    disk.syncDirectory(folder.segments());
    CompactRange tree = new CompactRange();
    tree.append(Hash.of(hash));
    SignedCheckpoint checkpoint = keys.signer().sign(new Checkpoint(origin, 1, tree.root()));
    disk.replace(folder.checkpoint(1), checkpoint.note());
    String createdAt = new String(timestamp, StandardCharsets.US_ASCII);
    disk.replace(folder.ledgerJson(), new LedgerJson(createdAt, origin, keys.vkeys()).toBytes());
  }
}
