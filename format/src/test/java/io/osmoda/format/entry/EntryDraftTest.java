package io.osmoda.format.entry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.log.Hash;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EntryDraftTest {
  private static final Hash HASH = Hash.fromHex("0123456789abcdef".repeat(4));

  /** Sets one of the members that hold free text. */
  interface Setter {
    EntryDraft.Builder set(EntryDraft.Builder builder, String text);
  }

  private static EntryDraft.Builder draft() {
    return EntryDraft.builder("api", "agent:a", "tool_call");
  }

  private static void refused(String member, String reason, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            DraftRefusedException.class,
            e -> {
              assertThat(e.member()).isEqualTo(member);
              assertThat(e.reason()).contains(reason);
              assertThat(e).hasMessage(member + ": " + e.reason());
              // Messages go into JSON answers, which hold no lone surrogates.
              assertThatCode(() -> CanonicalJson.write(new JsonString(e.reason())))
                  .doesNotThrowAnyException();
              assertThat(e.reason()).doesNotContainPattern("\\p{Cntrl}");
            });
  }

  @Test
  void aBareDraftIsOkWithAnEmptyPayloadAndNothingElse() {
    EntryDraft draft = draft().build();
    assertThat(draft.source()).isEqualTo("api");
    assertThat(draft.actor()).isEqualTo("agent:a");
    assertThat(draft.action()).isEqualTo("tool_call");
    assertThat(draft.status()).isEqualTo(Status.OK);
    assertThat(draft.payload()).asString(UTF_8).isEqualTo("{}");
    assertThat(draft.causedBy()).isEmpty();
    assertThat(
            Stream.of(
                draft.tool(),
                draft.target(),
                draft.session(),
                draft.reason(),
                draft.trace(),
                draft.occurredAt()))
        .containsOnlyNulls();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "agent:a",
        "user:mari.kask@example.com",
        "ssh:root",
        "system:ledger",
        "mesh:ä€😀 : x"
      })
  void actorsOfEveryKindAreTaken(String actor) {
    assertThat(EntryDraft.builder("api", actor, "a").build().actor()).isEqualTo(actor);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "agent",
        "agent:",
        ":a",
        "robot:a",
        "Agent:a",
        "agent :a",
        " agent:a",
        "ag\0nt:a"
      })
  void otherActorsAreNot(String actor) {
    refused("actor", "", () -> EntryDraft.builder("api", actor, "a"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "tool_call",
        "z9_",
        "a123456789012345678901234567890123456789012345678901234567890123"
      })
  void namesOfActionsAndSources(String name) {
    assertThat(EntryDraft.builder(name, "agent:a", name).build().action()).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "_a",
        "9a",
        "Tool_call",
        "tool-call",
        "tool call",
        "tool_cäll",
        "a\n",
        "a\ud800",
        "a1234567890123456789012345678901234567890123456789012345678901234"
      })
  void otherNamesAreRefused(String name) {
    refused("action", "[a-z][a-z0-9_]{0,63}", () -> EntryDraft.builder("api", "agent:a", name));
    refused("source", "[a-z][a-z0-9_]{0,63}", () -> EntryDraft.builder(name, "agent:a", "a"));
  }

  static Stream<Arguments> texts() {
    Setter actorId = (ignored, text) -> EntryDraft.builder("api", "user:" + text, "a");
    Setter tool = EntryDraft.Builder::tool;
    Setter target = EntryDraft.Builder::target;
    Setter session = EntryDraft.Builder::session;
    Setter reason = EntryDraft.Builder::reason;
    return Stream.of(
        Arguments.of("actor", 256, actorId),
        Arguments.of("tool", 256, tool),
        Arguments.of("target", 1_024, target),
        Arguments.of("session", 256, session),
        Arguments.of("reason", 4_096, reason));
  }

  @ParameterizedTest
  @MethodSource("texts")
  void lengthIsThatInUtf8(String member, int max, Setter setter) {
    for (String character : new String[] {"a", "ä", "€", "😀"}) {
      int bytes = character.getBytes(UTF_8).length;
      String fits = character.repeat(max / bytes) + "a".repeat(max % bytes);
      assertThatCode(() -> setter.set(draft(), fits).build()).doesNotThrowAnyException();
      refused(
          member,
          "1 to " + max + " bytes of UTF-8, has " + (max + 1),
          () -> setter.set(draft(), fits + "a"));
    }
    refused(member, "has 0", () -> setter.set(draft(), ""));
  }

  @ParameterizedTest
  @MethodSource("texts")
  void loneSurrogatesAreRefused(String member, int max, Setter setter) {
    for (String text : new String[] {"\ud800", "ab\udfff", "\ude00\ud83d", "\ud83d\ud83d\ude00"}) {
      refused(member, "lone surrogate", () -> setter.set(draft(), text));
    }
  }

  @ParameterizedTest
  @MethodSource("texts")
  void controlCharactersStandInReasonsOnly(String member, int max, Setter setter) {
    for (char c = 0; c <= 0x100; c++) {
      String text = "a" + c;
      boolean control = c < 0x20 || (c >= 0x7f && c <= 0x9f);
      if (control && !member.equals("reason")) {
        refused(
            member, "control character U+%04X".formatted((int) c), () -> setter.set(draft(), text));
      } else {
        assertThatCode(() -> setter.set(draft(), text).build()).doesNotThrowAnyException();
      }
    }
  }

  @Test
  void membersComeBackAsTheyWereSet() throws JsonException {
    TraceContext trace =
        new TraceContext("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", null);
    CauseReference cause = new CauseReference("", 3, HASH);
    EntryDraft draft =
        draft()
            .status(Status.TIMEOUT)
            .tool("http_request")
            .target("/etc/ä")
            .session("s-1")
            .reason("ticket 17\n\tsee there")
            .trace(trace)
            .occurredAt(Instant.EPOCH)
            .causedBy(cause)
            .payloadJson("{ \"b\": 1, \"a\": [1.50] }".getBytes(UTF_8))
            .build();
    assertThat(draft.status()).isEqualTo(Status.TIMEOUT);
    assertThat(draft.tool()).isEqualTo("http_request");
    assertThat(draft.target()).isEqualTo("/etc/ä");
    assertThat(draft.session()).isEqualTo("s-1");
    assertThat(draft.reason()).isEqualTo("ticket 17\n\tsee there");
    assertThat(draft.trace()).isEqualTo(trace);
    assertThat(draft.occurredAt()).isEqualTo(Instant.EPOCH);
    assertThat(draft.causedBy()).containsExactly(cause);
    assertThat(draft.payload()).asString(UTF_8).isEqualTo("{\"a\":[1.5],\"b\":1}");
  }

  @Test
  void aMemberSetToNullIsAbsent() {
    EntryDraft draft =
        draft()
            .tool("t")
            .target("t")
            .session("s")
            .reason("r")
            .occurredAt(Instant.EPOCH)
            .tool(null)
            .target(null)
            .session(null)
            .reason(null)
            .occurredAt(null)
            .trace(null)
            .build();
    assertThat(draft.tool()).isNull();
    assertThat(draft.target()).isNull();
    assertThat(draft.session()).isNull();
    assertThat(draft.reason()).isNull();
    assertThat(draft.occurredAt()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0000-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z"})
  void timesOfFourDigitYears(String time) {
    assertThat(draft().occurredAt(Instant.parse(time)).build().occurredAt())
        .isEqualTo(Instant.parse(time));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-0001-12-31T23:59:59.999999999Z",
        "+10000-01-01T00:00:00Z",
        "+1000000000-12-31T23:59:59Z"
      })
  void otherTimesAreRefused(String time) {
    refused("occurred_at", "0000 to 9999", () -> draft().occurredAt(Instant.parse(time)));
  }

  @Test
  void causesAreAtMostSixtyFourAndAllDifferent() {
    List<CauseReference> causes = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      causes.add(new CauseReference("", i, HASH));
    }
    EntryDraft draft = draft().causedBy(causes).build();
    assertThat(draft.causedBy()).hasSize(64);
    causes.add(new CauseReference("other", 0, HASH));
    refused("caused_by", "more than 64", () -> draft().causedBy(causes));
    assertThat(draft.causedBy()).hasSize(64);
    CauseReference twice = new CauseReference("", 7, HASH);
    refused("caused_by", "twice", () -> draft().causedBy(twice, twice));
    assertThat(draft().causedBy(twice, new CauseReference("x", 7, HASH)).build().causedBy())
        .hasSize(2);
  }

  @Test
  void payloadsAreObjects() {
    for (String other : new String[] {"[]", "\"{}\"", "null", "1"}) {
      refused("payload", "JSON object", () -> draft().payloadJson(other.getBytes(UTF_8)));
    }
    assertThatThrownBy(() -> draft().payloadJson("{\"a\":1,\"a\":2}".getBytes(UTF_8)))
        .isInstanceOf(JsonException.class);
    refused(
        "payload",
        "lone surrogate",
        () -> draft().payload(JsonObject.builder().put("a", "\ud800").build()));
  }

  @Test
  void payloadsDoNotChangeWithTheArraysOfCallers() throws JsonException {
    byte[] given = "{\"a\":1}".getBytes(UTF_8);
    EntryDraft draft = draft().payloadJson(given).build();
    given[5] = '2';
    draft.payload()[5] = '3';
    assertThat(draft.payload()).asString(UTF_8).isEqualTo("{\"a\":1}");
  }

  @Test
  void aBuilderUsedAgainLeavesTheFirstDraftAsItWas() {
    EntryDraft.Builder builder = draft().tool("first");
    EntryDraft first = builder.build();
    builder.tool("second").payload(JsonObject.builder().put("x", 1).build());
    assertThat(first.tool()).isEqualTo("first");
    assertThat(first.payload()).asString(UTF_8).isEqualTo("{}");
  }

  @Test
  void statusesAreReadByTheirWords() {
    for (Status status : Status.values()) {
      assertThat(Status.parse(status.text())).isEqualTo(status);
    }
    assertThat(Stream.of(Status.values()).map(Status::text))
        .containsExactly(
            "ok", "error", "denied", "pending", "timeout", "cancelled", "crashed", "unknown");
    for (String other : new String[] {"", "OK", "ok ", "done", "o\0k", "\ud800"}) {
      refused("status", "one of ok, error", () -> Status.parse(other));
    }
  }

  @Test
  void traceContextsAreLowerCaseHexAndNotZero() {
    String trace = "0af7651916cd43dd8448eb211c80319c";
    String span = "b7ad6b7169203331";
    assertThat(new TraceContext(trace, span, "00f067aa0ba902b7").parentSpanId())
        .isEqualTo("00f067aa0ba902b7");
    for (String bad :
        new String[] {
          "",
          "0".repeat(32),
          trace.toUpperCase(java.util.Locale.ROOT),
          span,
          trace + "0",
          trace.replace('a', 'g')
        }) {
      refused("trace.trace_id", "32 lower-case hex", () -> new TraceContext(bad, span, null));
    }
    for (String bad :
        new String[] {"", "0".repeat(16), trace, "B7AD6B7169203331", "b7ad6b716920333 "}) {
      refused("trace.span_id", "16 lower-case hex", () -> new TraceContext(trace, bad, null));
      refused("trace.parent_span_id", "16 lower-case", () -> new TraceContext(trace, span, bad));
    }
  }

  @Test
  void captureEventsNameTheirSourceAndInstance() {
    CaptureEvent event =
        new CaptureEvent(CaptureEvent.Kind.GAP, "mcp_proxy", "agent/server", JsonObject.EMPTY);
    assertThat(event.kind().action()).isEqualTo("capture_gap");
    refused(
        "source",
        "must match",
        () -> new CaptureEvent(CaptureEvent.Kind.START, "", "x", JsonObject.EMPTY));
    refused(
        "target",
        "1 to 1024 bytes",
        () -> new CaptureEvent(CaptureEvent.Kind.STOP, "hook", "", JsonObject.EMPTY));
  }
}
