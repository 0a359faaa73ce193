package io.osmoda.evidence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Frameworks that come along are whole; a user's own are read strictly. */
class FrameworksTest {
  private static final String OWN =
      """
      id: own
      name: Our rules
      version: "1"
      source: the board
      applicability: us
      dates:
        - {date: 2027-01-01, what: all of it}
      controls:
        - id: R1
          title: Calls are recorded
          asks: the calls
          requirements: [audit_trail]
          supports:
            - actions: [tool_call]
              where: status:ok AND NOT tool:read*
          cannot_show: intent
          human_evidence: a talk
      """;

  @Test
  void theControlsThatPeopleAskForAreThere() throws IOException {
    Frameworks frameworks = Frameworks.builtIn();
    assertThat(frameworks.get("soc2").controls())
        .extracting(Control::id)
        .containsExactly(
            "CC6.1", "CC6.2", "CC6.3", "CC6.6", "CC6.8", "CC7.1", "CC7.2", "CC7.3", "CC7.4",
            "CC7.5", "CC8.1");
    assertThat(frameworks.get("hipaa").controls())
        .extracting(Control::id)
        .contains("164.308(a)(1)(ii)(D)", "164.312(b)", "164.316(b)");
    assertThat(frameworks.get("part11").controls())
        .extracting(Control::id)
        .startsWith("11.10(a)", "11.10(b)", "11.10(c)")
        .contains("11.10(k)", "11.50", "11.70");
    assertThat(frameworks.all()).hasSize(7);
  }

  @Test
  void noFrameworkClaimsMoreThanSupport() throws IOException {
    for (Framework framework : Frameworks.builtIn().all()) {
      assertThat(framework.yaml().toLowerCase(java.util.Locale.ROOT))
          .as(framework.id())
          .doesNotContain("compliant", "certified", "tamper-proof", "immutable");
    }
  }

  @Test
  void aUsersOwnFrameworkStandsBesideTheOthers() throws Exception {
    Frameworks frameworks = Frameworks.builtIn().with(Map.of("own.yaml", OWN));
    assertThat(frameworks.get("own").control("R1"))
        .isNotNull()
        .satisfies(control -> assertThat(control.actions()).containsExactly("tool_call"));
    assertThatThrownBy(() -> Frameworks.builtIn().with(Map.of("a", OWN, "b", OWN)))
        .isInstanceOf(BadFrameworkException.class)
        .hasMessageContaining("both describe own");
  }

  @Test
  void aMistakeIsNamedWithItsPlace() {
    Map<String, String> mistakes =
        Map.of(
            OWN.replace("title:", "titel:"),
            "controls[0]: unknown member titel",
            OWN.replace("[audit_trail]", "[audit]"),
            "controls[0].requirements: unknown",
            OWN.replace("status:ok", "state:ok"),
            "controls[0].supports[0].where, column 1",
            OWN.replace("status:ok", "payload.a:ok"),
            "members that remain when a payload is removed",
            OWN.replace("status:ok", "timestamp>2026-01-01"),
            "no points in time",
            OWN.replace("2027-01-01", "soon"),
            "dates[0].date: not a date",
            OWN.replace("\"1\"", "1"),
            "version: must be a string (quote it",
            OWN.replace("[tool_call]", "[]"),
            "at least one action",
            OWN.replace("[tool_call]", "[Tool]"),
            "not an action name: Tool",
            OWN + "  - id: [",
            "is not valid YAML");
    mistakes.forEach(
        (text, message) ->
            assertThatThrownBy(() -> Frameworks.builtIn().with(Map.of("own.yaml", text)))
                .as(message)
                .isInstanceOf(BadFrameworkException.class)
                .hasMessageStartingWith("own.yaml")
                .hasMessageContaining(message));
  }

  @Test
  void theDocsShowTheTableThatTheDataGive() throws IOException {
    String table = RequirementTable.markdown(Frameworks.builtIn());
    assertThat(Files.readString(Path.of("../docs/evidence.md"))).contains(table);
    assertThat(RequirementTable.rows(Frameworks.builtIn()))
        .extracting(List::getFirst)
        .contains("Tamper-evident audit trail", "Data integrity verification");
  }
}
