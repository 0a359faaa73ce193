package io.osmoda.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.fixtures.Seed;
import io.osmoda.format.log.Checkpoint;
import io.osmoda.format.log.Hash;
import io.osmoda.format.log.NaiveTree;
import io.osmoda.format.log.SignedCheckpoint;
import io.osmoda.format.log.TestLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the tree files hold is checked by a root, so damage may cost time but never the truth. */
class TreeDamageTest {
  private static final int ANCHORED = 700;
  private static final int ALL = 1_000;

  @TempDir Path folder;

  private final List<byte[]> leaves = NaiveTree.leaves(ALL);
  private final NaiveTree naive = new NaiveTree(leaves);
  private final byte[] hashes = NaiveTree.joined(leaves);

  /**
   * Opens as the engine does: the newest checkpoint's root must be reproduced, or all is rebuilt;
   * what lies past the checkpoint comes from the segments in any case.
   *
   * @return whether a rebuild was needed
   */
  private boolean reopen() throws IOException {
    boolean rebuilt = true;
    try (TreeFiles tree = TreeFiles.openWrite(RealDisk.INSTANCE, folder)) {
      if (tree.size() >= ANCHORED && tree.root(ANCHORED).equals(naive.root(0, ANCHORED))) {
        tree.truncate(ANCHORED);
        rebuilt = false;
      } else {
        tree.truncate(0);
      }
      int from = (int) tree.size();
      tree.append(hashes, from * Hash.LENGTH, ALL - from);
      assertThat(tree.root(ALL)).isEqualTo(naive.root(0, ALL));
    }
    return rebuilt;
  }

  private void fill() throws IOException {
    try (TreeFiles tree = TreeFiles.openWrite(RealDisk.INSTANCE, folder)) {
      tree.truncate(0);
      tree.append(hashes, 0, ALL);
    }
  }

  /** Every proof that is handed out holds; those that damage touches are refused. */
  private int refusedProofs() throws IOException {
    int refused = 0;
    SignedCheckpoint signed =
        TestLog.signer(TestLog.ORIGIN, 1)
            .sign(new Checkpoint(TestLog.ORIGIN, ALL, naive.root(0, ALL)));
    try (TreeFiles tree = TreeFiles.openRead(RealDisk.INSTANCE, folder)) {
      for (int index = 0; index < ALL; index += 37) {
        Hash entry = Hash.of(leaves.get(index));
        try {
          assertThat(TreeProofs.inclusion(tree, index, entry, signed).hashes())
              .isEqualTo(naive.path(index, ALL));
        } catch (TreeDamagedException e) {
          refused++;
        }
      }
    }
    return refused;
  }

  @Test
  void noFlippedByteEverGivesAWrongRoot() throws IOException {
    int rebuilds = 0;
    int rounds = 0;
    for (String name : List.of(TreeFiles.ENTRY_HASHES, "level-8")) {
      Path file = folder.resolve(name);
      fill();
      int length = (int) Files.size(file);
      for (int at = 0; at < length; at += length > 1_000 ? 101 : 1) {
        fill();
        byte[] bad = Files.readAllBytes(file);
        bad[at] ^= 0x10;
        Files.write(file, bad);
        rebuilds += reopen() ? 1 : 0;
        rounds++;
      }
    }
    // Most of entry-hashes is not on the way to the root; level-8's two anchored hashes are.
    assertThat(rebuilds).isGreaterThanOrEqualTo(2 * Hash.LENGTH).isLessThan(rounds);
  }

  @Test
  void damageAwayFromTheRootIsFoundByTheProofsThatMeetIt() throws IOException {
    fill();
    assertThat(refusedProofs()).isZero();
    Path file = folder.resolve(TreeFiles.ENTRY_HASHES);
    byte[] bad = Files.readAllBytes(file);
    bad[100 * Hash.LENGTH] ^= 1;
    Files.write(file, bad);
    assertThat(reopen()).isFalse();
    assertThat(refusedProofs()).isBetween(1, 7); // the entries of one subtree of 256
  }

  @Test
  void noCutNoZeroedBlockAndNoForeignFileEverGivesAWrongRoot() throws IOException {
    long seed = Seed.fresh();
    Random random = new Random(seed);
    for (int round = 0; round < 150; round++) {
      fill();
      for (String name : List.of(TreeFiles.ENTRY_HASHES, "level-8", "level-16")) {
        Path file = folder.resolve(name);
        byte[] content = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
        switch (random.nextInt(6)) {
          case 0 -> Files.write(file, Arrays.copyOf(content, random.nextInt(content.length + 100)));
          case 1 -> {
            int from = random.nextInt(content.length + 1);
            Arrays.fill(content, from, Math.min(content.length, from + 4_096), (byte) 0);
            Files.write(file, content);
          }
          case 2 -> Files.deleteIfExists(file);
          case 3 -> {
            random.nextBytes(content);
            Files.write(file, content);
          }
          default -> {}
        }
      }
      try {
        reopen();
        refusedProofs();
      } catch (AssertionError | IOException | RuntimeException e) {
        throw new AssertionError("seed " + seed + ", round " + round, e);
      }
    }
  }
}
