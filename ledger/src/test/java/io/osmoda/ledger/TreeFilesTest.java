package io.osmoda.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.osmoda.fixtures.Seed;
import io.osmoda.format.log.CompactRange;
import io.osmoda.format.log.Hash;
import io.osmoda.format.log.MerkleTree;
import io.osmoda.format.log.NaiveTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeFilesTest {
  private static final int EXHAUSTIVE = 300;

  @TempDir Path folder;

  private TreeFiles filled(List<byte[]> leaves) throws IOException {
    TreeFiles tree = TreeFiles.openWrite(RealDisk.INSTANCE, folder);
    tree.append(NaiveTree.joined(leaves), 0, leaves.size());
    return tree;
  }

  @Test
  void rootsPathsAndConsistencyAreThoseOfTheReferenceForAllSizes() throws IOException {
    List<byte[]> leaves = NaiveTree.leaves(EXHAUSTIVE);
    NaiveTree naive = new NaiveTree(leaves);
    try (TreeFiles tree = filled(leaves)) {
      for (int size = 0; size <= EXHAUSTIVE; size++) {
        assertThat(tree.root(size)).isEqualTo(naive.root(0, size));
        for (int index = 0; index < size; index++) {
          assertThat(tree.inclusion(index, size))
              .as("entry %d of %d", index, size)
              .isEqualTo(naive.path(index, size));
        }
        for (int from = 1; from <= size; from++) {
          assertThat(tree.consistency(from, size))
              .as("%d to %d", from, size)
              .isEqualTo(naive.consistency(from, size));
        }
        assertThat(tree.consistency(0, size)).isEmpty();
      }
    }
  }

  @Test
  void rangesAreThoseOfTheReference() throws IOException {
    List<byte[]> leaves = NaiveTree.leaves(EXHAUSTIVE);
    NaiveTree naive = new NaiveTree(leaves);
    try (TreeFiles tree = filled(leaves)) {
      for (int size : new int[] {1, 2, 3, 5, 8, 13, 31, 32, 33, 64, 70, 255, 256, 257, 300}) {
        int step = size <= 70 ? 1 : 7;
        for (int first = 0; first < size; first += step) {
          for (int end = first + 1; end <= size; end += step) {
            assertThat(tree.range(first, end, size))
                .as("[%d, %d) of %d", first, end, size)
                .isEqualTo(naive.range(first, end, size));
          }
        }
      }
    }
  }

  @Test
  void growsAlikeInBatchesOfAnySizeAndAcrossReopening() throws IOException {
    long seed = Seed.fresh();
    Random random = new Random(seed);
    List<byte[]> leaves = NaiveTree.leaves(140_000); // past two complete subtrees of 65,536
    NaiveTree naive = new NaiveTree(leaves);
    byte[] all = NaiveTree.joined(leaves);
    CompactRange expected = new CompactRange();
    TreeFiles tree = TreeFiles.openWrite(RealDisk.INSTANCE, folder);
    try {
      while (expected.size() < leaves.size()) {
        int at = (int) expected.size();
        int count = Math.min(1 + random.nextInt(random.nextInt(20_000) + 1), leaves.size() - at);
        tree.append(all, at * Hash.LENGTH, count);
        for (int i = at; i < at + count; i++) {
          expected.append(Hash.of(leaves.get(i)));
        }
        if (random.nextInt(3) == 0) {
          tree.close();
          tree = TreeFiles.openWrite(RealDisk.INSTANCE, folder);
        }
        assertThat(tree.size()).isEqualTo(expected.size());
        assertThat(tree.root(tree.size())).as("seed %d", seed).isEqualTo(expected.root());
      }
      try (TreeFiles reader = TreeFiles.openRead(RealDisk.INSTANCE, folder)) {
        assertThat(reader.root(leaves.size())).isEqualTo(expected.root());
        for (int i = 0; i < 50; i++) {
          int index = random.nextInt(leaves.size());
          assertThat(reader.entryHash(index).toBytes()).isEqualTo(leaves.get(index));
          assertThat(reader.inclusion(index, leaves.size()))
              .as("seed %d", seed)
              .isEqualTo(naive.path(index, leaves.size()));
        }
      }
    } finally {
      tree.close();
    }
  }

  @Test
  void truncatesToAnySizeAndGoesOnFromThere() throws IOException {
    List<byte[]> leaves = NaiveTree.leaves(66_000);
    List<byte[]> others = NaiveTree.leaves(66_600).subList(66_000, 66_600);
    for (int size :
        new int[] {65_999, 65_537, 65_536, 65_535, 513, 512, 511, 257, 256, 255, 1, 0}) {
      try (TreeFiles tree = TreeFiles.openWrite(RealDisk.INSTANCE, folder)) {
        tree.append(
            NaiveTree.joined(leaves),
            (int) tree.size() * Hash.LENGTH,
            leaves.size() - (int) tree.size());
        tree.truncate(size);
        assertThat(tree.size()).isEqualTo(size);
        tree.append(NaiveTree.joined(others), 0, others.size());
        List<byte[]> expected = new ArrayList<>(leaves.subList(0, size));
        expected.addAll(others);
        NaiveTree naive = new NaiveTree(expected);
        assertThat(tree.root(expected.size())).isEqualTo(naive.root(0, expected.size()));
        assertThat(tree.inclusion(size, expected.size()))
            .isEqualTo(naive.path(size, expected.size()));
        tree.truncate(size);
      }
    }
  }

  @Test
  void refusesToTruncateToMoreThanThereIs() throws IOException {
    try (TreeFiles tree = filled(NaiveTree.leaves(3))) {
      assertThatThrownBy(() -> tree.truncate(4)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void readersOfAMissingFolderSeeAnEmptyTree() throws IOException {
    try (TreeFiles tree = TreeFiles.openRead(RealDisk.INSTANCE, folder.resolve("none"))) {
      assertThat(tree.size()).isZero();
      assertThat(tree.root(0)).isEqualTo(MerkleTree.EMPTY_ROOT);
      assertThatThrownBy(() -> tree.root(1)).isInstanceOf(TreeDamagedException.class);
      assertThatThrownBy(() -> tree.append(new byte[32], 0, 1)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aReaderSeesWhatIsAppendedAfterItOpened() throws IOException {
    List<byte[]> leaves = NaiveTree.leaves(600);
    try (TreeFiles reader = TreeFiles.openRead(RealDisk.INSTANCE, folder);
        TreeFiles tree = TreeFiles.openWrite(RealDisk.INSTANCE, folder)) {
      for (int i = 0; i < leaves.size(); i++) {
        tree.append(leaves.get(i), 0, 1);
        assertThat(reader.size()).isEqualTo(i + 1L);
        assertThat(reader.root(i + 1L)).isEqualTo(tree.root(i + 1L));
      }
    }
  }

  @Test
  void tilesAreThoseOfC2sp() throws IOException {
    List<byte[]> leaves = NaiveTree.leaves(70_000);
    NaiveTree naive = new NaiveTree(leaves);
    try (TreeFiles tree = filled(leaves)) {
      byte[] leafTile = tree.tile(0, 273, 112);
      assertThat(leafTile).hasSize(112 * 32);
      for (int i = 0; i < 112; i++) {
        int at = 273 * 256 + i;
        assertThat(Hash.of(leafTile, i * 32, 32)).isEqualTo(naive.root(at, at + 1));
      }
      byte[] second = tree.tile(1, 1, 17);
      for (int i = 0; i < 17; i++) {
        int low = (256 + i) * 256;
        assertThat(Hash.of(second, i * 32, 32)).isEqualTo(naive.root(low, low + 256));
      }
      assertThat(Hash.of(tree.tile(2, 0, 1))).isEqualTo(naive.root(0, 65_536));
      assertThat(tree.entryHashes(273, 112))
          .isEqualTo(NaiveTree.joined(leaves.subList(69_888, 70_000)));
      assertThatThrownBy(() -> tree.tile(0, 273, 113)).isInstanceOf(TreeDamagedException.class);
      assertThatThrownBy(() -> tree.tile(2, 0, 2)).isInstanceOf(TreeDamagedException.class);
    }
  }

  @Test
  void filesOfAnyLengthOpenAsTheEntriesThatAllOfThemHold() throws IOException {
    long seed = Seed.fresh();
    Random random = new Random(seed);
    List<byte[]> leaves = NaiveTree.leaves(1_300);
    NaiveTree naive = new NaiveTree(leaves);
    for (int round = 0; round < 200; round++) {
      try (TreeFiles tree = TreeFiles.openWrite(RealDisk.INSTANCE, folder)) {
        tree.truncate(0);
        tree.append(NaiveTree.joined(leaves), 0, leaves.size());
      }
      Path file = folder.resolve(random.nextBoolean() ? TreeFiles.ENTRY_HASHES : "level-8");
      byte[] content = Files.readAllBytes(file);
      byte[] changed = Arrays.copyOf(content, random.nextInt(2 * content.length));
      boolean missing = random.nextInt(10) == 0;
      if (missing) {
        Files.delete(file);
      } else {
        Files.write(file, changed);
      }
      long whole = missing ? 0 : Math.min(changed.length, content.length) / 32;
      long expected = file.endsWith("level-8") ? Math.min(1_300, whole * 256 + 255) : whole;
      if (file.endsWith(TreeFiles.ENTRY_HASHES) && changed.length > content.length && !missing) {
        expected = Math.min(changed.length / 32, 5 * 256 + 255); // too long: told by its root only
      }
      try (TreeFiles tree = TreeFiles.openWrite(RealDisk.INSTANCE, folder)) {
        assertThat(tree.size()).as("seed %d round %d", seed, round).isEqualTo(expected);
        tree.truncate(Math.min(expected, 1_300));
        int size = (int) tree.size();
        assertThat(tree.root(size)).isEqualTo(naive.root(0, size));
        tree.append(NaiveTree.joined(leaves), size * 32, leaves.size() - size);
        assertThat(tree.root(1_300)).isEqualTo(naive.root(0, 1_300));
      }
    }
  }
}
