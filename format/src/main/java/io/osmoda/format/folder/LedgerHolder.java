package io.osmoda.format.folder;

import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonObject;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** The file {@code lock.json} (section 2): a hint for people and clients, never proof. */
public final class LedgerHolder {
  private LedgerHolder() {}

  /**
   * What the process that holds a ledger, or held it when it died, reported about itself: {@code
   * pid}, {@code since}, and for a daemon where it listens. Empty where nobody did.
   *
   * @throws IOException if the file is there and cannot be read
   */
  public static Optional<JsonObject> of(Path ledger) throws IOException {
    return of(ReadDisk.real(), new LedgerFolder(ledger));
  }

  /** The same on another disk. */
  public static Optional<JsonObject> of(ReadDisk disk, LedgerFolder folder) throws IOException {
    try {
      return CanonicalJson.parse(disk.readAll(folder.holder())) instanceof JsonObject object
          ? Optional.of(object)
          : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty(); // also where it ends its hold this moment
    } catch (JsonException e) {
      return Optional.empty(); // only a hint for people and clients
    }
  }
}
