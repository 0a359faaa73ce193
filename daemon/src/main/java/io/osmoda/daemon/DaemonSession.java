package io.osmoda.daemon;

import io.osmoda.client.DaemonClient;
import io.osmoda.client.EntrySink;
import io.osmoda.client.UnixHttp;
import io.osmoda.evidence.BadFrameworkException;
import io.osmoda.evidence.BundleSink;
import io.osmoda.evidence.BundleTransfer;
import io.osmoda.evidence.ExportRequest;
import io.osmoda.evidence.Frameworks;
import io.osmoda.evidence.HoldRequest;
import io.osmoda.evidence.RedactionRequest;
import io.osmoda.evidence.ReviewRequest;
import io.osmoda.evidence.SignOffRequest;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.json.JsonObject;
import io.osmoda.query.CausalStart;
import io.osmoda.query.CausalTree;
import io.osmoda.query.EntryFilter;
import io.osmoda.query.IndexFollower;
import io.osmoda.query.Member;
import io.osmoda.query.SortKey;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Asks the daemon that holds the ledger: what is here only translates. Not thread-safe. */
final class DaemonSession implements LedgerSession {
  private final DaemonClient daemon;

  DaemonSession(DaemonClient daemon) {
    this.daemon = daemon;
  }

  @Override
  public boolean isThroughDaemon() {
    return true;
  }

  @Override
  public @Nullable String notice() {
    return null;
  }

  @Override
  public Receipt append(EntryDraft draft) throws IOException {
    return daemon.append(draft);
  }

  @Override
  public @Nullable String query(
      EntryFilter filter, SortKey key, long limit, @Nullable String cursor, EntrySink sink)
      throws IOException {
    long most = key.isBySeq() ? limit : Math.min(limit, MAX_SORTED);
    return daemon.query(
        filter.toQuery(),
        URLEncoder.encode(key.toString(), StandardCharsets.UTF_8),
        most,
        cursor,
        sink);
  }

  @Override
  public long count(EntryFilter filter) throws IOException {
    return daemon.count(filter.toQuery());
  }

  @Override
  public JsonObject facets(EntryFilter filter, List<Member> by, int limit) throws IOException {
    return daemon.facets(
        filter.toQuery(), by.stream().map(Member::word).collect(Collectors.joining(",")), limit);
  }

  @Override
  public JsonObject histogram(EntryFilter filter, Duration interval, @Nullable Member by, int limit)
      throws IOException {
    return daemon.histogram(filter.toQuery(), interval, by == null ? null : by.word(), limit);
  }

  @Override
  public List<String> nearMisses() {
    return daemon.nearMisses();
  }

  @Override
  public CausalTree trace(CausalStart of, Instant now) throws IOException {
    String target =
        of instanceof CausalStart.Session(String name)
            ? "?session=" + URLEncoder.encode(name, StandardCharsets.UTF_8)
            : "/" + of;
    try {
      return CausalTree.fromJson(daemon.json("/api/v1/trace" + target));
    } catch (IllegalArgumentException | DateTimeException e) {
      throw new IOException(
          "the daemon sent an unexpected response; are both the same version?", e);
    }
  }

  @Override
  public JsonObject summary(Instant from, Instant to, @Nullable String actor, Instant now)
      throws IOException {
    return daemon.summary(from, to, actor);
  }

  @Override
  public JsonObject index(boolean rebuild, IndexFollower.Progress progress) throws IOException {
    if (rebuild) {
      throw new IOException(
          "a daemon has the ledger open and maintains its index; stop it first to rebuild the"
              + " index");
    }
    return daemon.status().get("index") instanceof JsonObject index ? index : JsonObject.EMPTY;
  }

  @Override
  public long unindexed() {
    return 0;
  }

  @Override
  public Entry entry(long seq) throws IOException {
    return daemon.entry(seq);
  }

  @Override
  public byte[] checkpoint() throws IOException {
    return daemon.post("/api/v1/checkpoints", JsonObject.EMPTY);
  }

  @Override
  public byte[] proof(long seq) throws IOException {
    return daemon.proof(seq);
  }

  private JsonObject post(String path, JsonObject request) throws IOException {
    return UnixHttp.json(daemon.post(path, request));
  }

  @Override
  public JsonObject redact(RedactionRequest request) throws IOException {
    return post("/api/v1/redactions", request.toJson());
  }

  @Override
  public JsonObject review(ReviewRequest request) throws IOException {
    return post("/api/v1/reviews", request.toJson());
  }

  @Override
  public JsonObject reviews() throws IOException {
    return daemon.json("/api/v1/reviews");
  }

  @Override
  public JsonObject schedule() throws IOException {
    return daemon.json("/api/v1/schedule");
  }

  @Override
  public @Nullable String collectNext() throws IOException {
    return post("/api/v1/schedule/run", JsonObject.EMPTY).string("collected");
  }

  @Override
  public JsonObject signOff(SignOffRequest request) throws IOException {
    return post("/api/v1/sign-offs", request.toJson());
  }

  @Override
  public JsonObject signOffs(String manifestSha256) throws IOException {
    return daemon.json("/api/v1/sign-offs?manifest_sha256=" + manifestSha256);
  }

  @Override
  public JsonObject holds() throws IOException {
    return daemon.json("/api/v1/holds");
  }

  @Override
  public JsonObject setHold(HoldRequest request) throws IOException {
    return post("/api/v1/holds", request.toJson());
  }

  @Override
  public JsonObject releaseHold(long seq, String reason) throws IOException {
    return post(
        "/api/v1/holds/" + seq + "/release", JsonObject.builder().put("reason", reason).build());
  }

  @Override
  public JsonObject retention(@Nullable String preset) throws IOException {
    return daemon.json("/api/v1/retention" + (preset == null ? "" : "?preset=" + preset));
  }

  @Override
  public void export(ExportRequest request, Map<String, String> own, BundleSink sink)
      throws IOException, BadFrameworkException {
    Frameworks.builtIn().with(own); // what is none of ours to send is told with its file
    BundleTransfer.receive(
        daemon.postForStream(
            "/api/v1/exports",
            JsonObject.builder()
                .put("frameworks", texts(own))
                .put("request", request.toJson())
                .build()),
        sink);
  }

  @Override
  public JsonObject controls(
      @Nullable String framework,
      @Nullable Instant from,
      @Nullable Instant to,
      Map<String, String> own)
      throws IOException, BadFrameworkException {
    Frameworks frameworks = Frameworks.builtIn().with(own);
    if (framework != null) {
      frameworks.get(framework);
    }
    return post(
        "/api/v1/controls",
        JsonObject.builder()
            .put("frameworks", texts(own))
            .putIfPresent("framework", framework)
            .putIfPresent("from", from == null ? null : from.toString())
            .putIfPresent("to", to == null ? null : to.toString())
            .build());
  }

  private static JsonObject texts(Map<String, String> own) {
    JsonObject.Builder texts = JsonObject.builder();
    own.forEach(texts::put);
    return texts.build();
  }

  @Override
  public void rotateKeys(String why) throws IOException {
    daemon.post("/api/v1/keys/rotate", JsonObject.builder().put("why", why).build());
  }

  @Override
  public void confirmClock() throws IOException {
    daemon.post("/api/v1/clock/confirm", JsonObject.EMPTY);
  }

  @Override
  public JsonObject status() throws IOException {
    return daemon.status();
  }

  @Override
  public void follow(EntryFilter filter, long newest, boolean countReads, EntrySink sink)
      throws IOException {
    daemon.follow(filter.toQuery(), newest, countReads, sink);
  }

  @Override
  public void close() {
    daemon.close();
  }
}
