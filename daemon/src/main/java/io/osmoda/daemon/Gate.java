package io.osmoda.daemon;

import io.osmoda.format.entry.DraftRefusedException;
import io.osmoda.format.entry.LedgerException;
import io.osmoda.format.entry.NoSuchEntryException;
import io.osmoda.format.entry.RequestRefusedException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * What every request passes: host and origin checks, who calls, what they may, how often; then the
 * route's endpoint, on a virtual thread; and the one place where failures become answers.
 */
final class Gate extends Handler.Abstract {
  private static final Logger LOG = System.getLogger(Gate.class.getName());

  /** The longest that a request may take unless its endpoint asks for more. */
  private static final Duration LONGEST = Duration.ofMinutes(2);

  private static final HttpField NO_STORE =
      new PreEncodedHttpField(HttpHeader.CACHE_CONTROL, "no-store");
  private static final HttpField NO_SNIFF =
      new PreEncodedHttpField("X-Content-Type-Options", "nosniff");

  /** Routes for who watches the daemon: they wait for nothing, and are served when it is full. */
  private static final Set<String> WATCHED = Set.of("/healthz", "/metrics");

  private static final String ANONYMOUS = "anonymous";
  private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

  private final List<Route> routes;
  private final Identity identity;
  private final Limits limits;
  private final Metrics metrics;
  private final LongSupplier nanoTime;
  private final RateLimiter rates;
  private final RateLimiter anonymousRate;
  private final Semaphore waiting;
  private final Semaphore bufferedBytes;
  private final AtomicInteger active = new AtomicInteger();
  private final AtomicLong lastActivity;
  private volatile boolean stopping;

  Gate(
      List<Route> routes,
      Identity identity,
      Limits limits,
      Metrics metrics,
      LongSupplier nanoTime) {
    this.routes = List.copyOf(routes);
    this.identity = identity;
    this.limits = limits;
    this.metrics = metrics;
    this.nanoTime = nanoTime;
    this.rates = new RateLimiter(limits.requestsPerSecond(), limits.requestBurst(), nanoTime);
    this.anonymousRate =
        new RateLimiter(limits.anonymousPerSecond(), limits.anonymousPerSecond(), nanoTime);
    this.waiting = new Semaphore(limits.waitingRequests());
    this.bufferedBytes = new Semaphore(limits.bufferedBytes());
    this.lastActivity = new AtomicLong(nanoTime.getAsLong());
  }

  List<Route> routes() {
    return routes;
  }

  /** From now on every request is answered with 503. */
  void stopTaking() {
    stopping = true;
  }

  /** Requests being served now. */
  int active() {
    return active.get();
  }

  /** When a request last began or ended, on the clock that was handed in. */
  long lastActivity() {
    return lastActivity.get();
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    ConnectionGuard guard =
        request.getConnectionMetaData().getConnector().getBean(ConnectionGuard.class);
    EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
    active.incrementAndGet();
    lastActivity.set(nanoTime.getAsLong());
    guard.begin(endPoint, LONGEST);
    String route = "none";
    Throwable failure = null;
    try {
      route = serve(request, response, guard, endPoint);
    } catch (Throwable e) {
      failure = e;
    } finally {
      guard.end(endPoint);
      lastActivity.set(nanoTime.getAsLong());
      active.decrementAndGet();
      metrics.request(route, response.getStatus());
    }
    if (failure == null) {
      callback.succeeded();
    } else {
      callback.failed(failure);
    }
    return true;
  }

  private String serve(Request request, Response response, ConnectionGuard guard, EndPoint endPoint)
      throws Exception {
    response.getHeaders().put(NO_STORE);
    response.getHeaders().put(NO_SNIFF);
    boolean overSocket =
        request.getConnectionMetaData().getConnector() instanceof UnixDomainServerConnector;
    Route route = null;
    try {
      if (!overSocket) {
        checkBrowserGuards(request);
      }
      String path = request.getHttpURI().getDecodedPath();
      Found found = find(request.getMethod(), path == null ? "/" : path);
      Caller caller = null;
      if (found.route.access() != Access.OPEN) {
        caller = caller(request, overSocket, guard, endPoint);
        if (!found.route.access().allows(caller)) {
          throw notAllowed(found.route, caller);
        }
        if (found.route.access() != Access.CAPTURE && !rates.allow(caller.name())) {
          metrics.limited("rate");
          throw Problem.busy(
              429,
              "more than " + limits.requestsPerSecond() + " requests a second by " + caller.name(),
              1);
        }
      } else if (!overSocket && !anonymousRate.allow(ANONYMOUS)) {
        metrics.limited("anonymous");
        throw Problem.busy(429, "too many requests without a token", 1);
      }
      if (stopping) {
        response.getHeaders().put(HttpHeader.CONNECTION, "close");
        throw Problem.busy(503, "the daemon is stopping", 1);
      }
      route = found.route;
      run(request, response, guard, caller, found);
    } catch (Problem problem) {
      answer(request, response, problem);
    }
    return route == null ? "none" : route.template();
  }

  private void run(
      Request request,
      Response response,
      ConnectionGuard guard,
      @Nullable Caller caller,
      Found found)
      throws Exception {
    boolean takesPlace = !WATCHED.contains(found.route.template());
    if (takesPlace && !waiting.tryAcquire()) {
      metrics.limited("requests");
      throw Problem.busy(503, "too many requests are being served", 1);
    }
    try (Exchange exchange =
        new Exchange(request, response, limits, guard, bufferedBytes, caller, found.parameters)) {
      found.route.endpoint().serve(exchange);
    } catch (DraftRefusedException e) {
      throw Problem.refused(e);
    } catch (NoSuchEntryException e) {
      throw Problem.notFound(e.told());
    } catch (RequestRefusedException e) {
      throw Problem.badRequest(e.told());
    } catch (LedgerException e) {
      if (response.isCommitted()) {
        throw e;
      }
      LOG.log(Level.WARNING, "{0} {1}: {2}", request.getMethod(), found.route, e.getMessage());
      throw Problem.ledgerUnavailable(Remedies.told(e));
    } catch (IOException e) {
      throw e; // the connection is gone or no longer of use
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "serving " + request.getMethod() + " " + found.route.template(), e);
      if (response.isCommitted()) {
        throw e;
      }
      throw Problem.of(
          500,
          "internal",
          "The daemon failed",
          "this is a bug in the daemon; see its log for details");
    } finally {
      if (takesPlace) {
        waiting.release();
      }
    }
  }

  private void answer(Request request, Response response, Problem problem) throws Exception {
    if (response.isCommitted()) {
      throw problem;
    }
    if (!stopping && problem.status() != 408) { // who was too slow already is not waited for
      UnreadBody.drop(request, limits.bodyBytes());
    }
    Exchange.problem(request, response, problem);
  }

  private record Found(Route route, Map<String, String> parameters) {}

  private Found find(String method, String path) throws Problem {
    List<String> parts = Route.parts(path);
    for (Route route : routes) {
      if (route.method().equals(method)) {
        Map<String, String> parameters = route.match(parts);
        if (parameters != null) {
          return new Found(route, parameters);
        }
      }
    }
    Set<String> methods = new TreeSet<>();
    for (Route route : routes) {
      if (route.match(parts) != null) {
        methods.add(route.method());
      }
    }
    if (methods.isEmpty()) {
      throw Problem.notFound("nothing at this path; see /api/v1/openapi.json for the valid paths");
    }
    throw Problem.of(
        405,
        "method-not-allowed",
        "The method is not allowed",
        "this path accepts " + String.join(", ", methods));
  }

  private Caller caller(
      Request request, boolean overSocket, ConnectionGuard guard, EndPoint endPoint)
      throws IOException, Problem {
    if (overSocket) {
      Caller peer = guard.peer(endPoint);
      if (peer == null) {
        peer = identity.peer((SocketChannel) endPoint.getTransport());
        guard.knows(endPoint, peer);
      }
      if (peer == null) {
        throw Problem.forbidden(
            "this user has no role on the daemon; its operator can grant one with serve --grant");
      }
      return peer;
    }
    Caller bearer = identity.bearer(request.getHeaders().get(HttpHeader.AUTHORIZATION));
    if (bearer == null) {
      if (!anonymousRate.allow(ANONYMOUS)) {
        metrics.limited("anonymous");
        throw Problem.busy(429, "too many requests without a valid token", 1);
      }
      throw Problem.unauthorised(
          "send the header Authorization: Bearer TOKEN with a token that is valid for this ledger");
    }
    return bearer;
  }

  private static Problem notAllowed(Route route, Caller caller) {
    return Problem.forbidden(
        route.access() == Access.CAPTURE
            ? "only capture points may do this, over the Unix socket, as a user with the capture"
                + " role"
            : "this needs the role "
                + route.access().name().toLowerCase(Locale.ROOT)
                + ", and "
                + caller.name()
                + " has the role "
                + caller.role().text());
  }

  /**
   * A web page can make a browser send requests here, also under a host name of its own that it
   * points at 127.0.0.1: no page has a reason to, so neither gets further.
   */
  private static void checkBrowserGuards(Request request) throws Problem {
    if (request.getHeaders().contains(HttpHeader.ORIGIN)) {
      throw Problem.forbidden("requests from web pages are rejected");
    }
    String host = request.getHeaders().get(HttpHeader.HOST);
    String target = request.getHttpURI().getHost();
    if (!isLoopback(host) || (target != null && !isLoopback(target))) {
      throw Problem.forbidden("the Host header must name localhost, 127.0.0.1 or [::1]");
    }
  }

  private static boolean isLoopback(@Nullable String host) {
    if (host == null) {
      return false;
    }
    int colon = host.lastIndexOf(':');
    String name = colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    return LOOPBACK_NAMES.contains(name.toLowerCase(Locale.ROOT));
  }
}
