package io.osmoda.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.LedgerDamagedException;
import io.osmoda.format.log.Checkpoint;
import io.osmoda.format.log.CompactRange;
import io.osmoda.format.log.Hash;
import io.osmoda.format.log.MerkleTree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTilesTest {
  @TempDir private Path temp;

  private static void append(Ledger ledger, int count) throws Exception {
    for (int i = 0; i < count; i++) {
      ledger.appendDurably(EntryDraft.builder("api", "agent:tester", "tool_call").build());
    }
  }

  @Test
  void tilesAreThoseOfTheNewestCheckpoint() throws Exception {
    try (Ledger ledger = Ledger.create(temp.resolve("l"), "a.example", LedgerOptions.defaults())) {
      append(ledger, 260);
      Checkpoint newest = ledger.checkpoint().checkpoint();
      long width = newest.size() - 256;
      byte[] top = ledger.tile("tile/1/000.p/1");
      byte[] edge = ledger.reader().tile("tile/0/001.p/" + width);
      byte[] entries = ledger.reader().tile("tile/entries/001.p/" + width);
      assertThat(top).isNotNull().hasSize(32);
      assertThat(edge).isNotNull();
      assertThat(entries).isNotNull();
      CompactRange range = new CompactRange();
      for (long seq = 0; seq < newest.size(); seq++) {
        Hash hash = ledger.reader().entry(seq).entryHash();
        range.append(hash);
        if (seq == 255) {
          assertThat(range.root()).isEqualTo(Hash.of(top));
        }
        if (seq >= 256) {
          int at = (int) seq - 256;
          assertThat(Hash.of(entries, at * 34 + 2, 32)).isEqualTo(hash);
          assertThat(Hash.of(edge, at * 32, 32)).isEqualTo(MerkleTree.leafHash(hash));
        }
      }
      assertThat(range.root()).isEqualTo(newest.root());
      assertThat(ledger.tile("tile/0/001")).isNull();
      assertThat(ledger.tile("tile/0/../../ledger.json")).isNull();
    }
  }

  @Test
  void aDamagedTreeIsMadeAnewByTheWriterAndServedByNobody() throws Exception {
    Path dir = temp.resolve("l");
    try (Ledger ledger = Ledger.create(dir, "a.example", LedgerOptions.defaults())) {
      append(ledger, 300);
      ledger.checkpoint();
      byte[] good = ledger.tile("tile/entries/000");
      Path file = dir.resolve("tree").resolve(TreeFiles.ENTRY_HASHES);
      byte[] bytes = Files.readAllBytes(file);
      bytes[7 * Hash.LENGTH] ^= 1;
      Files.write(file, bytes);
      assertThatThrownBy(() -> ledger.reader().tile("tile/entries/000"))
          .isInstanceOf(LedgerDamagedException.class)
          .hasMessageContaining("root_mismatch");
      assertThat(ledger.tile("tile/entries/000")).isEqualTo(good);
      assertThat(Arrays.mismatch(Files.readAllBytes(file), bytes)).isEqualTo(7 * Hash.LENGTH);
      append(ledger, 1);
      assertThat(ledger.prove(301).checkpoint().checkpoint().size()).isGreaterThan(301);
    }
  }
}
