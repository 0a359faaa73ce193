package io.osmoda.agents;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One JSON-RPC message in a frame, read as far as the proxy needs. Immutable. */
final class Message {
  /** What a message is, by the members it has. */
  enum Kind {
    REQUEST,
    NOTIFICATION,
    RESULT,
    ERROR,
    /** JSON, but no message of JSON-RPC. */
    NONE
  }

  private static final Set<String> MEMBERS =
      Set.of("jsonrpc", "id", "method", "params", "result", "error");

  private static final Set<String> PARAMS = Set.of("name", "uri", "arguments", "_meta");

  private final Kind kind;
  private final JsonSlice whole;
  private final @Nullable JsonSlice rawId;
  private final @Nullable MessageId id;
  private final String method;
  private final @Nullable JsonSlice params;
  private final @Nullable JsonSlice answer;
  private final @Nullable String problem;
  private final boolean doubtful;

  private Message(JsonSlice whole) {
    this.whole = whole;
    JsonSlice version = null;
    JsonSlice idSlice = null;
    JsonSlice methodSlice = null;
    JsonSlice paramsSlice = null;
    JsonSlice resultSlice = null;
    JsonSlice errorSlice = null;
    List<JsonSlice.Member> members = whole.members();
    for (JsonSlice.Member member : members) {
      switch (member.name()) {
        case "jsonrpc" -> version = member.value();
        case "id" -> idSlice = member.value();
        case "method" -> methodSlice = member.value();
        case "params" -> paramsSlice = member.value();
        case "result" -> resultSlice = member.value();
        case "error" -> errorSlice = member.value();
        default -> {}
      }
    }
    String methodText = methodSlice == null ? null : methodSlice.text();
    this.rawId = idSlice;
    this.id = MessageId.of(idSlice);
    this.method = methodText == null ? "" : methodText;
    this.params = paramsSlice;
    if (methodText != null) {
      this.kind = idSlice == null ? Kind.NOTIFICATION : Kind.REQUEST;
      this.answer = null;
    } else if (errorSlice != null && (resultSlice == null || !errorSlice.isNull())) {
      this.kind = Kind.ERROR;
      this.answer = errorSlice;
    } else if (resultSlice != null) {
      this.kind = Kind.RESULT;
      this.answer = resultSlice;
    } else {
      this.kind = Kind.NONE;
      this.answer = null;
    }
    this.doubtful =
        ambiguous(members, MEMBERS)
            || (paramsSlice != null && ambiguous(paramsSlice.members(), PARAMS));
    this.problem = problem(version, idSlice, resultSlice != null && errorSlice != null);
  }

  /** Reads the message that an object holds; what is no object is of kind {@link Kind#NONE}. */
  static Message of(JsonSlice value) {
    return new Message(value);
  }

  private @Nullable String problem(
      @Nullable JsonSlice version, @Nullable JsonSlice idSlice, boolean both) {
    if (!whole.isObject()) {
      return "a JSON value that is no message";
    }
    if (kind == Kind.NONE) {
      return "an object that is neither request, notification nor response";
    }
    if (doubtful) {
      return "a member's name stands twice or in odd case: peers may read different messages";
    }
    if (version == null || !"2.0".equals(version.text())) {
      return "jsonrpc is not \"2.0\"";
    }
    if (kind == Kind.REQUEST && id == null) {
      return "a request whose id is null";
    }
    if (idSlice != null && id != null && id.kind() == 'x') {
      return "an id that is neither string nor number";
    }
    return both ? "a response with both result and error" : null;
  }

  /** True where two parsers may see different members: doubled names, or names in another case. */
  private static boolean ambiguous(List<JsonSlice.Member> members, Set<String> known) {
    Set<String> seen = new HashSet<>();
    for (JsonSlice.Member member : members) {
      String folded = member.name().toLowerCase(Locale.ROOT);
      boolean oddCase = known.contains(folded) && !known.contains(member.name());
      if (oddCase || !seen.add(member.name())) {
        return true;
      }
    }
    return false;
  }

  Kind kind() {
    return kind;
  }

  /** The message's own text. */
  JsonSlice whole() {
    return whole;
  }

  /** The id as it stands there, {@code null} included; null if there is none. */
  @Nullable JsonSlice rawId() {
    return rawId;
  }

  @Nullable MessageId id() {
    return id;
  }

  /** The method, empty in a response. */
  String method() {
    return method;
  }

  @Nullable JsonSlice params() {
    return params;
  }

  /** A string in params, else null. */
  @Nullable String param(String name) {
    return params == null ? null : params.text(name);
  }

  /** A member of {@code params._meta}, else null. */
  @Nullable JsonSlice meta(String name) {
    JsonSlice meta = params == null ? null : params.get("_meta");
    return meta == null ? null : meta.get(name);
  }

  /** The result or the error of a response, else null. */
  @Nullable JsonSlice answer() {
    return answer;
  }

  /** What the message breaks of JSON-RPC, else null. */
  @Nullable String problem() {
    return problem;
  }

  /** Whether peers may disagree on what this message is, so that its text must be on record. */
  boolean doubtful() {
    return doubtful;
  }
}
