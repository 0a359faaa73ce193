package io.osmoda.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.osmoda.fixtures.Seed;
import io.osmoda.format.entry.Finding;
import io.osmoda.format.entry.FindingKind;
import io.osmoda.format.json.SeededFuzz;
import io.osmoda.format.log.BadNoteException;
import io.osmoda.format.log.BadPolicyException;
import io.osmoda.format.log.BadProofException;
import io.osmoda.format.log.Checkpoint;
import io.osmoda.format.log.ConsistencyProof;
import io.osmoda.format.log.Hash;
import io.osmoda.format.log.InclusionProof;
import io.osmoda.format.log.NaiveTree;
import io.osmoda.format.log.RangeProof;
import io.osmoda.format.log.SignedCheckpoint;
import io.osmoda.format.log.SignedNote;
import io.osmoda.format.log.TestLog;
import io.osmoda.format.log.TestSigner;
import io.osmoda.format.log.TrustPolicy;
import io.osmoda.format.log.VerifierKey;
import io.osmoda.verify.ProofVerification;
import io.osmoda.verify.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProofTest {
  private static final int EXHAUSTIVE = 300;
  private static final int FUZZ_ROUNDS = 20_000;
  private static final TestSigner LOG = TestLog.signer(TestLog.ORIGIN, 1);
  private static final TrustPolicy POLICY = TrustPolicy.ofLogKeys(LOG.verifierKeys());

  // A note that parses; where only the tree is looked at, signing each anew would take minutes.
  private static final String SIGNATURE = "\n— a.example/log AAAAAQI=\n";

  @TempDir Path folder;

  private static SignedCheckpoint unsigned(Checkpoint checkpoint) {
    try {
      return SignedCheckpoint.parse(
          (checkpoint.text() + SIGNATURE).getBytes(StandardCharsets.UTF_8));
    } catch (BadNoteException e) {
      throw new AssertionError(e);
    }
  }

  private TreeFiles tree(List<byte[]> leaves) throws IOException {
    TreeFiles tree = TreeFiles.openWrite(RealDisk.INSTANCE, folder);
    tree.append(NaiveTree.joined(leaves), 0, leaves.size());
    return tree;
  }

  private static List<Hash> hashes(List<byte[]> raw) {
    return raw.stream().map(Hash::of).toList();
  }

  /** Proofs with one hash flipped in one bit, dropped, doubled, or changed for its neighbour. */
  private static List<List<Hash>> mutations(List<Hash> proof) {
    List<List<Hash>> mutations = new ArrayList<>();
    for (int i = 0; i < proof.size(); i++) {
      List<Hash> flipped = new ArrayList<>(proof);
      byte[] bytes = proof.get(i).toBytes();
      bytes[i % Hash.LENGTH] ^= (byte) (1 << i % 8);
      flipped.set(i, Hash.of(bytes));
      mutations.add(flipped);
      List<Hash> dropped = new ArrayList<>(proof);
      dropped.remove(i);
      mutations.add(dropped);
      List<Hash> doubled = new ArrayList<>(proof);
      doubled.add(i, proof.get(i));
      mutations.add(doubled);
      if (i > 0) {
        List<Hash> swapped = new ArrayList<>(proof);
        Collections.swap(swapped, i - 1, i);
        mutations.add(swapped);
      }
    }
    List<Hash> longer = new ArrayList<>(proof);
    longer.add(Hash.ZERO);
    mutations.add(longer);
    return mutations;
  }

  @Test
  void everyEntryOfEverySizeIsProvedAndNothingElse() throws IOException {
    List<byte[]> leaves = NaiveTree.leaves(EXHAUSTIVE);
    List<Hash> data = hashes(leaves);
    NaiveTree naive = new NaiveTree(leaves);
    try (TreeFiles tree = tree(leaves)) {
      for (int size = 1; size <= EXHAUSTIVE; size++) {
        SignedCheckpoint signed =
            unsigned(new Checkpoint(TestLog.ORIGIN, size, naive.root(0, size)));
        boolean thorough = size <= 40 || size % 64 <= 1 || size == EXHAUSTIVE;
        for (int index = 0; index < size; index++) {
          InclusionProof proof = TreeProofs.inclusion(tree, index, data.get(index), signed);
          assertThat(proof.hashes()).isEqualTo(naive.path(index, size));
          assertThat(proof.leadsToRoot(data.get((index + 1) % EXHAUSTIVE))).isFalse();
          if (!thorough) {
            continue;
          }
          Hash entry = data.get(index);
          for (int other : new int[] {index - 1, index + 1, index ^ 2, index + size}) {
            // The path's length tells the index only where it differs in shape: the root must.
            if (other >= 0) {
              assertThat(new InclusionProof(other, proof.hashes(), signed).leadsToRoot(entry))
                  .as("entry %d of %d said to be %d", index, size, other)
                  .isFalse();
            }
          }
          for (List<Hash> mutation : mutations(proof.hashes())) {
            assertThat(new InclusionProof(index, mutation, signed).leadsToRoot(entry))
                .as("entry %d of %d", index, size)
                .isFalse();
          }
        }
      }
    }
  }

  @Test
  void noOtherIndexAndNoOtherBitPasses() {
    List<byte[]> leaves = NaiveTree.leaves(EXHAUSTIVE);
    NaiveTree naive = new NaiveTree(leaves);
    SignedCheckpoint signed =
        unsigned(new Checkpoint(TestLog.ORIGIN, EXHAUSTIVE, naive.root(0, EXHAUSTIVE)));
    for (int index = 0; index < EXHAUSTIVE; index++) {
      Hash entry = Hash.of(leaves.get(index));
      List<Hash> path = naive.path(index, EXHAUSTIVE);
      for (int said = 0; said <= EXHAUSTIVE; said++) {
        assertThat(new InclusionProof(said, path, signed).leadsToRoot(entry))
            .as("entry %d said to be %d", index, said)
            .isEqualTo(said == index);
      }
    }
    List<Hash> path = naive.path(255, EXHAUSTIVE);
    for (int bit = 0; bit < path.size() * Hash.LENGTH * Byte.SIZE; bit++) {
      byte[] bytes = path.get(bit / 256).toBytes();
      bytes[bit % 256 / 8] ^= (byte) (1 << bit % 8);
      List<Hash> flipped = new ArrayList<>(path);
      flipped.set(bit / 256, Hash.of(bytes));
      assertThat(new InclusionProof(255, flipped, signed).leadsToRoot(Hash.of(leaves.get(255))))
          .as("bit %d", bit)
          .isFalse();
    }
  }

  @Test
  void everyPairOfSizesIsConnectedAndNothingElse() throws IOException {
    List<byte[]> leaves = NaiveTree.leaves(EXHAUSTIVE);
    NaiveTree naive = new NaiveTree(leaves);
    try (TreeFiles tree = tree(leaves)) {
      for (int to = 0; to <= EXHAUSTIVE; to++) {
        Checkpoint larger = new Checkpoint(TestLog.ORIGIN, to, naive.root(0, to));
        for (int from = 0; from <= to; from++) {
          Checkpoint smaller = new Checkpoint(TestLog.ORIGIN, from, naive.root(0, from));
          ConsistencyProof proof = TreeProofs.consistency(tree, smaller, larger);
          assertThat(proof.connects(smaller.root(), Hash.ZERO)).isEqualTo(from == 0 && to > 0);
          assertThat(proof.connects(Hash.ZERO, larger.root())).isFalse();
          if (from == 0 || (to > 40 && to % 64 > 1)) {
            continue;
          }
          for (List<Hash> mutation : mutations(proof.hashes())) {
            assertThat(
                    new ConsistencyProof(from, to, mutation)
                        .connects(smaller.root(), larger.root()))
                .as("%d to %d", from, to)
                .isFalse();
          }
        }
      }
    }
  }

  @Test
  void everyRangeOfEverySizeIsProvedAndNothingElse() throws Exception {
    List<byte[]> leaves = NaiveTree.leaves(EXHAUSTIVE + 1);
    List<Hash> data = hashes(leaves);
    NaiveTree naive = new NaiveTree(leaves);
    try (TreeFiles tree = tree(leaves)) {
      for (int size = 1; size <= EXHAUSTIVE; size += size <= 24 ? 1 : 23) {
        SignedCheckpoint signed =
            unsigned(new Checkpoint(TestLog.ORIGIN, size, naive.root(0, size)));
        int step = size <= 24 ? 1 : 19;
        for (int first = 0; first < size; first += step) {
          for (int end = first + 1; end <= size; end += step) {
            RangeProof proof = TreeProofs.range(tree, first, end, signed);
            String what = "[%d, %d) of %d".formatted(first, end, size);
            List<Hash> inside = data.subList(first, end);
            assertThat(proof.hashes()).as(what).isEqualTo(naive.range(first, end, size));
            assertThat(proof.leadsToRoot(inside.iterator())).as(what).isTrue();
            assertThat(proof.leadsToRoot(data.subList(first, end - 1).iterator())).isFalse();
            assertThat(proof.leadsToRoot(data.subList(first, end + 1).iterator())).isFalse();
            assertThat(proof.leadsToRoot(data.subList(first + 1, end + 1).iterator())).isFalse();
            List<Hash> changed = new ArrayList<>(inside);
            changed.set(inside.size() / 2, Hash.ZERO);
            assertThat(proof.leadsToRoot(changed.iterator())).as(what).isFalse();
            for (List<Hash> mutation : mutations(proof.hashes())) {
              assertThat(
                      new RangeProof(first, end, mutation, signed).leadsToRoot(inside.iterator()))
                  .as(what)
                  .isFalse();
            }
            if (end < size) {
              assertThat(
                      new RangeProof(first, end + 1, proof.hashes(), signed)
                          .leadsToRoot(data.subList(first, end + 1).iterator()))
                  .as(what)
                  .isFalse();
            }
          }
        }
      }
    }
  }

  @Test
  void theVectorsEntryProofsAreReproducedByteForByte() throws Exception {
    TrustPolicy policy = TrustPolicy.parse(TestLog.vector("trust.policy"));
    for (String[] each : new String[][] {{"34", "context"}, {"37", "export"}}) {
      byte[] file = TestLog.vector("bundle-actor/proofs/" + each[0] + ".tlog-proof");
      InclusionProof proof = InclusionProof.parse(file);
      assertThat(proof.toBytes()).isEqualTo(file);
      assertThat(proof.index()).isEqualTo(Long.parseLong(each[0]));
      assertThat(proof.checkpoint().note()).isEqualTo(TestLog.vector("bundle-actor/checkpoint"));
      Hash entry = Hash.of(TestLog.entryHashes("bundle-actor/" + each[1] + ".ndjson").getFirst());
      assertThat(ProofVerification.of(proof, entry, policy).verdict()).isEqualTo(Verdict.INTACT);
      assertThat(ProofVerification.of(proof, Hash.ZERO, policy).verdict())
          .isEqualTo(Verdict.TAMPERED);
    }
  }

  @Test
  void theVectorsRangeProofIsReproducedByteForByte() throws Exception {
    TrustPolicy policy = TrustPolicy.parse(TestLog.vector("trust.policy"));
    byte[] file = TestLog.vector("bundle-actor/range.proof");
    List<Hash> entries = hashes(TestLog.entryHashes("bundle-actor/entries.ndjson"));
    RangeProof proof = RangeProof.parse(file);
    assertThat(proof.toBytes()).isEqualTo(file);
    assertThat(proof.first()).isEqualTo(5);
    assertThat(proof.end()).isEqualTo(31);
    assertThat(ProofVerification.of(proof, entries.iterator(), policy).verdict())
        .isEqualTo(Verdict.INTACT);
    assertThat(ProofVerification.of(proof, entries.subList(1, 26).iterator(), policy).findings())
        .extracting(Finding::kind)
        .containsExactly(FindingKind.BAD_PROOF);
  }

  @Test
  void theVerdictFollowsProofSignaturesTrustAndQuorum() throws Exception {
    List<byte[]> leaves = NaiveTree.leaves(10);
    Hash entry = Hash.of(leaves.get(3));
    Checkpoint checkpoint = new Checkpoint(TestLog.ORIGIN, 10, new NaiveTree(leaves).root(0, 10));
    try (TreeFiles tree = tree(leaves)) {
      InclusionProof proof = TreeProofs.inclusion(tree, 3, entry, LOG.sign(checkpoint));
      assertThat(ProofVerification.of(proof, entry, POLICY))
          .isEqualTo(new ProofVerification(Verdict.INTACT, List.of(), List.of(), checkpoint));
      ProofVerification untrusted = ProofVerification.of(proof, entry, null);
      assertThat(untrusted.verdict()).isEqualTo(Verdict.UNVERIFIABLE);
      assertThat(untrusted.notChecked()).singleElement().asString().contains("no trust policy");
      assertThat(ProofVerification.of(proof, Hash.ZERO, null).verdict())
          .isEqualTo(Verdict.TAMPERED);
      assertThat(
              ProofVerification.of(
                      TreeProofs.inclusion(tree, 3, entry, unsigned(checkpoint)), entry, POLICY)
                  .findings())
          .extracting(Finding::kind)
          .containsExactly(FindingKind.UNKNOWN_KEY, FindingKind.UNKNOWN_KEY);
      TrustPolicy witnessed =
          TestLog.policy(
              "log %s\nwitness w %s\nquorum w\n"
                  .formatted(
                      LOG.vkeys().getFirst(),
                      TestLog.verifier("w", VerifierKey.Type.ML_DSA_44, 3)));
      ProofVerification unwitnessed = ProofVerification.of(proof, entry, witnessed);
      assertThat(unwitnessed.verdict()).isEqualTo(Verdict.UNVERIFIABLE);
      assertThat(unwitnessed.notChecked()).singleElement().asString().contains("quorum w");
    }
  }

  @Test
  void aDamagedTreeGivesNoProof() throws Exception {
    List<byte[]> leaves = NaiveTree.leaves(600);
    NaiveTree naive = new NaiveTree(leaves);
    SignedCheckpoint signed = unsigned(new Checkpoint(TestLog.ORIGIN, 600, naive.root(0, 600)));
    Checkpoint smaller = new Checkpoint(TestLog.ORIGIN, 300, naive.root(0, 300));
    tree(leaves).close();
    byte[] content = Files.readAllBytes(folder.resolve(TreeFiles.ENTRY_HASHES));
    content[301 * 32] ^= 1;
    Files.write(folder.resolve(TreeFiles.ENTRY_HASHES), content);
    try (TreeFiles tree = TreeFiles.openRead(RealDisk.INSTANCE, folder)) {
      assertThat(TreeProofs.inclusion(tree, 3, Hash.of(leaves.get(3)), signed)).isNotNull();
      assertThatThrownBy(() -> TreeProofs.inclusion(tree, 300, Hash.of(leaves.get(300)), signed))
          .isInstanceOf(TreeDamagedException.class);
      assertThatThrownBy(() -> TreeProofs.consistency(tree, smaller, signed.checkpoint()))
          .isInstanceOf(TreeDamagedException.class);
      assertThatThrownBy(() -> TreeProofs.range(tree, 290, 300, signed))
          .isInstanceOf(TreeDamagedException.class);
      assertThatThrownBy(
              () -> TreeProofs.inclusion(tree, 599, Hash.of(leaves.get(599)), signedOf(601)))
          .isInstanceOf(TreeDamagedException.class);
    }
  }

  private static SignedCheckpoint signedOf(long size) {
    return unsigned(new Checkpoint(TestLog.ORIGIN, size, Hash.ZERO));
  }

  private static final String NOTE =
      "a.example/log\n2\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n" + SIGNATURE;
  private static final String HASH_LINE = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\n\n",
        "c2sp.org/tlog-proof@v1\n",
        "c2sp.org/tlog-proof@v1\nindex 0\n",
        "c2sp.org/tlog-proof@v1\n\n" + NOTE,
        "c2sp.org/tlog-proof@v2\nindex 0\n\n" + NOTE,
        "c2sp.org/tlog-proof@v1 \nindex 0\n\n" + NOTE,
        "c2sp.org/tlog-proof@v1\r\nindex 0\n\n" + NOTE,
        "c2sp.org/tlog-proof@v1\nindex 00\n\n" + NOTE,
        "c2sp.org/tlog-proof@v1\nindex -1\n\n" + NOTE,
        "c2sp.org/tlog-proof@v1\nindex\n\n" + NOTE,
        "c2sp.org/tlog-proof@v1\nindex 9007199254740992\n\n" + NOTE,
        "c2sp.org/tlog-proof@v1\nindex 0 \n\n" + NOTE,
        "c2sp.org/tlog-proof@v1\nextra A\nindex 0\n\n" + NOTE,
        "c2sp.org/tlog-proof@v1\nextra AQJ=\nindex 0\n\n" + NOTE,
        "c2sp.org/tlog-proof@v1\nindex 0\nextra AQI=\n\n" + NOTE,
        "c2sp.org/tlog-proof@v1\nextra AQI=\nextra AQI=\nindex 0\n\n" + NOTE,
        "c2sp.org/tlog-proof@v1\nindex 0\nAQI=\n\n" + NOTE,
        "c2sp.org/tlog-proof@v1\nindex 0\n" + HASH_LINE + " " + HASH_LINE + "\n" + NOTE,
        "c2sp.org/tlog-proof@v1\nindex 0\n" + HASH_LINE + "\n\n" + NOTE,
        "c2sp.org/tlog-proof@v1\nindex 0\n" + HASH_LINE + NOTE,
        "c2sp.org/tlog-proof@v1\nindex 0\n" + HASH_LINE + "\n" + NOTE + "\n",
        "c2sp.org/tlog-proof@v1\nindex 0\n" + HASH_LINE + "\n" + NOTE + "more\n",
      })
  void refusesWhatIsNoEntryProof(String file) {
    assertThatThrownBy(() -> InclusionProof.parse(file.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(BadProofException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "osmoda.io/range-proof/v1\n\n" + NOTE,
        "osmoda.io/range-proof/v2\nrange 0 1\n\n" + NOTE,
        "osmoda.io/range-proof/v1\nrange 0\n\n" + NOTE,
        "osmoda.io/range-proof/v1\nrange 0 1 2\n\n" + NOTE,
        "osmoda.io/range-proof/v1\nrange  0 1\n\n" + NOTE,
        "osmoda.io/range-proof/v1\nranges 0 1\n\n" + NOTE,
        "osmoda.io/range-proof/v1\nrange 1 1\n\n" + NOTE,
        "osmoda.io/range-proof/v1\nrange 1 0\n\n" + NOTE,
        "osmoda.io/range-proof/v1\nrange 0 3\n\n" + NOTE,
        "osmoda.io/range-proof/v1\nrange 00 1\n\n" + NOTE,
        "osmoda.io/range-proof/v1\nrange 0 1\nAQI=\n\n" + NOTE,
        "osmoda.io/range-proof/v1\nrange 0 1\n" + HASH_LINE + NOTE,
      })
  void refusesWhatIsNoRangeProof(String file) {
    assertThatThrownBy(() -> RangeProof.parse(file.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(BadProofException.class);
  }

  @Test
  void whatParsesIsWrittenAsItWas() throws Exception {
    long seed = Seed.fresh();
    List<byte[]> corpus =
        List.of(
            NOTE.getBytes(StandardCharsets.UTF_8),
            ("c2sp.org/tlog-proof@v1\nextra AQI=\nindex 0\n" + HASH_LINE + "\n" + NOTE)
                .getBytes(StandardCharsets.UTF_8),
            ("osmoda.io/range-proof/v1\nrange 0 1\n" + HASH_LINE + "\n" + NOTE)
                .getBytes(StandardCharsets.UTF_8),
            ("log " + LOG.vkeys().getFirst() + "\nquorum none\n").getBytes(StandardCharsets.UTF_8),
            "# x\nlog a+00000000+AA==\nwitness a b\ngroup g 1 a\nquorum g\n"
                .getBytes(StandardCharsets.UTF_8));
    int[] parsed = new int[4];
    SeededFuzz.mutate(
        corpus,
        seed,
        FUZZ_ROUNDS,
        input -> {
          parsed[0] += holds(() -> SignedNote.parse(input).toBytes(), input);
          parsed[1] += holds(() -> InclusionProof.parse(input).toBytes(), input);
          parsed[2] += holds(() -> RangeProof.parse(input).toBytes(), input);
          try {
            TrustPolicy.parse(input);
            parsed[3]++;
          } catch (BadPolicyException e) {
            assertThat(e).hasMessageMatching("(?s)(line \\d+: |the policy |a trust policy ).*");
          }
        });
    assertThat(parsed).as("seed %d", seed).doesNotContain(0);
  }

  private interface Parse {
    byte[] again() throws BadNoteException, BadProofException;
  }

  private static int holds(Parse parse, byte[] input) {
    try {
      assertThat(parse.again()).isEqualTo(input);
      return 1;
    } catch (BadNoteException | BadProofException e) {
      Predicate<String> told = message -> message != null && !message.isBlank();
      assertThat(e.getMessage()).matches(told);
      return 0;
    }
  }
}
