package io.osmoda.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.osmoda.client.Json;
import io.osmoda.format.json.JsonObject;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchApiTest {
  private static final int ENTRIES = 12;

  @TempDir private Path folder;
  private DaemonFixture fixture;

  @BeforeEach
  void seal() throws IOException {
    fixture = DaemonFixture.start(folder);
    for (int i = 0; i < ENTRIES; i++) {
      append(i);
    }
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  private void append(int i) throws IOException {
    fixture.append(
        """
        {"actor":"agent:%s","action":"tool_call","tool":"tool-%d","status":"%s",
         "payload":{"n":%d,"note":"number %d of many"}}
        """
            .formatted(i % 2 == 0 ? "even" : "odd", i % 3, i % 4 == 0 ? "error" : "ok", i, i));
  }

  private JsonObject get(String target) throws IOException {
    DaemonFixture.Reply reply = fixture.get(target);
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    return reply.json();
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private List<Long> numbers(String target) throws IOException {
    List<Long> numbers = new ArrayList<>();
    for (JsonObject entry : DaemonFixture.entries(get(target))) {
      numbers.add(Json.integer(DaemonFixture.object(entry.get("payload")), "n"));
    }
    return numbers;
  }

  @Test
  void aConditionSelectsWithAndWithoutTheIndex() throws IOException {
    String where = encode("payload.n>=3 AND NOT actor:agent:odd AND \"of many\"");

    assertThat(numbers("/api/v1/entries?where=" + where)).containsExactly(4L, 6L, 8L, 10L);
    awaitIndex();
    assertThat(numbers("/api/v1/entries?where=" + where)).containsExactly(4L, 6L, 8L, 10L);
    assertThat(numbers("/api/v1/entries?order=desc&where=" + where))
        .containsExactly(10L, 8L, 6L, 4L);
  }

  private void awaitIndex() {
    await().atMost(Duration.ofMinutes(1)).until(() -> Long.valueOf(0).equals(missing()));
  }

  private @Nullable Long missing() throws IOException {
    return Json.integer(DaemonFixture.object(get("/api/v1/status").get("index")), "missing");
  }

  @Test
  void aMistakeInAConditionNamesItsColumn() throws IOException {
    DaemonFixture.Reply reply = fixture.get("/api/v1/entries?where=" + encode("tool:x OR tol:y"));

    assertThat(reply.status()).isEqualTo(400);
    assertThat(Json.integer(reply.json(), "column")).isEqualTo(11);
    assertThat(reply.json().string("detail")).contains("there is no field 'tol'", "tool?");
  }

  @Test
  void whatIsCountedIsTheLedgerBeforeTheQuestion() throws IOException {
    assertThat(get("/api/v1/count").get("count")).hasToString("JsonNumber[value=13.0]");
    assertThat(get("/api/v1/count?action=ledger_query").get("count"))
        .hasToString("JsonNumber[value=1.0]");
    assertThat(fixture.count("ledger_query")).isEqualTo(2);
  }

  @Test
  void valuesAreCountedMostFirst() throws IOException {
    JsonObject facets = get("/api/v1/facets?action=tool_call&by=actor,status&limit=2");

    assertThat(Json.integer(facets, "total")).isEqualTo(ENTRIES);
    assertThat(Json.integer(facets, "distinct")).isEqualTo(3);
    assertThat(Json.text(facets))
        .contains("{\"count\":6,\"values\":[\"agent:odd\",\"ok\"]}")
        .doesNotContain("denied");
  }

  @Test
  void timeIsCountedInBucketsWithTheFailedOnes() throws IOException {
    JsonObject histogram = get("/api/v1/histogram?action=tool_call&interval=P1D");

    assertThat(Json.integer(histogram, "total")).isEqualTo(ENTRIES);
    assertThat(Json.text(histogram)).contains("\"count\":", "\"failed\":");
  }

  @Test
  void anIntervalThatCannotBeCountedByIsRefused() throws IOException {
    DaemonFixture.Reply reply = fixture.get("/api/v1/histogram?interval=PT36500000H");

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.json().string("detail")).contains("interval");
  }

  @Test
  void pagesInAnotherOrderStayWhereTheyWereWhileEntriesArrive() throws IOException {
    String first = "/api/v1/entries?action=tool_call&sort=tool:desc&limit=5";
    JsonObject page = get(first);
    List<Long> found = new ArrayList<>(numbersOf(page));
    for (int i = ENTRIES; page.string("next_cursor") != null; i++) {
      append(i);
      page = get(first + "&cursor=" + page.string("next_cursor"));
      found.addAll(numbersOf(page));
    }

    assertThat(found).containsExactly(2L, 5L, 8L, 11L, 1L, 4L, 7L, 10L, 0L, 3L, 6L, 9L);
  }

  private static List<Long> numbersOf(JsonObject page) {
    return DaemonFixture.entries(page).stream()
        .map(entry -> Json.integer(DaemonFixture.object(entry.get("payload")), "n"))
        .toList();
  }

  @Test
  void fieldsAreGivenAloneAndWholeEntriesAsSealed() throws IOException {
    JsonObject page =
        get("/api/v1/entries?action=tool_call&limit=1&fields=seq,payload.n,payload.none");

    assertThat(DaemonFixture.entries(page))
        .singleElement()
        .satisfies(entry -> assertThat(entry.members()).containsOnlyKeys("seq", "payload.n"));
    assertThat(fixture.get("/api/v1/entries?action=tool_call&limit=1").body())
        .contains(fixture.sealed().get(1).toJson());
  }

  @Test
  void eachQuestionIsOnRecordOnceWithItsCondition() throws IOException {
    get("/api/v1/facets?by=tool&where=" + encode("payload.n>3"));

    assertThat(fixture.sealed())
        .filteredOn(entry -> entry.action().equals("ledger_query"))
        .singleElement()
        .satisfies(entry -> assertThat(entry.payloadText()).contains("\"where\":\"payload.n>3\""));
  }

  @Test
  void anAnswerWithoutEntriesSaysWhy() throws IOException {
    for (String target : List.of("entries", "count", "facets?by=tool", "histogram?interval=1d")) {
      String mark = target.indexOf('?') < 0 ? "?" : "&";
      JsonObject answer = get("/api/v1/" + target + mark + "tool=tool-x");
      assertThat(String.valueOf(answer.get("near_misses")))
          .as(target)
          .contains("no tool tool-x is on record; did you mean tool-");
    }
    assertThat(get("/api/v1/count?tool=tool-1").get("near_misses")).isNull();
  }

  @Test
  void aHistogramCountsByAMemberToo() throws IOException {
    JsonObject answer = get("/api/v1/histogram?interval=1d&by=tool&limit=2&action=tool_call");
    assertThat(answer.string("by")).isEqualTo("tool");
    assertThat(String.valueOf(answer.get("values"))).contains("tool-0", "tool-1");
  }

  @Test
  void entriesAreSortedByANumberInThePayload() throws IOException {
    assertThat(numbers("/api/v1/entries?action=tool_call&limit=3&sort=payload.n:desc"))
        .containsExactly(11L, 10L, 9L);
  }
}
