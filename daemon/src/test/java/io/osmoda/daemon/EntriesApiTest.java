package io.osmoda.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.client.Json;
import io.osmoda.client.Wire;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EntriesApiTest {
  @TempDir Path folder;
  DaemonFixture fixture;

  @BeforeEach
  void start() throws IOException {
    fixture = DaemonFixture.start(folder);
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  /** An object of that many levels, itself the first. */
  private static String nested(int levels) {
    return "{\"a\":".repeat(levels - 1) + "{}" + "}".repeat(levels - 1);
  }

  @Test
  void aPayloadNestsAsDeepAsTheFormatLetsIt() throws IOException {
    String draft = "{\"actor\":\"agent:x\",\"action\":\"tool_call\",\"payload\":%s}";

    assertThat(fixture.append(draft.formatted(nested(64))).status()).isEqualTo(201);
    DaemonFixture.Reply tooDeep = fixture.append(draft.formatted(nested(65)));

    assertThat(tooDeep.status()).isEqualTo(400);
    assertThat(tooDeep.json().string("detail")).contains("nested deeper");
    assertThat(fixture.get("/api/v1/entries/1").body()).contains(nested(64));
    assertThat(fixture.get("/api/v1/entries?actor=agent:x").body()).contains(nested(64));
    assertThat(fixture.sealed().get(1).payloadText()).isEqualTo(nested(64));
    DaemonFixture.Reply redaction =
        fixture.post(
            "/api/v1/redactions",
            Wire.JSON,
            "{\"first\":1,\"reason\":\"r\",\"payload\":" + nested(64) + "}");
    assertThat(redaction.status()).as(redaction.body()).isEqualTo(200);
  }

  @Test
  void oneDraftIsAnsweredWithTheReceiptOfItsDurableEntry() throws IOException {
    DaemonFixture.Reply reply =
        fixture.append(
            """
            {"actor":"agent:x","action":"tool_call","tool":"http_request","status":"pending",
             "session":"s1","target":"https://api.example.com/data","reason":"ticket 7",
             "occurred_at":"2026-03-01T14:23:07.5Z",
             "trace":{"trace_id":"0af7651916cd43dd8448eb211c80319c","span_id":"b7ad6b7169203331"},
             "payload":{"method":"GET"}}
            """);

    assertThat(reply.status()).as(reply.body()).isEqualTo(201);
    Entry entry = fixture.sealed().get(1);
    assertThat(Json.integer(reply.json(), "seq")).isEqualTo(1);
    assertThat(reply.json().string("entry_hash")).isEqualTo(entry.entryHash().hex());
    assertThat(entry.source()).isEqualTo("api");
    assertThat(entry.tool()).isEqualTo("http_request");
    assertThat(entry.occurredAt()).isEqualTo("2026-03-01T14:23:07.500000000Z");
    assertThat(entry.payloadText()).isEqualTo("{\"method\":\"GET\"}");
  }

  @Test
  void aLaterDraftMayNameAnEarlierEntryAsItsCause() throws IOException {
    JsonObject first = fixture.append("{\"actor\":\"agent:x\",\"action\":\"tool_call\"}").json();
    String cause = "#1@" + first.string("entry_hash");

    DaemonFixture.Reply reply =
        fixture.append(
            "{\"actor\":\"agent:x\",\"action\":\"tool_result\",\"caused_by\":[\"" + cause + "\"]}");

    assertThat(reply.status()).as(reply.body()).isEqualTo(201);
    assertThat(fixture.sealed().get(2).causedBy()).singleElement().hasToString(cause);
  }

  @Test
  void aBatchIsAnsweredLineByLineAndOneBadDraftHoldsUpNoOther() throws IOException {
    DaemonFixture.Reply reply =
        fixture.post(
            "/api/v1/entries",
            Wire.NDJSON,
            """
            {"actor":"agent:x","action":"tool_call","payload":{"n":1}}
            {"actor":"agent:x","action":"ledger_query"}

            not json
            {"actor":"agent:x","action":"tool_call","payload":{"n":2}}
            """);

    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    List<JsonObject> lines = reply.lines().stream().map(DaemonFixture::json).toList();
    assertThat(lines).hasSize(4);
    assertThat(Json.integer(lines.get(0), "seq")).isEqualTo(1);
    assertThat(Json.integer(lines.get(1), "line")).isEqualTo(2);
    assertThat(DaemonFixture.object(lines.get(1).get("error")).string("member"))
        .isEqualTo("action");
    assertThat(Json.integer(DaemonFixture.object(lines.get(2).get("error")), "status"))
        .isEqualTo(400);
    assertThat(Json.integer(lines.get(3), "seq")).isEqualTo(2);
    assertThat(fixture.sealed().get(2).payloadText()).isEqualTo("{\"n\":2}");
  }

  @Test
  void anEmptyBatchIsAnsweredWithNothing() throws IOException {
    DaemonFixture.Reply reply = fixture.post("/api/v1/entries", Wire.NDJSON, "\n");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body()).isEmpty();
  }

  private void appendSome() throws IOException {
    fixture.post(
        "/api/v1/entries",
        Wire.NDJSON,
        """
        {"actor":"agent:a","action":"tool_call","tool":"read","session":"s1"}
        {"actor":"agent:b","action":"tool_call","tool":"write","status":"error"}
        {"actor":"user:c","action":"approval_grant","target":"/srv/Daten","reason":"Nötig"}
        {"actor":"agent:ab","action":"tool_result","payload":{"text":"Grüße aus Köln"}}
        """);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          actor=agent:a                         | 1
          actor=agent:a*                        | 1,4
          actor=agent:a&actor=user:c            | 1,3
          action=tool_call                      | 1,2
          action=tool_call&status=error         | 2
          tool=*                                | 1,2
          session=s1                            | 1
          target=/srv/*                         | 3
          source=ledger                         | 0
          text=gr%C3%BC%C3%9Fe                  | 4
          text=N%C3%96TIG                       | 3
          text=daten                            | 3
          actor=agent:zz                        | ''
          actor=agent:*&order=desc              | 4,2,1
          actor=agent:*&order=desc&limit=2      | 4,2
          from=2020-01-01T00:00:00Z&source=api  | 1,2,3,4
          to=2020-01-01T00:00:00Z               | ''
          from=2100-01-01T00:00:00Z             | ''
          """)
  void aFilterGivesExactlyWhatItDescribes(String query, String expected) throws IOException {
    appendSome();

    DaemonFixture.Reply reply = fixture.get("/api/v1/entries?" + query);

    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    List<String> found = new ArrayList<>();
    for (JsonObject entry : DaemonFixture.entries(reply.json())) {
      found.add(String.valueOf(Json.integer(entry, "seq")));
    }
    assertThat(String.join(",", found)).isEqualTo(expected);
  }

  @Test
  void timeBoundsAreHalfOpenOverTheTimestamp() throws IOException {
    appendSome();
    List<Entry> entries = fixture.sealed();

    DaemonFixture.Reply reply =
        fixture.get(
            "/api/v1/entries?from="
                + entries.get(2).timestamp()
                + "&to="
                + entries.get(4).timestamp());

    assertThat(DaemonFixture.entries(reply.json()))
        .extracting(entry -> entry.string("timestamp"))
        .contains(entries.get(2).timestamp(), entries.get(3).timestamp())
        .doesNotContain(entries.get(1).timestamp())
        .allMatch(timestamp -> timestamp.compareTo(entries.get(4).timestamp()) < 0);
  }

  @ParameterizedTest
  @CsvSource({"asc", "desc"})
  void followingCursorsGivesEveryEntryOnceAndEndsAlthoughEachPageAddsOne(String order)
      throws IOException {
    appendSome();
    List<Long> found = new ArrayList<>();
    String cursor = "";
    do {
      DaemonFixture.Reply reply = fixture.get("/api/v1/entries?limit=2&order=" + order + cursor);
      for (JsonObject entry : DaemonFixture.entries(reply.json())) {
        found.add(Json.integer(entry, "seq"));
      }
      String next = reply.json().string("next_cursor");
      cursor = next == null ? "" : "&cursor=" + next;
    } while (!cursor.isEmpty());

    assertThat(found).hasSize(5);
    assertThat(found).containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L);
    assertThat(fixture.count("ledger_query")).isEqualTo(3);
  }

  @Test
  void linesAreTheSealedBytes() throws IOException {
    appendSome();

    DaemonFixture.Reply reply =
        fixture.socket("GET", "/api/v1/entries", Map.of("Accept", Wire.NDJSON), null);

    List<String> expected = fixture.sealed().stream().limit(5).map(Entry::toJson).toList();
    assertThat(reply.lines()).isEqualTo(expected);
  }

  @Test
  void linesThatStopAtTheLimitEndInACursor() throws IOException {
    appendSome();

    List<String> lines =
        fixture
            .socket("GET", "/api/v1/entries?limit=2", Map.of("Accept", Wire.NDJSON), null)
            .lines();

    assertThat(lines).hasSize(3);
    assertThat(lines.getLast()).isEqualTo("{\"next_cursor\":\"2-5\"}");
  }

  @Test
  void aReadIsSealedBeforeItIsAnsweredWithWhoAndWhat() throws IOException {
    appendSome();

    fixture.get("/api/v1/entries?actor=agent:a*&text=x");

    Entry query = fixture.sealed().get(5);
    assertThat(query.action()).isEqualTo("ledger_query");
    assertThat(query.source()).isEqualTo("ledger");
    assertThat(query.actor()).isEqualTo("system:ledger");
    assertThat(query.payloadText())
        .isEqualTo(
            "{\"by\":\"uid:"
                + System.getProperty("user.name")
                + "\",\"filter\":{\"actor\":[\"agent:a*\"],\"text\":\"x\"},\"via\":\"socket\"}");
  }

  @Test
  void oneEntryIsGivenAsSealedAndTheReadIsOnRecord() throws IOException {
    appendSome();

    DaemonFixture.Reply reply = fixture.get("/api/v1/entries/3");

    assertThat(reply.body()).isEqualTo(fixture.sealed().get(3).toJson() + "\n");
    assertThat(fixture.sealed().get(5).payloadText()).contains("\"filter\":{\"seq\":3}");
  }
}
