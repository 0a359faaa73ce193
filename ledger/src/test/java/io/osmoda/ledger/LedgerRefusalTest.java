package io.osmoda.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.osmoda.fixtures.OtherUser;
import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.DraftRefusedException;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.folder.LedgerFolder;
import io.osmoda.format.folder.LedgerNotFoundException;
import io.osmoda.format.folder.UnknownFormatException;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.Hash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class LedgerRefusalTest {
  private static final String ORIGIN = "refuse.example/one";

  @TempDir private Path temp;

  private Path dir() {
    return temp.resolve("ledger");
  }

  private Ledger create() throws IOException {
    return Ledger.create(dir(), ORIGIN, LedgerOptions.defaults());
  }

  static Stream<EntryDraft> whatOnlyTheLedgerSays() {
    return Stream.of(
        EntryDraft.builder("api", "agent:a", "ledger_redact").target("#1").build(),
        EntryDraft.builder("api", "agent:a", "ledger_anything").build(),
        EntryDraft.builder("api", "agent:a", "key_rotate").build(),
        EntryDraft.builder("api", "agent:a", "clock_step").build(),
        EntryDraft.builder("api", "agent:a", "capture_gap").build(),
        EntryDraft.builder("api", "agent:a", "witness_cosign").build(),
        EntryDraft.builder("api", "user:a", "review").build(),
        EntryDraft.builder("mcp_proxy", "user:a", "sign_off").build(),
        EntryDraft.builder("api", "user:a", "hold_set").target("all").build(),
        EntryDraft.builder("api", "user:a", "hold_release").target("#1").build(),
        EntryDraft.builder("statement", "user:a", "tool_call").build(),
        EntryDraft.builder("configuration", "system:osmoda", "config_change").build(),
        EntryDraft.builder("ledger", "agent:a", "tool_call").build(),
        EntryDraft.builder("api", "system:ledger", "tool_call").build());
  }

  @ParameterizedTest
  @MethodSource("whatOnlyTheLedgerSays")
  void controlEntriesAreRefusedFromCallersAndNothingIsSealed(EntryDraft draft) throws IOException {
    try (Ledger ledger = create()) {
      assertThatThrownBy(() -> ledger.appendDurably(draft))
          .isInstanceOf(DraftRefusedException.class);
      assertThatThrownBy(() -> ledger.append(draft).join())
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(DraftRefusedException.class);
      assertThat(ledger.reader().size()).isEqualTo(1);
    }
  }

  @Test
  void causesThatAreNotThatEntryAreRefused() throws IOException {
    try (Ledger ledger = create()) {
      Receipt first =
          ledger.appendDurably(EntryDraft.builder("api", "agent:a", "tool_call").build());
      EntryDraft wrongHash =
          EntryDraft.builder("api", "agent:a", "tool_result")
              .causedBy(new CauseReference("", first.seq(), Hash.ZERO))
              .build();
      EntryDraft notYet =
          EntryDraft.builder("api", "agent:a", "tool_result")
              .causedBy(new CauseReference("", 99, first.entryHash()))
              .build();
      EntryDraft good =
          EntryDraft.builder("api", "agent:a", "tool_result")
              .causedBy(CauseReference.local(first))
              .build();
      EntryDraft elsewhere =
          EntryDraft.builder("api", "agent:a", "tool_result")
              .causedBy(new CauseReference("other.example", 99, Hash.ZERO))
              .build();
      assertThatThrownBy(() -> ledger.appendDurably(wrongHash))
          .isInstanceOf(DraftRefusedException.class)
          .hasMessageContaining("does not have the hash");
      assertThatThrownBy(() -> ledger.append(notYet).join())
          .hasCauseInstanceOf(DraftRefusedException.class);
      assertThat(ledger.appendDurably(good).seq()).isEqualTo(2);
      assertThat(ledger.appendDurably(elsewhere).seq()).isEqualTo(3);
    }
  }

  @Test
  void anEntryBeyondTheLongestLineIsRefused() throws IOException {
    EntryDraft huge =
        EntryDraft.builder("api", "agent:a", "tool_result")
            .payload(JsonObject.builder().put("text", "x".repeat(1_048_576)).build())
            .build();
    try (Ledger ledger = create()) {
      assertThatThrownBy(() -> ledger.appendDurably(huge))
          .isInstanceOf(DraftRefusedException.class)
          .hasMessageContaining("1048576");
    }
  }

  @Test
  void entriesThatExplainTheLedgerAreNotRedacted() throws IOException {
    try (Ledger ledger = create()) {
      ledger.appendDurably(EntryDraft.builder("api", "agent:a", "tool_call").build());
      assertThatThrownBy(() -> ledger.redact(0, 1, "why", JsonObject.EMPTY))
          .isInstanceOf(DraftRefusedException.class)
          .hasMessageContaining("ledger_create");
      assertThatThrownBy(() -> ledger.redact(1, 7, "why", JsonObject.EMPTY))
          .isInstanceOf(DraftRefusedException.class)
          .hasMessageContaining("no entry 7");
      assertThat(ledger.reader().size()).isEqualTo(2);
    }
  }

  @Test
  void whereThereIsNoLedgerNothingIsMade() {
    assertThatThrownBy(() -> Ledger.open(dir(), LedgerOptions.defaults()))
        .isInstanceOf(LedgerNotFoundException.class)
        .hasMessageContaining("there is no ledger in " + dir());
    assertThat(dir()).doesNotExist();
  }

  @Test
  void aLedgerIsNeverMadeOverAnother() throws IOException {
    create().close();
    assertThatThrownBy(this::create).isInstanceOf(LedgerExistsException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "UPPER", "-dash", "with space", "https://example.com/ü"})
  void anOriginIsASchemaLessName(String origin) {
    assertThatThrownBy(() -> Ledger.create(dir(), origin, LedgerOptions.defaults()))
        .isInstanceOf(DraftRefusedException.class);
    assertThat(dir()).doesNotExist();
  }

  @Test
  void anotherLedgersKeysSignNothing() throws IOException {
    create().close();
    Path other = temp.resolve("other");
    Ledger.create(other, ORIGIN, LedgerOptions.defaults()).close();
    LedgerOptions swapped =
        LedgerOptions.defaults().withKeys(new LedgerFolder(other).defaultKeys());
    assertThatThrownBy(() -> Ledger.open(dir(), swapped)).isInstanceOf(KeyFolderException.class);
  }

  @Test
  void aFormatOfTheFutureIsNotWrittenTo() throws IOException {
    create().close();
    Path manifest = dir().resolve("ledger.json");
    Files.writeString(manifest, Files.readString(manifest).replace("\"format\":1", "\"format\":2"));
    assertThatThrownBy(() -> Ledger.open(dir(), LedgerOptions.defaults()))
        .isInstanceOf(UnknownFormatException.class);
  }

  /** Run as a plain user by {@link #aReadOnlyFolderIsReadAndNotWritten}: opens it both ways. */
  static final class ReadOnlyVisitor {
    private ReadOnlyVisitor() {}

    public static void main(String[] arguments) throws IOException {
      Path folder = Path.of(arguments[0]);
      try {
        Ledger.open(folder, LedgerOptions.defaults()).close();
        System.out.println("opened");
      } catch (LedgerReadOnlyException e) {
        System.out.println("refused " + e.getMessage());
      }
      try (LedgerReader reader = LedgerReader.open(folder)) {
        System.out.println("read " + reader.entry(0).action());
      }
    }
  }

  @Test
  void aReadOnlyFolderIsReadAndNotWritten() throws Exception {
    create().close();
    OtherUser.setModes(dir(), "r-xr-xr-x", "r--r--r--");
    try {
      String output =
          OtherUser.run(
              temp, ReadOnlyVisitor.class, List.of(Ledger.class, Entry.class), dir().toString());
      assertThat(output.lines().toList())
          .as(output)
          .satisfiesExactly(
              line -> assertThat(line).startsWith("refused ").contains(dir().toString()),
              line -> assertThat(line).isEqualTo("read ledger_create"));
    } finally {
      OtherUser.setModes(dir(), "rwx------", "rw-------"); // so that it can be removed
    }
  }

  @Test
  void afterItsEndItTakesNothing() throws IOException {
    Ledger ledger = create();
    ledger.close();
    EntryDraft draft = EntryDraft.builder("api", "agent:a", "tool_call").build();
    assertThatThrownBy(() -> ledger.appendDurably(draft))
        .isInstanceOf(LedgerStoppedException.class);
    assertThatThrownBy(() -> ledger.append(draft).join())
        .hasCauseInstanceOf(LedgerStoppedException.class);
  }

  @Test
  void anInterruptedCallerDoesNotStopTheLedger() throws Exception {
    EntryDraft draft = EntryDraft.builder("api", "agent:a", "tool_call").build();
    try (Ledger ledger = create()) {
      for (int i = 0; i < 50; i++) {
        CountDownLatch some = new CountDownLatch(i % 20); // appends before it is interrupted
        Thread caller =
            Thread.ofPlatform()
                .start(
                    () -> {
                      for (int n = 0; n < 20; n++) {
                        try {
                          ledger.appendDurably(draft);
                          some.countDown();
                        } catch (IOException e) {
                          return; // interrupted while waiting for others
                        }
                      }
                    });
        some.await();
        caller.interrupt();
        caller.join();
      }
      assertThat(ledger.appendDurably(draft).seq()).isPositive();
      assertThat(ledger.status().stoppedBecause()).isNull();
    }
  }
}
