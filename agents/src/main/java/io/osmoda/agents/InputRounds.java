package io.osmoda.agents;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.entry.Status;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Questions that results have asked ({@code resultType: input_required}, revision 2026-07-28) and
 * that the same request, sent again, will answer. A round is found again by the hash of the opaque
 * requestState, or of the arguments if there is none; the state is never read. Thread-safe.
 */
final class InputRounds {
  private static final int MAX_ROUNDS = 10_000;

  private final Map<String, Round> open =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Round> eldest) {
          return size() > MAX_ROUNDS;
        }
      };

  /** A question on record. */
  record Question(Exchange kind, String key, CompletableFuture<Receipt> receipt) {
    @Nullable CauseReference cause() {
      return Call.reference(receipt);
    }
  }

  /** The answer to a question, as the retry brings it. */
  record Answer(String key, Status status) {}

  /** The call that was answered with questions. */
  record Round(Call call, List<Question> questions) {
    @Nullable Question question(String key) {
      for (Question question : questions) {
        if (question.key().equals(key)) {
          return question;
        }
      }
      return null;
    }
  }

  synchronized void open(Call call, @Nullable JsonSlice state, List<Question> questions) {
    open.put(keyOf(call.request(), state), new Round(call, questions));
  }

  /** Takes out the round that a request continues; null if it continues none that is known. */
  synchronized @Nullable Round close(Message request) {
    JsonSlice params = request.params();
    if (params == null) {
      return null;
    }
    return open.remove(keyOf(request, params.get("requestState")));
  }

  /** Takes out all rounds that were never continued. */
  synchronized List<Round> drain() {
    List<Round> rounds = new ArrayList<>(open.values());
    open.clear();
    return rounds;
  }

  /** SHA-256 of the state's text. */
  static String stateHash(JsonSlice state) {
    String text = state.text();
    byte[] bytes = (text == null ? state.raw() : text).getBytes(UTF_8);
    return PayloadText.sha256(bytes, 0, bytes.length);
  }

  private static String keyOf(Message request, @Nullable JsonSlice state) {
    JsonSlice params = request.params();
    String subject = request.param("name");
    if (subject == null) {
      subject = request.param("uri");
    }
    JsonSlice arguments = params == null ? null : params.get("arguments");
    String joined =
        state != null
            ? "state " + stateHash(state)
            : "arguments " + (arguments == null ? "" : ToolPins.hash(arguments));
    return request.method() + '\n' + subject + '\n' + joined;
  }

  /** How an answer reads: what a person accepted, declined or left. */
  static Status statusOf(Exchange kind, JsonSlice answer) {
    if (kind != Exchange.ELICITATION) {
      return Status.OK;
    }
    String action = answer.text("action");
    return switch (action == null ? "" : action) {
      case "accept" -> Status.OK;
      case "decline" -> Status.DENIED;
      case "cancel" -> Status.CANCELLED;
      default -> Status.UNKNOWN;
    };
  }
}
