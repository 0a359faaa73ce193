package io.osmoda.format.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrustPolicyTest {
  private static final VerifierKey LOG =
      TestLog.verifier(TestLog.ORIGIN, VerifierKey.Type.ED25519, 1);
  private static final VerifierKey LOG_PQ =
      TestLog.verifier(TestLog.ORIGIN, VerifierKey.Type.ML_DSA_44, 2);
  private static final List<VerifierKey> W =
      List.of(
          TestLog.verifier("w.example/0", VerifierKey.Type.ED25519_COSIGNATURE, 10),
          TestLog.verifier("w.example/1", VerifierKey.Type.ML_DSA_44, 11),
          TestLog.verifier("w.example/2", VerifierKey.Type.ED25519_COSIGNATURE, 12),
          TestLog.verifier("w.example/3", VerifierKey.Type.ML_DSA_44, 13));

  private static final String WITNESSES =
      "log %s\nwitness a %s\nwitness b %s\nwitness c %s\nwitness d %s\n"
          .formatted(LOG, W.get(0), W.get(1), W.get(2), W.get(3));

  @TempDir Path folder;

  @Test
  void readsTheVectorsPolicy() throws Exception {
    TrustPolicy policy = TrustPolicy.parse(TestLog.vector("trust.policy"));
    assertThat(policy.logKeys()).hasSize(2);
    assertThat(policy.origins()).containsExactly("vectors.example/one");
    assertThat(policy.quorumName()).isNull();
    assertThat(policy.witnesses()).isEmpty();
  }

  @Test
  void allowsCommentsBlanksTabsUrlsAndAMissingLastNewline() {
    TrustPolicy policy =
        TestLog.policy(
            "# ours\n\n  \t \n\tlog\t"
                + LOG
                + "  https://log.example \n\t# ümlaut\nlog "
                + LOG_PQ
                + "\nwitness ä "
                + W.get(0)
                + " https://w.example\nquorum ä");
    assertThat(policy.logs()).containsExactly(LOG, LOG_PQ);
    assertThat(policy.witnesses()).containsExactly(W.get(0));
  }

  @Test
  void loadsAFile() throws Exception {
    Path file = folder.resolve("trust.policy");
    assertThatThrownBy(() -> TrustPolicy.load(file)).isInstanceOf(NoSuchFileException.class);
    Files.writeString(file, "log " + LOG + "\nquorum none\n");
    assertThat(TrustPolicy.load(file).logKeys()).containsExactly(LOG.toString());
    Files.write(file, new byte[TrustPolicy.MAX_BYTES + 1]);
    assertThatThrownBy(() -> TrustPolicy.load(file)).isInstanceOf(BadPolicyException.class);
  }

  record Bad(int line, String reason, String policy) {}

  static List<Bad> malformed() {
    String log = "log " + LOG + "\n";
    String end = "quorum none\n";
    return List.of(
        new Bad(2, "starts with none", log + "logs " + LOG + "\n" + end),
        new Bad(2, "starts with none", log + "Quorum none\n"),
        new Bad(1, "must read: log", "log\n" + end),
        new Bad(1, "must read: log", "log " + LOG + " url more\n" + end),
        new Bad(1, "vkey", "log nonsense\n" + end),
        new Bad(1, "key ID", ("log " + LOG + "\n" + end).replace("a.example", "b.example")),
        new Bad(1, "carriage return", "log " + LOG + "\r\n" + end),
        new Bad(2, "control character 0x0c", log + "\f\n" + end),
        new Bad(2, "control character 0x7f", log + "# \u007f\n" + end),
        new Bad(2, "earlier line", log + log + end),
        new Bad(
            2,
            "earlier line",
            log + "log " + TestLog.verifier("b", VerifierKey.Type.ED25519, 1) + "\n" + end),
        new Bad(1, "witness's", "log " + W.get(0) + "\n" + end),
        new Bad(
            2,
            "is a log's",
            log + "witness a " + TestLog.verifier("w", VerifierKey.Type.ED25519, 7) + "\n" + end),
        new Bad(
            3, "does not witness itself", log + "log " + LOG_PQ + "\nwitness a " + LOG_PQ + "\n"),
        new Bad(2, "must read: witness", log + "witness a\n" + end),
        new Bad(2, "must read: witness", log + "witness a " + W.get(0) + " url more\n" + end),
        new Bad(3, "earlier line", log + "witness a " + W.get(0) + "\nwitness b " + W.get(0)),
        new Bad(3, "defined already", log + "witness a " + W.get(0) + "\nwitness a " + W.get(1)),
        new Bad(2, "is taken", log + "witness none " + W.get(0) + "\n" + end),
        new Bad(6, "is taken", WITNESSES + "group none any a b\n" + end),
        new Bad(6, "defined already", WITNESSES + "group a any b c\n" + end),
        new Bad(6, "must read: group", WITNESSES + "group g any\n" + end),
        new Bad(6, "must read: group", WITNESSES + "group g\n" + end),
        new Bad(6, "not defined above", WITNESSES + "group g any x\n" + end),
        new Bad(6, "not defined above", WITNESSES + "group g any g\n" + end),
        new Bad(6, "not defined above", WITNESSES + "group g any none\n" + end),
        new Bad(6, "of one only", WITNESSES + "group g any a a\n" + end),
        new Bad(7, "of one only", WITNESSES + "group g any a b\ngroup h any b c\n" + end),
        new Bad(8, "of one only", WITNESSES + "group g any a\ngroup h any g\ngroup i any g\n"),
        new Bad(6, "1 to 2", WITNESSES + "group g 0 a b\n" + end),
        new Bad(6, "1 to 2", WITNESSES + "group g 3 a b\n" + end),
        new Bad(6, "1 to 2", WITNESSES + "group g 01 a b\n" + end),
        new Bad(6, "1 to 2", WITNESSES + "group g +1 a b\n" + end),
        new Bad(6, "1 to 2", WITNESSES + "group g -1 a b\n" + end),
        new Bad(6, "1 to 2", WITNESSES + "group g some a b\n" + end),
        new Bad(6, "1 to 2", WITNESSES + "group g 4294967297 a b\n" + end),
        new Bad(3, "second quorum", log + end + end),
        new Bad(2, "not defined above", log + "quorum a\nwitness a " + W.get(0) + "\n"),
        new Bad(2, "must read: quorum", log + "quorum\n"),
        new Bad(2, "must read: quorum", log + "quorum none none\n"),
        new Bad(0, "no quorum line", log),
        new Bad(0, "no quorum line", ""),
        new Bad(0, "no log key", end));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void namesTheLineThatIsWrong(Bad bad) {
    assertThatThrownBy(() -> TrustPolicy.parse(bad.policy().getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(BadPolicyException.class)
        .hasMessageContaining(bad.reason())
        .hasMessageStartingWith(bad.line() == 0 ? "the policy" : "line " + bad.line() + ": ");
  }

  record Vote(String lines, String witnesses, boolean met) {}

  static List<Vote> votes() {
    String nested = "group ab 2 a b\ngroup cd any c d\ngroup all-of all ab cd\nquorum all-of\n";
    return List.of(
        new Vote("quorum none\n", "", true),
        new Vote("quorum a\n", "a", true),
        new Vote("quorum a\n", "", false),
        new Vote("quorum a\n", "bcd", false),
        new Vote("group g any a b c d\nquorum g\n", "d", true),
        new Vote("group g any a b c d\nquorum g\n", "", false),
        new Vote("group g all a b c d\nquorum g\n", "abcd", true),
        new Vote("group g all a b c d\nquorum g\n", "abc", false),
        new Vote("group g 3 a b c d\nquorum g\n", "bcd", true),
        new Vote("group g 3 a b c d\nquorum g\n", "cd", false),
        new Vote("group g 1 a b\nquorum c\n", "ab", false),
        new Vote(nested, "abc", true),
        new Vote(nested, "abd", true),
        new Vote(nested, "ab", false),
        new Vote(nested, "acd", false),
        new Vote("group one any a\ngroup two any one\nquorum two\n", "a", true),
        new Vote("group one any a\ngroup two any one\nquorum two\n", "b", false));
  }

  @ParameterizedTest
  @MethodSource("votes")
  void countsWitnessesByGroup(Vote vote) {
    TrustPolicy policy = TestLog.policy(WITNESSES + vote.lines());
    Set<VerifierKey> cosigners = new HashSet<>();
    vote.witnesses().chars().forEach(name -> cosigners.add(W.get(name - 'a')));
    assertThat(policy.isQuorum(cosigners)).isEqualTo(vote.met());
  }

  @Test
  void aLongChainOfGroupsIsNoTrouble() {
    StringBuilder text = new StringBuilder(WITNESSES).append("group g0 any a\n");
    for (int i = 1; i < 20_000; i++) {
      text.append("group g").append(i).append(" any g").append(i - 1).append('\n');
    }
    TrustPolicy policy = TestLog.policy(text + "quorum g19999\n");
    assertThat(policy.isQuorum(Set.of(W.get(0)))).isTrue();
    assertThat(policy.isQuorum(Set.of(W.get(1)))).isFalse();
  }
}
