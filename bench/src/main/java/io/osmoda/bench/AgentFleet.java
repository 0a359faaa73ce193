package io.osmoda.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.entry.Status;
import io.osmoda.format.entry.TraceContext;
import io.osmoda.format.json.JsonException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A fleet of agents at work, many sessions at once: calls of tools and what came of them, as {@code
 * mcp wrap} records them, each result naming its call; in between what else happens on a machine.
 * No entry comes twice. The same seed and number give the same entries, but for the causes' places.
 * Not thread-safe.
 *
 * <p>Each draft is to be appended before the next is asked for, and its receipt handed to {@link
 * #appended}: a result's draft waits for that of its call, which lies some hundreds back.
 */
final class AgentFleet {
  static final int AGENTS = 300;
  static final int TARGETS = 1_000_000;
  private static final int LEAST_CALLS = 5;
  private static final int MOST_CALLS = 200;
  private static final int ERROR_PERCENT = 5;
  private static final int OTHER_PERCENT = 6;
  private static final int PAYLOAD_BYTES = 300;
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  /** Most frequent first. */
  static final String[] TOOLS = {
    "read_file",
    "http_get",
    "search_code",
    "run_command",
    "query_database",
    "write_file",
    "list_directory",
    "send_message",
    "http_post",
    "browser_open",
    "fetch_ticket",
    "update_ticket",
    "git_commit",
    "git_diff",
    "summarize",
    "translate",
    "create_event",
    "read_mail",
    "send_mail",
    "deploy_service",
    "restart_service",
    "read_logs",
    "query_metrics",
    "create_invoice",
    "refund_order",
    "lookup_customer",
    "rotate_secret",
    "scan_image",
    "open_tunnel",
    "delete_records"
  };

  static final Vocabulary WORDS = new Vocabulary(4_000, 7);

  /** A session, and what it waits for. */
  private static final class Run {
    String agent = "";
    String id = "";
    @Nullable String trace;
    String rootSpan = "";
    int callsLeft;
    long calls;

    /** Of the call that is under way; null where none is. */
    @Nullable CompletableFuture<Receipt> pending;

    String tool = "";
    String target = "";
    @Nullable TraceContext span;
    int requestBytes;
  }

  private final RandomGenerator random;
  private final Deque<Run> runs = new ArrayDeque<>();
  private @Nullable Run begun;

  /**
   * @param sessions how many are under way at any time
   */
  AgentFleet(long seed, int sessions) {
    this.random = new Random(seed);
    for (int i = 0; i < sessions; i++) {
      Run run = new Run();
      begin(run);
      runs.add(run);
    }
  }

  static String agent(int rank) {
    return "agent:" + WORDS.word(100 + rank) + "-" + (rank % 9 + 1);
  }

  /** What entries act on: of a rank always the same. */
  static String target(int rank) {
    String one = WORDS.word(rank % 997);
    String two = WORDS.word((rank * 31 & 0x7fffffff) % WORDS.size());
    return switch (rank % 4) {
      case 0 -> "/srv/work/" + one + "/" + two + "-" + rank + ".md";
      case 1 -> "https://" + one + ".example.com/v1/" + two + "/" + rank;
      case 2 -> "/var/lib/" + one + "/" + two + rank + ".db";
      default -> one + "-" + two + "-" + rank;
    };
  }

  private void begin(Run run) {
    run.agent = agent(Vocabulary.rank(random, AGENTS));
    run.id = "run-" + hex(16);
    run.trace = random.nextBoolean() ? hex(32) : null;
    run.rootSpan = hex(16);
    run.callsLeft = LEAST_CALLS + random.nextInt(MOST_CALLS - LEAST_CALLS + 1);
    run.calls = 0;
  }

  /** The next draft; waits where it names a cause that is not sealed yet. */
  EntryDraft next() throws InterruptedException, ExecutionException {
    if (random.nextInt(3) == 0) {
      runs.add(runs.remove()); // sessions are not in step
    }
    Run run = runs.remove();
    runs.add(run);
    if (run.pending != null) {
      return result(run, run.pending.get());
    }
    if (run.callsLeft == 0) {
      begin(run);
    }
    return random.nextInt(100) < OTHER_PERCENT ? other(run) : call(run);
  }

  /** Takes the receipt that the last draft gets. */
  void appended(CompletableFuture<Receipt> receipt) {
    if (begun != null) {
      begun.pending = receipt;
      begun = null;
    }
  }

  private EntryDraft call(Run run) {
    run.callsLeft--;
    run.calls++;
    run.tool = TOOLS[Vocabulary.rank(random, TOOLS.length)];
    run.target = target(Vocabulary.rank(random, TARGETS));
    run.span = run.trace == null ? null : new TraceContext(run.trace, hex(16), run.rootSpan);
    run.requestBytes = 180 + random.nextInt(2_000);
    begun = run;
    StringBuilder payload = new StringBuilder(400);
    payload.append("{\"arguments\":{");
    String tail =
        "},\"from\":\"client\",\"id\":"
            + run.calls
            + ",\"method\":\"tools/call\",\"protocol_version\":\"2026-03-26\",\"request_bytes\":"
            + run.requestBytes
            + "}";
    if (random.nextBoolean()) {
      payload.append("\"limit\":").append(10 * (1 + random.nextInt(50)));
      payload.append(",\"options\":{\"dry_run\":").append(random.nextInt(10) == 0);
      payload.append(",\"retries\":").append(random.nextInt(4));
      payload.append(",\"tags\":[\"").append(WORDS.word(random));
      payload.append("\",\"").append(WORDS.word(random)).append("\"]},\"path\":");
    } else {
      payload.append("\"budget\":").append(random.nextInt(10_000) / 100.0);
      payload.append(",\"filter\":{\"owner\":\"").append(WORDS.word(random));
      payload.append("\",\"since_days\":").append(random.nextInt(90)).append("},\"path\":");
    }
    payload.append('"').append(run.target).append("\",\"prompt\":\"");
    words(payload, tail.length() + 1);
    payload.append('"').append(tail);
    return draft("mcp_proxy", run, "tool_call", Status.PENDING, payload).build();
  }

  private EntryDraft result(Run run, Receipt call) {
    run.pending = null;
    int chance = random.nextInt(200);
    Status status =
        chance < 2 * ERROR_PERCENT
            ? Status.ERROR
            : chance < 2 * ERROR_PERCENT + 1
                ? Status.DENIED
                : chance < 2 * ERROR_PERCENT + 2 ? Status.TIMEOUT : Status.OK;
    // Most calls take milliseconds, some take minutes.
    long nanos = (long) (50_000 * Math.exp(Math.abs(random.nextGaussian()) * 4));
    StringBuilder payload = new StringBuilder(400);
    payload.append("{\"duration_ns\":").append(nanos);
    boolean isError = status != Status.OK;
    if (isError) {
      payload.append(",\"error\":{\"code\":-").append(32_000 + random.nextInt(700));
      payload.append(",\"message\":\"");
    }
    String tail =
        ",\"from\":\"client\",\"id\":"
            + run.calls
            + ",\"request_bytes\":"
            + run.requestBytes
            + ",\"response_bytes\":"
            + (60 + random.nextInt(60_000));
    if (isError) {
      words(payload, tail.length() + 3);
      payload.append("\"}").append(tail).append('}');
    } else {
      payload.append(tail).append(",\"result\":{\"content\":[{\"text\":\"");
      String end =
          "\",\"type\":\"text\"}],\"structuredContent\":{\"rows\":"
              + random.nextInt(500)
              + ",\"score\":"
              + (1 + random.nextInt(998)) / 1_000.0
              + "}}}";
      words(payload, end.length());
      payload.append(end);
    }
    return draft("mcp_proxy", run, "tool_result", status, payload)
        .causedBy(CauseReference.local(call))
        .build();
  }

  /** Something else than a call. */
  private EntryDraft other(Run run) {
    run.span = null;
    run.tool = "";
    run.target = target(Vocabulary.rank(random, TARGETS));
    Status status = random.nextInt(100) < ERROR_PERCENT ? Status.ERROR : Status.OK;
    StringBuilder payload = new StringBuilder(400);
    int kind = random.nextInt(10);
    String action;
    String source = "kernel";
    String end;
    if (kind < 4) {
      action = "file_write";
      source = "fanotify";
      payload.append("{\"bytes\":").append(random.nextInt(4_000_000));
      payload.append(",\"mode\":\"0").append(600 + random.nextInt(2) * 44).append("\",\"note\":\"");
      end = "\",\"pid\":" + (1_000 + random.nextInt(60_000)) + "}";
    } else if (kind < 7) {
      action = "network_connect";
      run.target = "10." + random.nextInt(4) + "." + random.nextInt(256) + ".7:443";
      payload.append("{\"address\":\"").append(run.target).append("\",\"note\":\"");
      end = "\",\"port\":443,\"protocol\":\"tcp\"}";
    } else if (kind < 8) {
      action = "secret_access";
      source = "supervisor";
      payload.append("{\"name\":\"").append(WORDS.word(random)).append("\",\"note\":\"");
      end = "\",\"version\":" + (1 + random.nextInt(40)) + "}";
    } else if (kind < 9) {
      action = "login";
      source = "ssh";
      payload.append("{\"method\":\"publickey\",\"note\":\"");
      end = "\",\"port\":" + (1_024 + random.nextInt(60_000)) + "}";
    } else {
      action = "config_change";
      source = "drift";
      payload.append("{\"after\":\"").append(hex(16)).append("\",\"before\":\"").append(hex(16));
      payload.append("\",\"note\":\"");
      end = "\"}";
    }
    words(payload, end.length());
    payload.append(end);
    EntryDraft.Builder draft = draft(source, run, action, status, payload);
    if (kind == 9) {
      draft.reason("change " + WORDS.word(random) + " " + WORDS.word(random));
    }
    return draft.build();
  }

  private static EntryDraft.Builder draft(
      String source, Run run, String action, Status status, CharSequence payload) {
    try {
      EntryDraft.Builder draft =
          EntryDraft.builder(source, run.agent, action)
              .target(run.target)
              .status(status)
              .session(run.id)
              .trace(run.span)
              .payloadJson(payload.toString().getBytes(UTF_8));
      return run.tool.isEmpty() ? draft : draft.tool(run.tool);
    } catch (JsonException e) {
      throw new IllegalStateException("the generator made no JSON: " + payload, e);
    }
  }

  /** Words that bring a payload to its size. */
  private void words(StringBuilder payload, int after) {
    while (payload.length() + after < PAYLOAD_BYTES) {
      payload.append(WORDS.word(random)).append(' ');
    }
    payload.append(WORDS.word(random));
  }

  private String hex(int digits) {
    char[] text = new char[digits];
    for (int i = 0; i < digits; i += 16) {
      long bits = random.nextLong() | 1; // a span of zeros only is none
      for (int j = 0; j < 16; j++) {
        text[i + j] = HEX[(int) (bits >>> (4 * j)) & 15];
      }
    }
    return new String(text);
  }
}
