package io.osmoda.agents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CapturePolicyTest {
  @Test
  void theFirstRuleThatMatchesDecides() {
    CapturePolicy policy =
        CapturePolicy.parse(List.of("read_secret=none", "read_?*=digest", "a.b=none", "full"));
    assertThat(policy.modeOf("read_secret")).isEqualTo(CaptureMode.NONE);
    assertThat(policy.modeOf("read_file")).isEqualTo(CaptureMode.DIGEST);
    assertThat(policy.modeOf("read_")).isEqualTo(CaptureMode.FULL);
    assertThat(policy.modeOf("a.b")).isEqualTo(CaptureMode.NONE);
    assertThat(policy.modeOf("axb")).isEqualTo(CaptureMode.FULL);
    assertThat(CapturePolicy.parse(List.of(policy.toString().split(" ", -1))).toString())
        .isEqualTo(policy.toString());
  }

  @Test
  void wrongWordsAreToldWithWhatIsRight() {
    assertThatThrownBy(() -> CapturePolicy.parse(List.of("some")))
        .hasMessageContaining("full, digest or none");
    assertThatThrownBy(() -> CapturePolicy.parse(List.of("=none")))
        .hasMessageContaining("PATTERN=MODE");
    assertThatThrownBy(() -> CapturePolicy.FULL.maxPart(10)).hasMessageContaining("256 to");
    assertThatThrownBy(() -> FailureMode.parse("maybe")).hasMessageContaining("deny or allow");
  }

  @ParameterizedTest
  @CsvSource({
    "npx -y @modelcontextprotocol/server-filesystem /tmp, @modelcontextprotocol/server-filesystem",
    "/usr/bin/node dist/index.js stdio, index.js",
    "npx --prefix /opt/peers mcp-server-everything, mcp-server-everything",
    "npx -y -p @scope/tools my-server, my-server",
    "uv --directory /opt/weather run server.py, server.py",
    "uvx mcp-server-git, mcp-server-git",
    "uv tool run mcp-server-git, mcp-server-git",
    "/opt/my server/run, run",
    "python3 -m my_server, my_server",
  })
  void aServersNameIsMadeFromItsCommand(String command, String name) {
    List<String> words =
        command.startsWith("/opt") ? List.of(command) : List.of(command.split(" ", -1));
    assertThat(McpWrap.Builder.serverName(words)).isEqualTo(name);
  }
}
