package io.osmoda.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.osmoda.format.log.BadNoteException;
import io.osmoda.format.log.Checkpoint;
import io.osmoda.format.log.Hash;
import io.osmoda.format.log.NaiveTree;
import io.osmoda.format.log.SignedCheckpoint;
import io.osmoda.format.log.TestLog;
import io.osmoda.format.log.TilePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TilePublisherTest {
  @TempDir Path parent;

  private TreeFiles tree(List<byte[]> leaves) throws IOException {
    TreeFiles tree = TreeFiles.openWrite(RealDisk.INSTANCE, parent.resolve("tree"));
    int there = (int) tree.size();
    tree.append(NaiveTree.joined(leaves), there * Hash.LENGTH, leaves.size() - there);
    return tree;
  }

  private static SignedCheckpoint checkpoint(String origin, long size, Hash root) {
    String note = new Checkpoint(origin, size, root).text() + "\n— k AAAAAQI=\n";
    try {
      return SignedCheckpoint.parse(note.getBytes(StandardCharsets.UTF_8));
    } catch (BadNoteException e) {
      throw new AssertionError(e);
    }
  }

  private int publish(TreeFiles tree, SignedCheckpoint signed) throws IOException {
    return new TilePublisher(RealDisk.INSTANCE, tree, parent.resolve("public")).publish(signed);
  }

  private Set<String> published() throws IOException {
    Path folder = parent.resolve("public");
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  @Test
  void neverPublishesAmongOtherPeoplesFiles() throws IOException {
    Path folder = Files.createDirectories(parent.resolve("public"));
    Files.writeString(folder.resolve("index.html"), "mine");
    List<byte[]> leaves = NaiveTree.leaves(3);
    try (TreeFiles tree = tree(leaves)) {
      SignedCheckpoint signed = checkpoint("example.com/log", 3, tree.root(3));
      assertThatThrownBy(() -> publish(tree, signed))
          .isInstanceOf(PublishRefusedException.class)
          .hasMessageContaining("index.html");
      assertThat(published()).containsExactly("index.html");

      Files.delete(folder.resolve("index.html"));
      publish(tree, signed);
      Files.writeString(folder.resolve("index.html"), "mine");
      publish(tree, signed); // its own folder by now
    }
  }

  /** Reads the folder as a client would: every hash and entry of a tree of this size. */
  private void check(List<byte[]> leaves, NaiveTree naive, int size) throws IOException {
    Path folder = parent.resolve("public");
    Checkpoint stated;
    try {
      stated =
          SignedCheckpoint.parse(Files.readAllBytes(folder.resolve("checkpoint"))).checkpoint();
    } catch (BadNoteException e) {
      throw new AssertionError(e);
    }
    assertThat(stated.size()).isEqualTo(size);
    for (int level = 0, span = 1; size / span > 0; level++, span *= 256) {
      for (int index = 0; index * 256 < size / span; index++) {
        int width = Math.min(256, size / span - index * 256);
        byte[] tile =
            Files.readAllBytes(folder.resolve(new TilePath(level, index, width).toString()));
        assertThat(tile).hasSize(width * 32);
        for (int i = 0; i < width; i++) {
          int low = (index * 256 + i) * span;
          assertThat(Hash.of(tile, i * 32, 32)).isEqualTo(naive.root(low, low + span));
        }
      }
    }
    for (int index = 0; index * 256 < size; index++) {
      int width = Math.min(256, size - index * 256);
      byte[] bundle =
          Files.readAllBytes(
              folder.resolve(new TilePath(TilePath.ENTRIES, index, width).toString()));
      assertThat(bundle).hasSize(width * 34);
      for (int i = 0; i < width; i++) {
        assertThat(Arrays.copyOfRange(bundle, i * 34, i * 34 + 2)).containsExactly(0, 32);
        assertThat(Arrays.copyOfRange(bundle, i * 34 + 2, i * 34 + 34))
            .isEqualTo(leaves.get(index * 256 + i));
      }
    }
  }

  @Test
  void aGrowingTreeIsPublishedStepByStepAndOnlyWhatIsNew() throws IOException {
    List<byte[]> leaves = NaiveTree.leaves(70_000);
    NaiveTree naive = new NaiveTree(leaves);
    for (int size : new int[] {1, 1, 255, 256, 257, 700, 70_000, 70_000}) {
      try (TreeFiles tree = tree(leaves.subList(0, size))) {
        publish(tree, checkpoint(TestLog.ORIGIN, size, naive.root(0, size)));
        check(leaves, naive, size);
        assertThat(publish(tree, checkpoint(TestLog.ORIGIN, size, naive.root(0, size))))
            .as("files written again at %d", size)
            .isEqualTo(1);
      }
    }
  }

  @Test
  void partialTilesGoOnceTheFullOneIsThereAndNotBefore() throws IOException {
    List<byte[]> leaves = NaiveTree.leaves(300);
    NaiveTree naive = new NaiveTree(leaves);
    try (TreeFiles tree = tree(leaves)) {
      publish(tree, checkpoint(TestLog.ORIGIN, 3, naive.root(0, 3)));
      publish(tree, checkpoint(TestLog.ORIGIN, 5, naive.root(0, 5)));
      assertThat(published())
          .containsExactly(
              "checkpoint",
              "tile/0/000.p/3",
              "tile/0/000.p/5",
              "tile/entries/000.p/3",
              "tile/entries/000.p/5");
      publish(tree, checkpoint(TestLog.ORIGIN, 300, naive.root(0, 300)));
      assertThat(published())
          .containsExactly(
              "checkpoint",
              "tile/0/000",
              "tile/0/001.p/44",
              "tile/1/000.p/1",
              "tile/entries/000",
              "tile/entries/001.p/44");
    }
  }

  @Test
  void whatAPowerCutLeftShortIsMendedAndWhatNoCheckpointVouchesForIsReplaced() throws IOException {
    List<byte[]> leaves = NaiveTree.leaves(300);
    NaiveTree naive = new NaiveTree(leaves);
    SignedCheckpoint signed = checkpoint(TestLog.ORIGIN, 300, naive.root(0, 300));
    Path folder = parent.resolve("public");
    try (TreeFiles tree = tree(leaves)) {
      publish(tree, signed);
      Files.write(folder.resolve("tile/0/000"), new byte[0]);
      Files.delete(folder.resolve("tile/entries/001.p/44"));
      Files.write(folder.resolve("tile/0/000.tmp"), new byte[7]);
      assertThat(publish(tree, signed)).isEqualTo(3);
      check(leaves, naive, 300);
      Files.write(folder.resolve("tile/0/000"), new byte[8_192]);
      Files.delete(folder.resolve("checkpoint"));
      publish(tree, signed);
      check(leaves, naive, 300);
    }
  }

  @Test
  void refusesAFolderOfAnotherTree() throws IOException {
    List<byte[]> leaves = NaiveTree.leaves(300);
    NaiveTree naive = new NaiveTree(leaves);
    try (TreeFiles tree = tree(leaves)) {
      SignedCheckpoint signed = checkpoint(TestLog.ORIGIN, 200, naive.root(0, 200));
      Path file = Files.createDirectories(parent.resolve("public")).resolve("checkpoint");
      for (SignedCheckpoint there :
          List.of(
              checkpoint("b.example", 200, naive.root(0, 200)),
              checkpoint(TestLog.ORIGIN, 201, naive.root(0, 201)),
              checkpoint(TestLog.ORIGIN, 200, naive.root(0, 201)),
              checkpoint(TestLog.ORIGIN, 199, naive.root(0, 198)))) {
        Files.write(file, there.note());
        assertThatThrownBy(() -> publish(tree, signed)).isInstanceOf(PublishRefusedException.class);
      }
      Files.writeString(file, "something else");
      assertThatThrownBy(() -> publish(tree, signed)).isInstanceOf(PublishRefusedException.class);
      assertThat(published()).containsExactly("checkpoint");
    }
  }

  @Test
  void aDamagedTreeIsNotPublished() throws IOException {
    List<byte[]> leaves = NaiveTree.leaves(600);
    NaiveTree naive = new NaiveTree(leaves);
    SignedCheckpoint signed = checkpoint(TestLog.ORIGIN, 600, naive.root(0, 600));
    tree(leaves).close();
    for (String name : List.of(TreeFiles.ENTRY_HASHES, "level-8")) {
      Path file = parent.resolve("tree").resolve(name);
      byte[] good = Files.readAllBytes(file);
      for (int at = 0; at < good.length; at += 1 + good.length / 100) {
        byte[] bad = good.clone();
        bad[at] ^= 4;
        Files.write(file, bad);
        try (TreeFiles tree = TreeFiles.openRead(RealDisk.INSTANCE, parent.resolve("tree"))) {
          assertThatThrownBy(() -> publish(tree, signed))
              .as("%s, byte %d", name, at)
              .isInstanceOf(TreeDamagedException.class);
        }
      }
      Files.write(file, good);
    }
    assertThat(parent.resolve("public/checkpoint")).doesNotExist();
  }

  @Test
  void tilesAreServedAsFarAsTheCheckpointReaches() throws IOException {
    List<byte[]> leaves = NaiveTree.leaves(700);
    NaiveTree naive = new NaiveTree(leaves);
    try (TreeFiles tree = tree(leaves)) {
      TileReader tiles =
          new TileReader(tree, new Checkpoint(TestLog.ORIGIN, 600, naive.root(0, 600)));
      assertThat(tiles.read(new TilePath(0, 1, 256))).hasSize(8_192);
      assertThat(tiles.read(new TilePath(0, 1, 3))).hasSize(96);
      assertThat(tiles.read(new TilePath(0, 2, 88))).hasSize(88 * 32);
      assertThat(tiles.read(new TilePath(0, 2, 1))).isEqualTo(naive.root(512, 513).toBytes());
      assertThat(tiles.read(new TilePath(1, 0, 2))).hasSize(64);
      assertThat(tiles.read(new TilePath(TilePath.ENTRIES, 2, 88))).hasSize(88 * 34);
      for (TilePath missing :
          List.of(
              new TilePath(0, 2, 89),
              new TilePath(0, 2, 256),
              new TilePath(0, 3, 1),
              new TilePath(1, 0, 3),
              new TilePath(1, 1, 1),
              new TilePath(2, 0, 1),
              new TilePath(63, 0, 1),
              new TilePath(0, 999_999_999_999_999_999L, 256),
              new TilePath(TilePath.ENTRIES, 2, 89))) {
        assertThat(tiles.read(missing)).as("%s", missing).isNull();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 256, tile/0/000",
    "0, 1, 1, tile/0/001.p/1",
    "1, 999, 255, tile/1/999.p/255",
    "2, 1000, 256, tile/2/x001/000",
    "0, 1234067, 256, tile/0/x001/x234/067",
    "63, 1234067, 8, tile/63/x001/x234/067.p/8",
    "-1, 70000, 256, tile/entries/x070/000",
    "-1, 5, 7, tile/entries/005.p/7",
  })
  void pathsAreThoseOfC2sp(int level, long index, int width, String path) {
    assertThat(new TilePath(level, index, width)).hasToString(path).isEqualTo(TilePath.parse(path));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "/tile/0/000",
        "tile/0/000/",
        "tile//000",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/+1/000",
        "tile/data/000",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000",
        "tile/0/x000/000",
        "tile/0/001/000",
        "tile/0/x001",
        "tile/0/x01/000",
        "tile/0/00a",
        "tile/0/000.p",
        "tile/0/000.p/",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/1/2",
        "tile/0/000.q/1",
        "tile/0/../000",
        "tile/0/000.p/.p/1",
        "tile/0/x001/x001/x001/x001/x001/x001/001",
        "tile/0/\u0661\u0661\u0661",
        "checkpoint",
      })
  void refusesWhatIsNoPath(String path) {
    assertThat(TilePath.parse(path)).isNull();
  }
}
