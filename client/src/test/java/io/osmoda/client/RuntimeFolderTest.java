package io.osmoda.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimeFolderTest {
  @TempDir Path folder;
  Path ledger = Path.of("");
  Path runtime = Path.of("");
  Map<String, String> environment = Map.of();

  @BeforeEach
  void create() throws IOException {
    ledger = Files.createDirectory(folder.resolve("Hauptbuch für alle"));
    runtime = Files.createDirectory(folder.resolve("run"));
    environment = Map.of("XDG_RUNTIME_DIR", runtime.toString());
  }

  @Test
  void allWaysToTheSameLedgerLeadToTheSameSocket() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("link"), ledger);
    Path dotted = folder.resolve("run/../Hauptbuch für alle/.");

    Path socket = RuntimeFolder.of(ledger, environment).socket();

    assertThat(socket.getParent()).isEqualTo(runtime.resolve("osmoda"));
    assertThat(socket.getFileName().toString()).matches("[0-9a-f]{16}\\.sock");
    assertThat(RuntimeFolder.of(link, environment).socket()).isEqualTo(socket);
    assertThat(RuntimeFolder.of(dotted, environment).socket()).isEqualTo(socket);
    assertThat(RuntimeFolder.of(runtime, environment).socket()).isNotEqualTo(socket);
  }

  @Test
  void theFolderIsMadeForItsOwnerAlone() throws IOException {
    RuntimeFolder.of(ledger, environment).prepare();
    RuntimeFolder.of(ledger, environment).prepare();

    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(runtime.resolve("osmoda"))))
        .isEqualTo("rwx------");
  }

  @Test
  void aFolderThatIsOpenToOthersIsRefused() throws IOException {
    Path open = Files.createDirectory(runtime.resolve("osmoda"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThatThrownBy(() -> RuntimeFolder.of(ledger, environment).prepare())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("chmod 700");
  }

  @Test
  void aLinkInThePlaceOfTheFolderIsRefused() throws IOException {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Files.createSymbolicLink(runtime.resolve("osmoda"), elsewhere);

    assertThatThrownBy(() -> RuntimeFolder.of(ledger, environment).prepare())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not a folder");
  }

  @Test
  void aRuntimeFolderWhoseSocketsWouldHaveTooLongNamesIsPassedBy() throws IOException {
    Path deep = folder.resolve("d".repeat(60)).resolve("e".repeat(60));
    Files.createDirectories(deep);

    Path socket = RuntimeFolder.of(ledger, Map.of("XDG_RUNTIME_DIR", deep.toString())).socket();

    assertThat(socket.startsWith(deep)).isFalse();
    assertThat(RuntimeFolder.isShortEnough(socket)).isTrue();
  }

  @Test
  void aRuntimeVariableThatNamesNoFolderIsPassedBy() throws IOException {
    for (String value : new String[] {"", "relative", folder.resolve("missing").toString()}) {
      Path socket = RuntimeFolder.of(ledger, Map.of("XDG_RUNTIME_DIR", value)).socket();
      assertThat(socket.toString()).as(value).contains("/osmoda-");
    }
  }
}
