package io.osmoda.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.entry.Status;
import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.Hash;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

final class AgentFleetTest {
  private static final int ENTRIES = 20_000;
  private static final int SESSIONS = 50;

  @Test
  void aResultNamesTheCallOfItsSessionAndToolAndHowLongItTook() throws Exception {
    List<EntryDraft> drafts = drafts(1);
    Set<Long> answered = new HashSet<>();
    for (EntryDraft result : drafts) {
      if (!result.action().equals("tool_result")) {
        continue;
      }
      CauseReference cause = result.causedBy().getFirst();
      EntryDraft call = drafts.get((int) cause.seq());
      assertThat(answered.add(cause.seq())).as("answered twice: %s", cause).isTrue();
      assertThat(call.action()).isEqualTo("tool_call");
      assertThat(call.status()).isEqualTo(Status.PENDING);
      assertThat(call.session()).isEqualTo(result.session());
      assertThat(call.tool()).isEqualTo(result.tool());
      assertThat(call.trace()).isEqualTo(result.trace());
      assertThat(payload(result).get("duration_ns"))
          .isInstanceOfSatisfying(JsonNumber.class, n -> assertThat(n.value()).isPositive());
      assertThat(payload(result).get("id")).isEqualTo(payload(call).get("id"));
    }
    assertThat(answered).hasSizeGreaterThan(ENTRIES / 3);
  }

  @Test
  void noEntryComesTwiceAndPayloadsHaveAboutThreeHundredBytes() throws Exception {
    Set<String> payloads = new HashSet<>();
    for (EntryDraft draft : drafts(2)) {
      String payload = new String(draft.payload(), UTF_8);
      assertThat(payload.getBytes(UTF_8).length).as(payload).isBetween(290, 420);
      assertThat(payloads.add(draft.session() + draft.target() + payload)).as(payload).isTrue();
    }
  }

  @Test
  void frequentAndRareThingsAreSpreadAsInALedgerOfAgents() throws Exception {
    List<EntryDraft> drafts = drafts(3);

    assertThat(share(drafts, draft -> draft.status() == Status.ERROR)).isBetween(0.01, 0.06);
    assertThat(share(drafts, draft -> draft.trace() != null)).isBetween(0.3, 0.7);
    assertThat(share(drafts, draft -> AgentFleet.TOOLS[0].equals(draft.tool())))
        .isBetween(0.1, 0.3);
    assertThat(drafts.stream().map(EntryDraft::tool).distinct().count())
        .isEqualTo(AgentFleet.TOOLS.length + 1L);
    assertThat(drafts.stream().map(EntryDraft::action).distinct())
        .containsExactlyInAnyOrder(
            "tool_call",
            "tool_result",
            "file_write",
            "network_connect",
            "secret_access",
            "login",
            "config_change");
    assertThat(drafts.stream().map(EntryDraft::target).distinct().count()).isGreaterThan(2_000L);
  }

  @Test
  void theSameSeedGivesTheSameEntries() throws Exception {
    List<EntryDraft> one = drafts(4);
    List<EntryDraft> other = drafts(4);
    for (int i = 0; i < ENTRIES; i++) {
      assertThat(one.get(i).payload()).isEqualTo(other.get(i).payload());
      assertThat(one.get(i).session()).isEqualTo(other.get(i).session());
    }
    assertThat(drafts(5).getFirst().session()).isNotEqualTo(one.getFirst().session());
  }

  private static double share(List<EntryDraft> drafts, Predicate<EntryDraft> test) {
    return (double) drafts.stream().filter(test).count() / drafts.size();
  }

  /** Drafts with receipts that state their places. */
  private static List<EntryDraft> drafts(long seed) throws Exception {
    AgentFleet fleet = new AgentFleet(seed, SESSIONS);
    List<EntryDraft> drafts = new ArrayList<>();
    for (int i = 0; i < ENTRIES; i++) {
      drafts.add(fleet.next());
      byte[] hash = ByteBuffer.allocate(32).putInt(i).array();
      fleet.appended(CompletableFuture.completedFuture(new Receipt(i, Hash.of(hash))));
    }
    return drafts;
  }

  private static JsonObject payload(EntryDraft draft) throws Exception {
    return (JsonObject) CanonicalJson.parse(draft.payload());
  }
}
