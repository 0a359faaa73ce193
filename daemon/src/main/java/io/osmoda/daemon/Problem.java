package io.osmoda.daemon;

import io.osmoda.format.entry.DraftRefusedException;
import io.osmoda.format.json.JsonObject;
import io.osmoda.query.WhereException;
import org.jspecify.annotations.Nullable;

/**
 * A request that cannot be served, told as RFC 9457 problem details: what is wrong, where, and what
 * to do.
 */
final class Problem extends Exception {
  private static final long serialVersionUID = 1L;

  static final String MEDIA_TYPE = "application/problem+json";

  private final int status;
  private final String kind;
  private final String title;
  private final transient JsonObject more;
  private final @Nullable Integer retryAfterSeconds;

  private Problem(
      int status,
      String kind,
      String title,
      String detail,
      JsonObject more,
      @Nullable Integer retryAfterSeconds) {
    super(detail, null, false, false);
    this.status = status;
    this.kind = kind;
    this.title = title;
    this.more = more;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  static Problem of(int status, String kind, String title, String detail) {
    return new Problem(status, kind, title, detail, JsonObject.EMPTY, null);
  }

  static Problem badRequest(String detail) {
    return of(400, "bad-request", "The request is not well-formed", detail);
  }

  /** A condition that cannot be read, and at which column. */
  static Problem badCondition(String parameter, WhereException e) {
    String hint = e.hint();
    return new Problem(
        400,
        "bad-request",
        "The request is not well-formed",
        "the parameter %s, column %d: %s%s"
            .formatted(parameter, e.column() + 1, e.getMessage(), hint == null ? "" : ". " + hint),
        JsonObject.builder().put("column", e.column() + 1).build(),
        null);
  }

  static Problem timeout(String detail) {
    return of(503, "query-timeout", "The search took too long", detail);
  }

  static Problem refusedDraft(int status, String member, String reason) {
    return new Problem(
        status,
        "draft-refused",
        "The entry was refused",
        member + ": " + reason,
        JsonObject.builder().put("member", member).put("reason", reason).build(),
        null);
  }

  static Problem refused(DraftRefusedException refused) {
    return refusedDraft(422, refused.member(), Remedies.reason(refused));
  }

  static Problem unauthorised(String detail) {
    return of(401, "unauthorised", "No valid token", detail);
  }

  static Problem forbidden(String detail) {
    return of(403, "forbidden", "Not allowed", detail);
  }

  static Problem notFound(String detail) {
    return of(404, "not-found", "Not found", detail);
  }

  static Problem tooLarge(String detail) {
    return of(413, "too-large", "The request is too large", detail);
  }

  static Problem busy(int status, String detail, int retryAfterSeconds) {
    return new Problem(
        status,
        status == 429 ? "too-many-requests" : "busy",
        "Try again later",
        detail,
        JsonObject.EMPTY,
        retryAfterSeconds);
  }

  static Problem ledgerUnavailable(String detail) {
    return of(503, "ledger-unavailable", "The ledger is unavailable", detail);
  }

  /** Why a draft was not sealed. */
  static Problem from(@Nullable Throwable failure) {
    return switch (failure) {
      case Problem problem -> problem;
      case DraftRefusedException refused -> refused(refused);
      case null -> ledgerUnavailable("the ledger did not say why");
      default -> ledgerUnavailable(Remedies.told(failure));
    };
  }

  int status() {
    return status;
  }

  String detail() {
    return String.valueOf(getMessage());
  }

  @Nullable Integer retryAfterSeconds() {
    return retryAfterSeconds;
  }

  JsonObject toJson() {
    JsonObject.Builder json =
        JsonObject.builder()
            .put("type", "urn:osmoda:problem:" + kind)
            .put("title", title)
            .put("status", status)
            .put("detail", detail());
    more.members().forEach(json::put);
    return json.build();
  }
}
