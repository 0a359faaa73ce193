package io.osmoda.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the API refuses: nothing here seals an entry, so one daemon serves all. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EntriesApiRefusalTest {
  DaemonFixture fixture;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    fixture = DaemonFixture.start(folder);
  }

  @AfterAll
  void stop() throws IOException {
    fixture.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"actor":"agent:x","action":"tool_call","source":"mcp_proxy"}        | 422 | source
          {"actor":"agent:x","action":"ledger_redact"}                         | 422 | action
          {"actor":"agent:x","action":"capture_gap"}                           | 422 | action
          {"actor":"agent:x","action":"key_rotate"}                            | 422 | action
          {"actor":"agent:x","action":"clock_step"}                            | 422 | action
          {"actor":"agent:x","action":"witness_cosign"}                        | 422 | action
          {"actor":"system:ledger","action":"tool_call"}                       | 422 | actor
          {"actor":"nobody","action":"tool_call"}                              | 422 | actor
          {"action":"tool_call"}                                               | 422 | actor
          {"actor":"agent:x","action":"tool_call","colour":"red"}              | 422 | colour
          {"actor":"agent:x","action":"tool_call","seq":4}                     | 422 | seq
          {"actor":"agent:x","action":"tool_call","payload":[1]}               | 422 | payload
          {"actor":"agent:x","action":"tool_call","status":"fine"}             | 422 | status
          {"actor":"agent:x","action":"tool_call","caused_by":["#7@x"]}        | 422 | caused_by
          {"actor":"agent:x","action":"tool_call","trace":{"trace_id":"1"}}    | 422 | span_id
          {"actor":"agent:x","actor":"agent:y","action":"tool_call"}           | 400 | second time
          {"actor":"agent:x","action":"tool_call"                              | 400 | JSON
          """)
  void aDraftThatIsNotACallersToMakeIsRefusedWithTheMemberNamed(
      String draft, int status, String named) throws IOException {
    DaemonFixture.Reply reply = fixture.append(draft);

    assertThat(reply.status()).as(reply.body()).isEqualTo(status);
    assertThat(reply.json().string("detail")).contains(named);
    assertThat(fixture.sealed()).hasSize(1);
  }

  @Test
  void anotherMediaTypeIsRefusedAndToldWhatToSend() throws IOException {
    DaemonFixture.Reply reply =
        fixture.post("/api/v1/entries", "application/x-www-form-urlencoded", "actor=agent%3Ax");

    assertThat(reply.status()).isEqualTo(415);
    assertThat(reply.json().string("detail")).contains("application/x-ndjson");
  }

  @ParameterizedTest
  @CsvSource({
    "/api/v1/entries/99, 404",
    "/api/v1/entries/-1, 400",
    "/api/v1/entries/01, 400",
    "/api/v1/entries/9007199254740992, 400",
    "/api/v1/entries/x, 400",
    "/api/v1/entries?limit=0, 400",
    "/api/v1/entries?limit=1001, 400",
    "/api/v1/entries?limit=1&limit=2, 400",
    "/api/v1/entries?order=up, 400",
    "/api/v1/entries?cursor=4, 400",
    "/api/v1/entries?cursor=3-99, 400",
    "/api/v1/entries?cursor=2-1, 400",
    "/api/v1/entries?aktor=agent:a, 400",
    "/api/v1/entries?actor=, 400",
    "/api/v1/entries?status=eror, 400",
    "/api/v1/entries?from=soonish, 400",
    "/api/v1/entries?where=, 400",
    "/api/v1/entries?where=tool:, 400",
    "/api/v1/entries?where=tol:x, 400",
    "/api/v1/entries?where=status:eror, 400",
    "/api/v1/entries?sort=payload, 400",
    "/api/v1/entries?sort=asc&order=asc, 400",
    "/api/v1/entries?sort=actor&limit=1001, 400",
    "/api/v1/entries?sort=actor&cursor=0-1, 400",
    "/api/v1/entries?cursor=s1-1-~, 400",
    "/api/v1/entries?fields=colour, 400",
    "/api/v1/count?limit=1, 400",
    "/api/v1/facets, 400",
    "/api/v1/facets?by=colour, 400",
    "/api/v1/facets?by=tool&limit=10001, 400",
    "/api/v1/histogram, 400",
    "/api/v1/histogram?interval=fast, 400",
    "/api/v1/histogram?interval=PT0S, 400",
    "/api/v1/trace, 400",
    "/api/v1/trace?session=, 400",
    "/api/v1/trace?trace_id=1, 400",
    "/api/v1/trace/, 400",
    "/api/v1/trace/99, 404",
    "/api/v1/trace/1?session=x, 400",
    "/api/v1/summary?period=1h, 400",
    "/api/v1/summary?from=soonish, 400",
    "/api/v1/summary?from=1h&to=2h, 400",
    "/api/v1/summary?actor=, 400",
    "/api/v1/entries?text=%FF, 400",
    "/api/v1/nothing, 404",
    "/api/v1/entries/, 400",
  })
  void aReadThatCannotBeAnsweredIsAProblemAndNotOnRecord(String target, int status)
      throws IOException {
    DaemonFixture.Reply reply = fixture.get(target);

    assertThat(reply.status()).as(reply.body()).isEqualTo(status);
    assertThat(reply.json().string("detail")).isNotEmpty();
    assertThat(fixture.count("ledger_query")).isZero();
  }

  @Test
  void aWrongMethodIsToldWhichAreRight() throws IOException {
    DaemonFixture.Reply reply = fixture.socket("DELETE", "/api/v1/entries/0", Map.of(), null);

    assertThat(reply.status()).isEqualTo(405);
    assertThat(reply.json().string("detail")).contains("GET");
  }
}
