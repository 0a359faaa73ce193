package io.osmoda.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.osmoda.client.EntrySink;
import io.osmoda.client.Json;
import io.osmoda.client.RuntimeFolder;
import io.osmoda.client.UnixHttp;
import io.osmoda.evidence.Frameworks;
import io.osmoda.evidence.RedactionRequest;
import io.osmoda.fixtures.OtherUser;
import io.osmoda.format.entry.DraftRefusedException;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.NoSuchEntryException;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.InclusionProof;
import io.osmoda.format.log.SignedCheckpoint;
import io.osmoda.ledger.Ledger;
import io.osmoda.ledger.LedgerOptions;
import io.osmoda.query.EntryFilter;
import io.osmoda.verify.BundleFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same commands with and without a daemon. */
class LedgerAccessTest {
  @TempDir Path folder;
  Path ledger = Path.of("");
  Map<String, String> environment = Map.of();

  @BeforeEach
  void create() throws IOException {
    ledger = DaemonFixture.createLedger(folder);
    environment = DaemonFixture.environment(folder);
  }

  private LedgerSession access() throws IOException {
    return LedgerAccess.open(ledger, LedgerOptions.defaults(), environment);
  }

  /** A daemon for the ledger, or nothing. */
  private AutoCloseable daemon(boolean wanted) throws IOException {
    return wanted ? Daemon.start(DaemonOptions.of(ledger).withEnvironment(environment)) : () -> {};
  }

  private static EntryDraft draft(String id) {
    return EntryDraft.builder("api", "agent:" + id, "tool_call")
        .payload(JsonObject.builder().put("id", id).build())
        .build();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatACommandDoesIsTheSameEitherWay(boolean throughDaemon) throws Exception {
    try (AutoCloseable daemon = daemon(throughDaemon)) {
      assertThat(daemon).isNotNull();
      try (LedgerSession access = access()) {
        Receipt first = access.append(draft("a"));
        access.append(draft("b"));
        assertThat(first.seq()).isEqualTo(1);
        assertThat(access.isThroughDaemon()).isEqualTo(throughDaemon);

        List<Entry> found = new ArrayList<>();
        EntryFilter filter =
            new EntryFilter(null, null, Map.of("actor", List.of("agent:*")), null, null);
        access.query(filter, true, 10, found::add);
        assertThat(found).extracting(Entry::actor).containsExactly("agent:b", "agent:a");
        found.clear();
        access.query(filter, false, 1, found::add);
        assertThat(found).extracting(Entry::actor).containsExactly("agent:a");

        assertThat(access.entry(1).entryHash()).isEqualTo(first.entryHash());
        assertThatThrownBy(() -> access.entry(99))
            .isInstanceOf(NoSuchEntryException.class)
            .hasMessageContaining("99");

        InclusionProof proof = InclusionProof.parse(access.proof(1));
        assertThat(proof.leadsToRoot(first.entryHash())).isTrue();
        assertThatThrownBy(() -> access.proof(99)).isInstanceOf(NoSuchEntryException.class);

        JsonObject status = access.status();
        assertThat(status.string("origin")).isEqualTo(DaemonFixture.ORIGIN);
        assertThat(status.get("daemon") != null).isEqualTo(throughDaemon);

        access.redact(redaction(1, "art. 17"));
        assertThat(access.entry(1).isRedacted()).isTrue();
        assertThatThrownBy(() -> access.redact(redaction(0, "no")))
            .isInstanceOfAny(DraftRefusedException.class, IOException.class)
            .hasMessageContaining("ledger_create");

        access.rotateKeys("yearly");
        SignedCheckpoint checkpoint = SignedCheckpoint.parse(access.checkpoint());
        assertThat(checkpoint.checkpoint().size()).isEqualTo(Json.integer(access.status(), "size"));
        assertThat(access.notice()).isNull();
      }
    }
    assertThat(DaemonFixture.sealed(ledger))
        .filteredOn(entry -> entry.action().equals("ledger_query"))
        .extracting(entry -> String.valueOf(entry.payloadText()))
        .hasSize(4)
        .allMatch(text -> text.contains(throughDaemon ? "socket" : "embedded"));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aPayloadOfSixtyFourLevelsGoesThroughAndBackEitherWay(boolean throughDaemon)
      throws Exception {
    JsonObject payload = JsonObject.EMPTY;
    for (int level = 2; level <= 64; level++) {
      payload = JsonObject.builder().put("a", payload).build();
    }
    try (AutoCloseable daemon = daemon(throughDaemon);
        LedgerSession access = access()) {
      assertThat(daemon).isNotNull();
      Receipt receipt =
          access.append(EntryDraft.builder("api", "agent:x", "tool_call").payload(payload).build());
      assertThat(access.entry(receipt.seq()).payload()).isEqualTo(payload);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aControlActionIsRefusedEitherWay(boolean throughDaemon) throws Exception {
    try (AutoCloseable daemon = daemon(throughDaemon);
        LedgerSession access = access()) {
      assertThat(daemon).isNotNull();
      assertThatThrownBy(
              () -> access.append(EntryDraft.builder("api", "agent:x", "capture_gap").build()))
          .isInstanceOf(DraftRefusedException.class)
          .hasMessageStartingWith("action: ");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void followingHandsOutWhatComesAndSealsOneRead(boolean throughDaemon) throws Exception {
    try (AutoCloseable daemon = daemon(throughDaemon)) {
      assertThat(daemon).isNotNull();
      LinkedBlockingQueue<Entry> seen = new LinkedBlockingQueue<>();
      EntryFilter filter =
          new EntryFilter(null, null, Map.of("actor", List.of("agent:*")), null, null);
      CompletableFuture<Void> following =
          CompletableFuture.runAsync(
              () -> {
                try (LedgerSession access = access()) {
                  access.follow(
                      filter,
                      10,
                      false,
                      entry -> {
                        seen.add(entry);
                        return !entry.actor().equals("agent:last");
                      });
                } catch (IOException | InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
      try (LedgerSession writer = access()) {
        writer.append(draft("first"));
      }
      Entry first = seen.poll(20, TimeUnit.SECONDS);
      try (LedgerSession writer = access()) {
        writer.append(draft("last"));
      }
      following.get(20, TimeUnit.SECONDS);

      assertThat(first).isNotNull();
      assertThat(first.actor()).isEqualTo("agent:first");
      assertThat(seen).extracting(Entry::actor).containsExactly("agent:last");
    }
    assertThat(DaemonFixture.sealed(ledger))
        .filteredOn(entry -> entry.action().equals("ledger_query"))
        .hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void followingBeginsWithTheNewestAndReadsCountOnlyWhereTheyAreAskedFor(boolean throughDaemon)
      throws Exception {
    try (AutoCloseable daemon = daemon(throughDaemon)) {
      assertThat(daemon).isNotNull();
      try (LedgerSession access = access()) {
        access.append(draft("a"));
        access.append(draft("b"));
        access.entry(1);
        access.entry(1);
      }

      assertThat(newest(2, false)).containsExactly(1L, 2L, 3L, 4L);
      assertThat(newest(2, true)).containsExactly(4L, 5L);
      assertThat(newest(0, true)).isEmpty();
    }
    assertThat(DaemonFixture.sealed(ledger))
        .filteredOn(entry -> entry.action().equals("ledger_query"))
        .hasSize(5);
  }

  /** What following begins with; it seals one read. */
  private List<Long> newest(int count, boolean countReads) throws Exception {
    List<Long> seqs = new ArrayList<>();
    try (LedgerSession access = access()) {
      access.follow(
          EntryFilter.ALL,
          count,
          countReads,
          new EntrySink() {
            @Override
            public boolean accept(Entry entry) {
              return seqs.add(entry.seq());
            }

            @Override
            public boolean caughtUp() {
              return false;
            }
          });
    }
    return seqs;
  }

  private static RedactionRequest redaction(long seq, String reason) {
    return new RedactionRequest(seq, seq, reason, JsonObject.EMPTY, null);
  }

  @Test
  void aFolderThatCannotBeWrittenToIsReadAndTheReaderToldThatItIsNotOnRecord() throws Exception {
    try (LedgerSession access = access()) {
      access.append(draft("a"));
    }
    OtherUser.setModes(ledger, "r-xr-xr-x", "r--r--r--");
    try {
      String output =
          OtherUser.run(
              folder,
              ReadOnlyReader.class,
              List.of(
                  Entry.class,
                  Ledger.class,
                  UnixHttp.class,
                  EntryFilter.class,
                  BundleFiles.class,
                  Frameworks.class,
                  Class.forName("org.apache.lucene.search.IndexSearcher"),
                  LedgerAccess.class),
              ledger.toString());

      assertThat(output.lines().toList())
          .as(output)
          .hasSize(3)
          .satisfiesExactly(
              line -> assertThat(line).isEqualTo("read agent:a"),
              line -> assertThat(line).startsWith("notice ").contains("could not be recorded"),
              line -> assertThat(line).startsWith("refused ").contains(ledger.toString()));
    } finally {
      OtherUser.setModes(ledger, "rwx------", "rw-------"); // so that it can be removed
    }
    assertThat(DaemonFixture.sealed(ledger)).hasSize(2);
  }

  @Test
  void aLedgerWithoutItsKeysIsReadAndTheReaderTold() throws Exception {
    Path keys = DaemonFixture.keys(ledger);
    Files.move(keys, folder.resolve("elsewhere"));

    try (LedgerSession access = access()) {
      assertThat(access.entry(0).action()).isEqualTo("ledger_create");
      assertThat(access.notice()).contains("could not be recorded").contains(keys.toString());
    }
  }

  @Test
  void aSocketThatTheEnvironmentNamesForAnotherLedgerIsNotUsed() throws Exception {
    Path other = Files.createDirectory(folder.resolve("other"));
    try (DaemonFixture fixture = DaemonFixture.start(other)) {
      Map<String, String> named = new HashMap<>(environment);
      named.put(RuntimeFolder.SOCKET_VARIABLE, fixture.daemon.socket().toString());
      assertThatThrownBy(() -> LedgerAccess.open(ledger, LedgerOptions.defaults(), named))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("OSMODA_SOCKET")
          .hasMessageContaining(fixture.ledger.toString());
      try (LedgerSession access =
          LedgerAccess.open(fixture.ledger, LedgerOptions.defaults(), named)) {
        assertThat(access.append(draft("a")).seq()).isEqualTo(1);
        assertThat(access.isThroughDaemon()).isTrue();
      }
    }
  }

  @Test
  void aDaemonIsStoppedOnDemand() throws Exception {
    try (Daemon daemon = Daemon.start(DaemonOptions.of(ledger).withEnvironment(environment))) {
      assertThat(LedgerAccess.stopDaemon(ledger, environment)).isTrue();
      assertThat(daemon.awaitStop()).isNull();
      assertThat(LedgerAccess.stopDaemon(ledger, environment)).isFalse();
    }
  }
}
