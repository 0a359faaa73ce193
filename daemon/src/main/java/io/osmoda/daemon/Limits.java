package io.osmoda.daemon;

import java.time.Duration;

/**
 * Every bound that the daemon puts on its callers, in one place. Immutable.
 *
 * @param bodyBytes largest request body
 * @param lineBytes largest draft in a body: no entry can be larger (format, section 1)
 * @param drafts most drafts in one request
 * @param bufferedBytes bodies held in memory at once, over all requests
 * @param headerBytes largest request line and headers
 * @param socketConnections connections to the Unix socket
 * @param httpConnections connections to the loopback port
 * @param headerTime longest time from the first byte of a request to the end of its headers
 * @param bodyTime longest time for a request's body
 * @param idleTime longest silence on a connection before it is closed
 * @param requestsPerSecond sustained requests of one caller
 * @param requestBurst requests of one caller at once
 * @param anonymousPerSecond sustained requests of all callers together that name no valid token
 * @param waitingRequests requests served at once
 * @param queries queries that scan at once
 * @param queryTime longest scan of one request; the answer then carries a cursor
 * @param pageEntries most entries in one JSON answer
 * @param pageBytes largest JSON answer, but for one entry
 * @param streams live streams at once
 * @param streamLag entries that a live stream may fall behind before it is ended
 * @param heartbeat silence after which a live stream gets a comment line
 */
record Limits(
    int bodyBytes,
    int lineBytes,
    int drafts,
    int bufferedBytes,
    int headerBytes,
    int socketConnections,
    int httpConnections,
    Duration headerTime,
    Duration bodyTime,
    Duration idleTime,
    int requestsPerSecond,
    int requestBurst,
    int anonymousPerSecond,
    int waitingRequests,
    int queries,
    Duration queryTime,
    int pageEntries,
    int pageBytes,
    int streams,
    int streamLag,
    Duration heartbeat) {

  static final int KIB = 1_024;
  static final int MIB = 1_024 * KIB;

  /** Entries in a JSON answer where the caller does not say. */
  static final int DEFAULT_PAGE = 100;

  /** How long an orderly stop waits for requests under way before it closes their connections. */
  static final Duration STOP_GRACE = Duration.ofSeconds(2);

  /** How long a capture client may be gone before its sources are sealed as stopped. */
  static final Duration CAPTURE_GRACE = Duration.ofSeconds(5);

  /** What a daemon runs with. */
  static final Limits DEFAULT =
      new Limits(
          8 * MIB,
          MIB,
          10_000,
          32 * MIB,
          16 * KIB,
          512,
          128,
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          Duration.ofSeconds(30),
          50_000,
          100_000,
          20,
          256,
          8,
          Duration.ofSeconds(20),
          1_000,
          8 * MIB,
          64,
          100_000,
          Duration.ofSeconds(15));
}
