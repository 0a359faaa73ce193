package io.osmoda.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.NoSuchEntryException;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.format.entry.Status;
import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.Hash;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CausalityTest {
  private TreeLedger ledger;

  @BeforeEach
  void create(@TempDir Path temp) throws IOException {
    ledger = new TreeLedger(temp);
  }

  @AfterEach
  void close() throws IOException {
    ledger.close();
  }

  /** A line an entry: dots for its depth, its numbers, its outcome, and what else led to it. */
  private static List<String> drawn(CausalTree tree) {
    List<String> drawn = new ArrayList<>();
    for (CausalTree.Line line : tree.lines()) {
      StringBuilder text = new StringBuilder(".".repeat(line.depth()));
      text.append(line.start().seq());
      if (line.end() != null) {
        text.append('-').append(line.end().seq());
      }
      text.append(' ').append(line.isUnfinished() ? "unfinished" : line.outcome());
      line.mentions()
          .forEach(each -> text.append(' ').append(each.kind().word()).append(each.reference()));
      drawn.add(text.toString());
    }
    return drawn;
  }

  @Test
  void aCallAndItsResultAreOneLineWithOutcomeAndDuration() throws IOException {
    long call = ledger.call("read_file");
    ledger.pass(Duration.ofMillis(30));
    ledger.seal("tool_result", Status.ERROR, call);

    for (String of : List.of("1", "2", "#2")) {
      CausalTree tree = ledger.tree(of);
      assertThat(drawn(tree)).containsExactly("1-2 error");
      assertThat(tree.lines().getFirst().nanos()).isEqualTo(30_000_000);
      assertThat(tree.entries()).isEqualTo(2);
    }
  }

  @Test
  void aMeasuredDurationGoesBeforeTheDifferenceOfTimestamps() throws IOException {
    long call = ledger.call("read_file");
    ledger.pass(Duration.ofMillis(30));
    ledger.seal(ledger.draft("tool_result", Status.OK, call).payload(TreeLedger.took(29_000_000)));

    assertThat(ledger.tree("1").lines().getFirst().nanos()).isEqualTo(29_000_000);
  }

  @Test
  void resultsThatComeInAnotherOrderFindTheirCalls() throws IOException {
    long plan = ledger.seal("agent_message", Status.OK);
    long first = ledger.seal("tool_call", Status.PENDING, plan);
    long second = ledger.seal("tool_call", Status.PENDING, plan);
    ledger.seal("tool_result", Status.OK, second);
    ledger.seal("tool_result", Status.DENIED, first);

    assertThat(drawn(ledger.tree("1"))).containsExactly("1 ok", ".2-5 denied", ".3-4 ok");
    assertThat(drawn(ledger.tree("4"))).containsExactly("1 ok", ".3-4 ok");
  }

  @Test
  void aCallWithoutResultIsUnfinishedAndHasAnAge() throws IOException {
    ledger.call("http_request");
    ledger.pass(Duration.ofMinutes(5));

    CausalTree tree = ledger.tree("1");
    assertThat(drawn(tree)).containsExactly("1 unfinished");
    assertThat(tree.lines().getFirst().age(tree.at())).isEqualTo(Duration.ofMinutes(5));
    assertThat(tree.lines().getFirst().nanos()).isNull();
  }

  @Test
  void aCallAboveHasItsResultAlthoughNothingElseBelowItIsShown() throws IOException {
    long call = ledger.call("run");
    long exec = ledger.seal("process_exec", Status.OK, call);
    ledger.seal("file_write", Status.OK, call);
    ledger.seal("tool_result", Status.OK, call);

    assertThat(drawn(ledger.tree(Long.toString(exec)))).containsExactly("1-4 ok", ".2 ok");
  }

  @Test
  void theFirstResultEndsACallAndALateOneStandsBelow() throws IOException {
    long call = ledger.call("run");
    ledger.seal("tool_result", Status.TIMEOUT, call);
    ledger.seal("tool_result", Status.OK, call);

    assertThat(drawn(ledger.tree("1"))).containsExactly("1-2 timeout", ".3 ok");
    assertThat(drawn(ledger.tree("3"))).containsExactly("1-2 timeout", ".3 ok");
  }

  @Test
  void oneResultMayEndSeveralCalls() throws IOException {
    long first = ledger.call("a");
    long second = ledger.call("b");
    ledger.seal("tool_result", Status.UNKNOWN, first, second);

    assertThat(drawn(ledger.tree("3"))).containsExactly("1-3 unknown", "2-3 unknown");
    assertThat(ledger.tree("3").entries()).isEqualTo(3);
  }

  @Test
  void otherStartsAndEndsArePairsToo() throws IOException {
    long agent = ledger.seal("agent_start", Status.OK);
    long read = ledger.seal("resource_read", Status.PENDING, agent);
    ledger.seal("resource_read", Status.OK, read);
    long ssh = ledger.seal("ssh_open", Status.OK, agent);
    ledger.seal("ssh_close", Status.OK, ssh);
    ledger.seal("agent_crash", Status.CRASHED, agent);
    ledger.seal("agent_start", Status.OK);

    assertThat(drawn(ledger.tree("1"))).containsExactly("1-6 crashed", ".2-3 ok", ".4-5 ok");
    assertThat(drawn(ledger.tree("7"))).containsExactly("7 ok");
  }

  @Test
  void whatIsSealedBeforeItHappensAndWhenItDidIsAPairAndItsEndStandsBelow() throws IOException {
    long intent = ledger.seal("service_start", Status.PENDING);
    long start = ledger.seal("service_start", Status.OK, intent);
    long stop = ledger.seal("service_stop", Status.OK, start);
    ledger.seal("service_start", Status.PENDING);

    for (long of : List.of(intent, start, stop)) {
      assertThat(drawn(ledger.tree(Long.toString(of)))).containsExactly("1-2 ok", ".3 ok");
    }
    assertThat(drawn(ledger.tree("4"))).containsExactly("4 unfinished");
  }

  @Test
  void aCallKnownAfterTheFactEndsNothingAndIsEndedByNothing() throws IOException {
    long outer = ledger.call("outer");
    long inner = ledger.seal("tool_call", Status.OK, outer);
    ledger.seal("tool_result", Status.OK, inner);

    assertThat(drawn(ledger.tree("1"))).containsExactly("1 unfinished", ".2 ok", "..3 ok");
  }

  @Test
  void spansLinkEntriesInWhateverOrderTheyCame() throws IOException {
    ledger.span("tool_call", 3, 2);
    ledger.span("tool_call", 2, 1);
    ledger.span("model_call", 1, 0);
    ledger.span("tool_call", 4, 1);

    assertThat(drawn(ledger.tree("3"))).containsExactly("3 ok", ".2 ok", "..1 ok", ".4 ok");
    assertThat(drawn(ledger.tree("1"))).containsExactly("3 ok", ".2 ok", "..1 ok");
    assertThat(drawn(ledger.tree(RandomEntries.hex(32, 0)))).isEqualTo(drawn(ledger.tree("3")));
  }

  @Test
  void spansThatLieInEachOtherAreShownOnceAndMarked() throws IOException {
    ledger.span("tool_call", 1, 3);
    ledger.span("tool_call", 2, 1);
    ledger.span("tool_call", 3, 2);

    for (String of : List.of("1", "2", "3")) {
      assertThat(drawn(ledger.tree(of))).containsExactly("1 ok cycle#3", ".2 ok", "..3 ok");
    }
  }

  @Test
  void aSpanThatLiesInItselfIsMarked() throws IOException {
    ledger.span("tool_call", 1, 1);

    assertThat(drawn(ledger.tree("1"))).containsExactly("1 ok cycle#1");
  }

  @Test
  void aCircleOfCauseAndSpanIsBrokenAtTheSpan() throws IOException {
    long first = ledger.span("tool_call", 1, 2);
    ledger.seal(ledger.draft("tool_call", Status.OK, first).trace(TreeLedger.trace(2, 0)));

    assertThat(drawn(ledger.tree("2"))).containsExactly("1 ok cycle#2", ".2 ok");
  }

  @Test
  void aCauseInAnotherLedgerIsNamedAndNotFollowed() throws IOException {
    CauseReference other =
        new CauseReference("other.example/one", 1, Hash.fromHex("ab".repeat(32)));
    ledger.call("x");
    ledger.seal(ledger.draft("tool_call", Status.OK).causedBy(List.of(other)));

    assertThat(drawn(ledger.tree("2"))).containsExactly("2 ok other_ledger" + other);
    assertThat(ledger.tree("2").toDot()).contains("\"" + other + "\" -> 2 [style=dashed]");
  }

  @Test
  void anEntryOfSeveralCausesStandsUnderTheFirstAndNamesTheOthers() throws IOException {
    long first = ledger.seal("login", Status.OK);
    long second = ledger.seal("approval_grant", Status.OK);
    long third = ledger.seal("file_write", Status.OK, second, first);
    ledger.seal("file_delete", Status.OK, first, third);

    assertThat(drawn(ledger.tree("3")))
        .containsExactly("1 ok", ".4 ok also#3", "2 ok", ".3 ok also#1");
    assertThat(drawn(ledger.tree("2")))
        .containsExactly("2 ok", ".3 ok outside#1", "..4 ok outside#1");
  }

  @Test
  void aSessionShowsItsEntriesInOrderAndWhatTheyAreLinkedTo() throws IOException {
    long before = ledger.seal("agent_message", Status.OK);
    ledger.seal(ledger.draft("login", Status.OK).session("s 1"));
    long call = ledger.seal(ledger.draft("tool_call", Status.PENDING, before).session("s 1"));
    ledger.seal(ledger.draft("tool_call", Status.OK).session("other"));
    ledger.seal(ledger.draft("tool_result", Status.OK, call).session("s 1"));
    ledger.seal("file_write", Status.OK, call);
    ledger.seal(ledger.draft("logout", Status.OK).session("s 1"));

    CausalTree tree = ledger.tree("s 1");
    assertThat(drawn(tree)).containsExactly("1 ok", ".3-5 ok", "..6 ok", "2 ok", "7 ok");
    assertThat(tree.lines().stream().filter(CausalTree.Line::isAsked).map(l -> l.start().seq()))
        .containsExactly(3L, 2L, 7L);
  }

  @Test
  void aSessionNamedLikeANumberOrATraceIsReachedByItsPrefix() throws IOException {
    String hex = "ab".repeat(16);
    ledger.seal(ledger.draft("login", Status.OK).session("1"));
    ledger.seal(ledger.draft("login", Status.OK).session(hex));
    ledger.seal(ledger.draft("logout", Status.OK).session("1"));

    assertThat(drawn(ledger.tree("session:1"))).containsExactly("1 ok", "3 ok");
    assertThat(drawn(ledger.tree("session:" + hex))).containsExactly("2 ok");
    assertThatThrownBy(() -> ledger.tree(hex))
        .isInstanceOf(NoSuchEntryException.class)
        .hasMessageContaining("session:" + hex);
  }

  @Test
  void whatIsNotThereIsRefused() {
    assertThatThrownBy(() -> ledger.tree("1"))
        .isInstanceOf(NoSuchEntryException.class)
        .hasMessage("there is no entry 1: the ledger has 1, counted from 0");
    assertThatThrownBy(() -> ledger.tree("nobody's"))
        .isInstanceOf(NoSuchEntryException.class)
        .hasMessageContaining("no entry has the session \"nobody's\"");
    assertThatThrownBy(() -> ledger.tree("")).isInstanceOf(RequestRefusedException.class);
    assertThatThrownBy(() -> ledger.tree("9999999999999999"))
        .isInstanceOf(RequestRefusedException.class);
  }

  @Test
  void aTreeOfTooManyEntriesIsCutAndSaysSoAndItsCallsStillHaveTheirResults() throws IOException {
    long root = ledger.seal("agent_message", Status.OK);
    List<Long> calls = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      calls.add(ledger.seal("tool_call", Status.PENDING, root));
    }
    for (long call : calls) {
      ledger.seal("tool_result", Status.OK, call);
    }

    CausalTree tree =
        new Causality(ledger.search, 4, 10)
            .of(CausalStart.parse("1"), ledger.size(), ledger.now(), Deadline.none());
    assertThat(drawn(tree)).containsExactly("1 ok", ".2-8 ok", ".3-9 ok", ".4-10 ok");
    assertThat(tree.isCutByEntries()).isTrue();
    assertThat(tree.isCutByLevels()).isFalse();
    assertThat(ledger.tree("1").isCutByEntries()).isFalse();
  }

  @Test
  void aTreeThatReachesTooFarIsCutAndSaysSo() throws IOException {
    long last = ledger.seal("agent_message", Status.OK);
    for (int i = 0; i < 6; i++) {
      last = ledger.seal("agent_message", Status.OK, last);
    }

    CausalTree tree =
        new Causality(ledger.search, 100, 2)
            .of(CausalStart.parse("4"), ledger.size(), ledger.now(), Deadline.none());
    assertThat(drawn(tree))
        .containsExactly("2 ok outside#1", ".3 ok", "..4 ok", "...5 ok", "....6 ok");
    assertThat(tree.isCutByLevels()).isTrue();
    CausalTree whole =
        new Causality(ledger.search, 100, 3)
            .of(CausalStart.parse("4"), ledger.size(), ledger.now(), Deadline.none());
    assertThat(whole.lines()).hasSize(7);
    assertThat(whole.isCutByLevels()).isFalse();
  }

  @Test
  void aLongChainIsLaidOutWithoutRecursion() throws IOException {
    long last = ledger.seal(ledger.draft("agent_message", Status.OK).session("long"));
    for (int i = 0; i < 1_500; i++) {
      last = ledger.seal(ledger.draft("agent_message", Status.OK, last).session("long"));
    }

    List<CausalTree.Line> lines = ledger.tree("long").lines();
    assertThat(lines.stream().map(CausalTree.Line::depth))
        .isEqualTo(IntStream.rangeClosed(0, 1_500).boxed().toList());
  }

  @Test
  void jsonIsReadBackAsItWas() throws Exception {
    long call = ledger.call("read_file");
    ledger.span("model_call", 1, 1);
    ledger.seal(
        ledger.draft("tool_result", Status.OK, call).payload(TreeLedger.took(7)).target("/a b"));
    ledger.seal("file_write", Status.PENDING, call, 2);

    for (String of : List.of("1", "4", RandomEntries.hex(32, 0))) {
      CausalTree tree = ledger.tree(of);
      byte[] json = CanonicalJson.write(tree.toJson());
      assertThat(CausalTree.fromJson((JsonObject) CanonicalJson.parse(json))).isEqualTo(tree);
    }
  }

  @Test
  void dotNamesEachLineAndEachLinkOnce() throws IOException {
    long call = ledger.seal(ledger.draft("tool_call", Status.PENDING).tool("say \"hi\" \\"));
    long result = ledger.seal("tool_result", Status.ERROR, call);
    long second = ledger.seal("file_write", Status.OK, call);
    ledger.seal("file_write", Status.PENDING, second, result);

    assertThat(ledger.tree("1").toDot())
        .contains("  1 [label=\"#1 … #2 tool_call\nsay \\\"hi\\\" \\\\\n")
        .contains("color=red, penwidth=2")
        .contains("  4 [label=", "unfinished\", color=orange, style=dashed];")
        .contains("  1 -> 3;\n", "  3 -> 4;\n", "  1 -> 4 [style=solid];\n")
        .doesNotContain("2 ->")
        .startsWith("digraph trace {\n")
        .endsWith("}\n");
  }
}
