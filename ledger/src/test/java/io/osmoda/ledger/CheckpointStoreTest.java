package io.osmoda.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.osmoda.format.entry.LedgerDamagedException;
import io.osmoda.format.folder.LedgerFolder;
import io.osmoda.format.log.Checkpoint;
import io.osmoda.format.log.MerkleTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointStoreTest {
  @TempDir private Path temp;

  private LedgerFolder folder;
  private CheckpointStore store;
  private LogSigner signer;

  @BeforeEach
  void setUp() throws IOException {
    folder = new LedgerFolder(temp.resolve("ledger"));
    Files.createDirectories(folder.checkpoints());
    store = new CheckpointStore(RealDisk.INSTANCE, folder);
    signer = KeyFolder.create(temp.resolve("keys"), "store.example/one").signer();
  }

  private void publish(long size, String timestamp, boolean pinned) throws IOException {
    Checkpoint checkpoint = new Checkpoint("store.example/one", size, MerkleTree.EMPTY_ROOT);
    store.publish(signer.sign(checkpoint), timestamp, pinned);
  }

  @Test
  void theNewestAndTheLastOfEachHourAreKept() throws IOException {
    publish(1, "2026-03-01T14:00:00.000000000Z", false);
    publish(2, "2026-03-01T14:30:00.000000000Z", false);
    publish(3, "2026-03-01T14:59:59.000000000Z", false);
    publish(4, "2026-03-01T15:00:00.000000000Z", false);
    publish(5, "2026-03-01T15:01:00.000000000Z", false);
    assertThat(store.sizes()).containsExactly(3L, 5L);
  }

  @Test
  void pinnedNotesAndTheNewestOfAnEarlierStartStay() throws IOException {
    publish(7, "2026-03-01T14:00:00.000000000Z", false);
    store = new CheckpointStore(RealDisk.INSTANCE, folder);
    store.continueFrom(7);
    publish(8, "2026-03-01T14:01:00.000000000Z", true);
    publish(9, "2026-03-01T14:02:00.000000000Z", false);
    publish(10, "2026-03-01T14:03:00.000000000Z", false);
    assertThat(store.sizes()).containsExactly(7L, 8L, 10L);
  }

  @Test
  void aNoteUnderAnotherNumberIsDamage() throws IOException {
    publish(7, "2026-03-01T14:00:00.000000000Z", false);
    Files.move(folder.checkpoint(7), folder.checkpoint(8));
    assertThatThrownBy(store::newest)
        .isInstanceOf(LedgerDamagedException.class)
        .hasMessageContaining("states the size 7");
  }

  @Test
  void otherNamesAreIgnored() throws IOException {
    publish(7, "2026-03-01T14:00:00.000000000Z", false);
    Files.writeString(folder.checkpoints().resolve("notes.txt"), "nothing");
    Files.writeString(folder.checkpoints().resolve("99999999999999999999"), "nothing");
    assertThat(store.sizes()).containsExactly(7L);
  }
}
