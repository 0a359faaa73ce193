package io.osmoda.daemon;

import static io.osmoda.daemon.DaemonFixture.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.osmoda.client.Wire;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Holds the description that the daemon serves to what the daemon does. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenApiTest {
  DaemonFixture fixture;
  JsonObject description = JsonObject.EMPTY;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    fixture = DaemonFixture.start(folder);
    DaemonFixture.Reply reply = fixture.get("/api/v1/openapi.json");
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    description = reply.json();
  }

  @AfterAll
  void stop() throws IOException {
    fixture.close();
  }

  private JsonObject at(String... names) {
    JsonObject found = description;
    for (String name : names) {
      assertThat(found.get(name)).as(name).isNotNull();
      found = object(found.get(name));
    }
    return found;
  }

  private Map<String, JsonObject> operations() {
    Map<String, JsonObject> operations = new TreeMap<>();
    at("paths")
        .members()
        .forEach(
            (path, item) ->
                object(item)
                    .members()
                    .forEach(
                        (method, operation) ->
                            operations.put(
                                method.toUpperCase(Locale.ROOT) + " " + path, object(operation))));
    return operations;
  }

  private static String name(Route route) {
    return route.method() + " " + route.template().replace("...", "");
  }

  @Test
  void partsAreMergedAndNeverOverwriteOneAnother() {
    JsonObject paths = JsonObject.builder().put("/a", "x").build();
    JsonObject one = JsonObject.builder().put("paths", paths).build();
    JsonObject two =
        JsonObject.builder()
            .put("paths", JsonObject.builder().put("/b", "y").build())
            .put("openapi", "3.1.0")
            .build();

    assertThat(OpenApi.merge("", one, two))
        .isEqualTo(
            JsonObject.builder()
                .put("paths", JsonObject.builder().put("/a", "x").put("/b", "y").build())
                .put("openapi", "3.1.0")
                .build());
    assertThatThrownBy(() -> OpenApi.merge("", one, one))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("/paths//a");
  }

  @Test
  void everyRouteIsDescribedAndNothingElse() {
    assertThat(operations().keySet())
        .containsExactlyInAnyOrderElementsOf(
            fixture.daemon.routes().stream().map(OpenApiTest::name).toList());
  }

  @Test
  void whoMayUseARouteIsDescribedAsItIs() {
    for (Route route : fixture.daemon.routes()) {
      JsonObject operation = operations().getOrDefault(name(route), JsonObject.EMPTY);
      assertThat(operation.string("x-access"))
          .as(name(route))
          .isEqualTo(route.access().name().toLowerCase(Locale.ROOT));
    }
  }

  private Set<String> queryParameters(String operation) {
    Set<String> names = new TreeSet<>();
    if (operations().getOrDefault(operation, JsonObject.EMPTY).get("parameters")
        instanceof JsonArray list) {
      for (JsonValue parameter : list.elements()) {
        if ("query".equals(object(parameter).string("in"))) {
          names.add(String.valueOf(object(parameter).string("name")));
        }
      }
    }
    return names;
  }

  @Test
  void theParametersAreThoseThatAreTaken() {
    assertThat(queryParameters("GET /api/v1/entries"))
        .containsExactlyInAnyOrderElementsOf(SearchApi.ENTRIES);
    assertThat(queryParameters("GET /api/v1/count"))
        .containsExactlyInAnyOrderElementsOf(SearchApi.COUNT);
    assertThat(queryParameters("GET /api/v1/facets"))
        .containsExactlyInAnyOrderElementsOf(SearchApi.FACETS);
    assertThat(queryParameters("GET /api/v1/histogram"))
        .containsExactlyInAnyOrderElementsOf(SearchApi.HISTOGRAM);
    assertThat(queryParameters("GET /api/v1/trace"))
        .containsExactlyInAnyOrderElementsOf(OverviewApi.TRACE);
    assertThat(queryParameters("GET /api/v1/trace/{of}")).isEmpty();
    assertThat(queryParameters("GET /api/v1/summary"))
        .containsExactlyInAnyOrderElementsOf(OverviewApi.SUMMARY);
    assertThat(queryParameters("GET /api/v1/sign-offs"))
        .containsExactlyInAnyOrderElementsOf(AuditApi.SIGN_OFFS);
    assertThat(queryParameters("GET /api/v1/retention"))
        .containsExactlyInAnyOrderElementsOf(AuditApi.RETENTION);
    assertThat(queryParameters("GET /api/v1/stream"))
        .containsExactlyInAnyOrderElementsOf(StreamApi.PARAMETERS);
  }

  @Test
  void everyReferenceLeadsSomewhere() {
    List<String> references = new ArrayList<>();
    collect(description, references);
    assertThat(references).isNotEmpty();
    for (String reference : references) {
      String name = reference.substring("#/components/schemas/".length());
      assertThat(at("components", "schemas").get(name)).as(reference).isNotNull();
    }
  }

  private static void collect(JsonValue value, List<String> references) {
    switch (value) {
      case JsonObject object -> {
        String reference = object.string("$ref");
        if (reference != null) {
          references.add(reference);
        }
        object.members().values().forEach(member -> collect(member, references));
      }
      case JsonArray array -> array.elements().forEach(element -> collect(element, references));
      default -> {}
    }
  }

  private void hasWhatIsRequired(JsonObject answer, String schema) {
    JsonObject described = at("components", "schemas", schema);
    if (!(described.get("required") instanceof JsonArray required)) {
      throw new AssertionError(schema + " requires nothing");
    }
    for (JsonValue name : required.elements()) {
      assertThat(answer.get(((JsonString) name).value())).as(schema + " " + name).isNotNull();
    }
    Set<String> known = object(described.get("properties")).members().keySet();
    assertThat(known).containsAll(answer.members().keySet());
  }

  @Test
  void answersHaveTheMembersThatAreDescribed() throws IOException {
    hasWhatIsRequired(fixture.get("/api/v1/status").json(), "Status");
    hasWhatIsRequired(fixture.get("/healthz").json(), "Health");
    DaemonFixture.Reply receipt =
        fixture.append("{\"actor\":\"agent:x\",\"action\":\"tool_call\",\"tool\":\"t\"}");
    hasWhatIsRequired(receipt.json(), "Receipt");
    DaemonFixture.Reply page = fixture.get("/api/v1/entries?limit=1");
    hasWhatIsRequired(page.json(), "Page");
    hasWhatIsRequired(DaemonFixture.entries(page.json()).getFirst(), "Entry");
    hasWhatIsRequired(fixture.get("/api/v1/trace/1").json(), "CausalTree");
    hasWhatIsRequired(fixture.get("/api/v1/summary").json(), "Summary");
    hasWhatIsRequired(fixture.get("/nowhere").json(), "Problem");
    hasWhatIsRequired(fixture.append("{\"actor\":\"agent:x\",\"action\":\"X\"}").json(), "Problem");
    hasWhatIsRequired(
        fixture.post("/api/v1/reviews", Wire.JSON, "{\"note\":\"test\"}").json(), "Review");
    JsonObject reviews = fixture.get("/api/v1/reviews").json();
    hasWhatIsRequired(reviews, "Reviews");
    hasWhatIsRequired(object(reviews.get("state")), "ReviewState");
    hasWhatIsRequired(fixture.get("/api/v1/schedule").json(), "Schedule");
    hasWhatIsRequired(
        fixture
            .post(
                "/api/v1/sign-offs",
                Wire.JSON,
                """
                {"name":"A","meaning":"seen","origin":"other.example","manifest_sha256":"%s"}
                """
                    .formatted("0".repeat(64)))
            .json(),
        "SignOff");
    hasWhatIsRequired(
        fixture
            .post(
                "/api/v1/holds",
                Wire.JSON,
                "{\"reason\":\"test\",\"actor\":\"agent:nobody\",\"to\":\"2026-01-01\"}")
            .json(),
        "Hold");
    hasWhatIsRequired(
        fixture.post("/api/v1/redactions", Wire.JSON, "{\"first\":1,\"reason\":\"test\"}").json(),
        "Redaction");
  }
}
