package io.osmoda.format.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MerkleTreeTest {
  /** Roots of trees whose leaf i is the decimal string of i, from golang.org/x/mod/sumdb/tlog. */
  private static final Map<Integer, String> GOLDEN_ROOTS =
      Map.of(
          0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
          1, "db3426e878068d28d269b6c87172322ce5372b65756d0789001d34835f601c03",
          3, "725d5230db68f557470dc35f1d8865813acd7ebb07ad152774141decbae71327",
          7, "a3e23b32ccb6bf96d092d165d8aa546e09829de8f03b0e8957581d1e16b92bdf",
          8, "3b85a9626c1ccb64c6b95ec7fa64888defe2cf12e39e77e10812ce5fcb9cb58e");

  @Test
  void theReferenceGivesThePublishedRoots() {
    GOLDEN_ROOTS.forEach(
        (size, root) -> {
          List<byte[]> leaves = new ArrayList<>();
          for (int i = 0; i < size; i++) {
            leaves.add(String.valueOf(i).getBytes(StandardCharsets.US_ASCII));
          }
          assertThat(new NaiveTree(leaves).root(0, size).hex()).isEqualTo(root);
        });
  }

  @Test
  void leafAndNodeHashesAreThoseOfRfc6962() {
    Hash data = Hash.of(NaiveTree.leaves(1).getFirst());
    assertThat(MerkleTree.leafHash(data).toBytes())
        .isEqualTo(NaiveTree.sha256(new byte[] {0}, data.toBytes()));
    assertThat(MerkleTree.nodeHash(data, Hash.ZERO).toBytes())
        .isEqualTo(NaiveTree.sha256(new byte[] {1}, data.toBytes(), new byte[32]));
    assertThat(MerkleTree.EMPTY_ROOT.hex()).isEqualTo(GOLDEN_ROOTS.get(0));
  }

  @Test
  void compactRangeHasTheRootOfEverySize() {
    List<byte[]> leaves = NaiveTree.leaves(600);
    NaiveTree naive = new NaiveTree(leaves);
    CompactRange range = new CompactRange();
    for (int size = 0; size <= leaves.size(); size++) {
      assertThat(range.size()).isEqualTo(size);
      assertThat(range.root()).as("root of %d leaves", size).isEqualTo(naive.root(0, size));
      if (size < leaves.size()) {
        range.append(Hash.of(leaves.get(size)));
      }
    }
  }

  @Test
  void compactRangeGoesOnFromStoredSubtrees() {
    List<byte[]> leaves = NaiveTree.leaves(300);
    NaiveTree naive = new NaiveTree(leaves);
    for (int size = 0; size < leaves.size(); size++) {
      List<Hash> subtrees = new ArrayList<>();
      for (int at = 0; at < size; at += Integer.highestOneBit(size - at)) {
        int width = Integer.highestOneBit(size - at);
        subtrees.add(naive.root(at, at + width));
      }
      CompactRange range = new CompactRange(size, subtrees);
      CompactRange copy = range.copy();
      assertThat(range.root()).isEqualTo(naive.root(0, size));
      range.append(Hash.of(leaves.get(size)));
      assertThat(range.root()).isEqualTo(naive.root(0, size + 1));
      assertThat(copy.root()).isEqualTo(naive.root(0, size));
    }
  }

  @Test
  void compactRangeRefusesSubtreesThatDoNotFitItsSize() {
    assertThatThrownBy(() -> new CompactRange(3, List.of(Hash.ZERO)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void compactRangeTellsOfEverySubtreeAsItCompletes() {
    List<byte[]> leaves = NaiveTree.leaves(64);
    NaiveTree naive = new NaiveTree(leaves);
    List<String> told = new ArrayList<>();
    CompactRange range = new CompactRange();
    for (byte[] leaf : leaves) {
      range.append(
          leaf,
          0,
          (level, index, hash, from) -> {
            int low = (int) (index << level);
            assertThat(Hash.of(hash, from, 32)).isEqualTo(naive.root(low, low + (1 << level)));
            told.add(level + ":" + index);
          });
    }
    assertThat(told).hasSize(64 + 32 + 16 + 8 + 4 + 2 + 1).doesNotHaveDuplicates();
  }
}
