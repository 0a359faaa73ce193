package io.osmoda.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.osmoda.format.entry.Status;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * Makes entries like those of agents at work: a few agents, each with many sessions, and tools that
 * are called unevenly, mostly with success. The same seed gives the same entries. Not thread-safe.
 */
final class EntryGenerator {
  private static final String[] AGENTS = {
    "crewai-research-01", "claude-code-main", "langgraph-triage", "ops-autopilot", "mail-sorter"
  };
  private static final String[] HOSTS = {
    "api.example.com", "search.example.org", "tickets.example.net", "wiki.example.com"
  };
  private static final String[] WORDS = {
    "invoice", "patient", "deploy", "cluster", "summary", "Müller", "refund", "retry", "quarter",
    "schema", "billing", "audit", "latency", "mailbox", "branch", "review", "Zürich", "orders"
  };
  private static final int SESSION_CALLS = 40;
  private static final int PAYLOAD_BYTES = 300;
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  private final RandomGenerator random;
  private String agent = AGENTS[0];
  private String session = "";
  private int callsLeft;

  EntryGenerator(long seed) {
    this.random = new Random(seed);
  }

  /** The next event; its payload is in canonical form. */
  Event next() {
    if (callsLeft == 0) {
      agent = pick(AGENTS);
      session = "run-" + hex(16);
      callsLeft = 1 + random.nextInt(SESSION_CALLS);
    }
    callsLeft--;
    String host = pick(HOSTS);
    String path = "/v1/" + pick(WORDS) + "/" + random.nextInt(100_000);
    boolean pending = random.nextBoolean();
    Status status = pending ? Status.PENDING : random.nextInt(20) == 0 ? Status.ERROR : Status.OK;
    String action = pending ? "tool_call" : "tool_result";
    return switch (random.nextInt(10)) {
      case 0, 1, 2, 3 ->
          event(action, "http_request", "https://" + host + path, status, http(host, path));
      case 4, 5, 6 -> event(action, "read_file", "/srv/work" + path + ".md", status, file(path));
      case 7, 8 -> event(action, "run_command", "/usr/bin/git", status, command());
      default -> event(action, "send_message", "channel:" + pick(WORDS), status, message());
    };
  }

  /**
   * The same payload as any JSON library may write it: members out of order, spaces, escapes and a
   * number that are not canonical.
   */
  byte[] unorderedPayload() {
    String text =
        "{ \"status\": 200.0, \"method\": \"GET\", \"url\": \"https:\\/\\/%s\\/v1\\/%s\", \"attempt\": 1e0,"
                .formatted(pick(HOSTS), pick(WORDS))
            + " \"headers\": { \"user-agent\": \"agent\\u002f1.4\", \"accept\":"
            + " \"application/json\" }, \"body\": \"";
    return (text + filler(text.length() + 4) + "\" }").getBytes(UTF_8);
  }

  /** A line of about 800 bytes, of the stored form's shape but with random digits for hashes. */
  byte[] line(long seq) {
    Event event = next();
    return """
    {"action":"%s","actor":"%s","entry_hash":"%s","payload":%s,"payload_hash":"%s",\
    "payload_salt":"%s","prev_hash":"%s","seq":%d,"session":"%s","source":"mcp_proxy",\
    "status":"%s","target":"%s","timestamp":"2026-03-01T14:23:07.%09dZ","tool":"%s"}
    """
        .formatted(
            event.action(),
            event.actor(),
            hex(64),
            event.payload(),
            hex(64),
            hex(32),
            hex(64),
            seq,
            event.session(),
            event.status().text(),
            event.target(),
            seq % 1_000_000_000,
            event.tool())
        .getBytes(UTF_8);
  }

  private Event event(String action, String tool, String target, Status status, String payload) {
    return new Event("agent:" + agent, action, tool, target, status, session, payload);
  }

  private String http(String host, String path) {
    String head =
        "{\"duration_ms\":%d,\"headers\":{\"accept\":\"application/json\",\"user-agent\":\"agent/1.4\"},"
            .formatted(random.nextInt(4_000));
    String tail =
        "\",\"status\":%d,\"url\":\"https://%s%s?page=%d\"}"
            .formatted(random.nextInt(20) == 0 ? 503 : 200, host, path, random.nextInt(50));
    String middle = "\"method\":\"GET\",\"response_head\":\"";
    return head + middle + filler(head.length() + middle.length() + tail.length()) + tail;
  }

  private String file(String path) {
    String head =
        "{\"bytes\":%d,\"duration_ms\":%d,\"encoding\":\"utf-8\",\"head\":\""
            .formatted(random.nextInt(400_000), random.nextInt(40));
    String tail = "\",\"path\":\"/srv/work%s.md\",\"truncated\":false}".formatted(path);
    return head + filler(head.length() + tail.length()) + tail;
  }

  private String command() {
    String head =
        "{\"argv\":[\"git\",\"log\",\"--oneline\",\"-n\",\"%d\"],\"cwd\":\"/srv/work\",\"exit\":0,\"stdout\":\""
            .formatted(1 + random.nextInt(90));
    String tail = "\",\"took_s\":%s}".formatted((1 + random.nextInt(999)) / 1000.0);
    return head + filler(head.length() + tail.length()) + tail;
  }

  private String message() {
    String head = "{\"attachments\":[],\"body\":\"";
    String tail = "\",\"confidence\":0.%d,\"mentions\":null}".formatted(1 + random.nextInt(9));
    return head + filler(head.length() + tail.length()) + tail;
  }

  /** Words that bring a payload to its size. */
  private String filler(int used) {
    StringBuilder text = new StringBuilder();
    while (used + text.length() < PAYLOAD_BYTES) {
      text.append(pick(WORDS)).append(' ');
    }
    return text.toString().stripTrailing();
  }

  private String pick(String[] from) {
    return from[random.nextInt(from.length)];
  }

  private String hex(int digits) {
    char[] text = new char[digits];
    for (int i = 0; i < digits; i++) {
      text[i] = HEX[random.nextInt(16)];
    }
    return new String(text);
  }
}
