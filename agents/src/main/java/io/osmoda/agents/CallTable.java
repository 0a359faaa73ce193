package io.osmoda.agents;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The requests of one direction that are in flight, by id. Thread-safe. */
final class CallTable {
  /** Cancelled requests that a late answer may still come for. */
  private static final int MAX_CANCELLED = 1_000;

  private final Map<MessageId, Deque<Call>> open = new HashMap<>();
  private final Map<MessageId, Call> tokens = new HashMap<>();
  private final Map<MessageId, Call> cancelled =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<MessageId, Call> eldest) {
          return size() > MAX_CANCELLED;
        }
      };

  /**
   * What an answer belongs to.
   *
   * @param causes the call, and where the id does not tell which call was meant, all it may be
   * @param late whether the call was cancelled before
   */
  record Answered(Call call, List<Call> causes, boolean late) {
    boolean ambiguous() {
      return causes.size() > 1;
    }
  }

  /** Adds a request; true if its id is already in flight. */
  synchronized boolean register(MessageId id, Call call) {
    Deque<Call> calls = open.computeIfAbsent(id, key -> new ArrayDeque<>());
    calls.add(call);
    MessageId token = MessageId.of(call.request().meta("progressToken"));
    if (token != null) {
      tokens.put(token, call);
    }
    if (calls.size() == 1) {
      return false;
    }
    List<Call> rivals = new ArrayList<>(calls);
    calls.forEach(rival -> rival.rivals(rivals));
    return true;
  }

  /** Takes out the request that an answer with that id belongs to; null if there is none. */
  synchronized @Nullable Answered answer(MessageId id) {
    Call given = cancelled.remove(id);
    Call call = takeFirst(id);
    if (call == null) {
      return given == null ? null : new Answered(given, List.of(given), true);
    }
    if (!call.rivals().isEmpty()) {
      return new Answered(call, call.rivals(), false);
    }
    return given == null
        ? new Answered(call, List.of(call), false)
        : new Answered(call, List.of(given, call), false);
  }

  /** Takes out the request that was given up; its answer may still come. */
  synchronized @Nullable Call cancel(MessageId id) {
    Call call = takeFirst(id);
    if (call != null) {
      cancelled.put(id, call);
    }
    return call;
  }

  /** Takes out a request that was never passed on. */
  synchronized void withdraw(MessageId id, Call call) {
    Deque<Call> calls = open.get(id);
    if (calls != null && calls.remove(call)) {
      forget(call);
      if (calls.isEmpty()) {
        open.remove(id);
      }
    }
  }

  synchronized @Nullable Call byProgressToken(MessageId token) {
    return tokens.get(token);
  }

  /** Takes out all requests that are without an answer. */
  synchronized List<Call> drain() {
    List<Call> calls = new ArrayList<>();
    open.values().forEach(calls::addAll);
    open.clear();
    tokens.clear();
    return calls;
  }

  private @Nullable Call takeFirst(MessageId id) {
    Deque<Call> calls = open.get(id);
    if (calls == null) {
      return null;
    }
    Call call = calls.removeFirst();
    forget(call);
    if (calls.isEmpty()) {
      open.remove(id);
    }
    return call;
  }

  private void forget(Call call) {
    if (!tokens.isEmpty()) {
      MessageId token = MessageId.of(call.request().meta("progressToken"));
      if (token != null) {
        tokens.remove(token, call);
      }
    }
  }
}
