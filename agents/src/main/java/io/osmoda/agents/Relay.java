package io.osmoda.agents;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.osmoda.format.entry.Receipt;
import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonNumber;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Passes frames one way, in order and unchanged, each as soon as the entries that it waits for are
 * on stable storage. While it waits it reads on and hands over the entries of the frames behind, so
 * that many calls share one sync. Runs on a thread of its own.
 */
final class Relay implements Runnable {
  /** JSON-RPC's "internal error": the code for what went wrong between client and server. */
  static final int REFUSED = -32603;

  private static final int MAX_HELD = 4_096;
  private static final long MAX_HELD_BYTES = 32L * 1024 * 1024;

  private final Direction direction;
  private final FrameReader in;
  private final FrameSink onward;
  private final FrameSink back;
  private final Conversation conversation;
  private final Recording recording;
  private final FailureMode onFailure;
  private final StartGate gate;
  private final Duration patience;
  private final LongSupplier nanos;
  private final Runnable atEnd;

  private final Deque<Passage> held = new ArrayDeque<>();
  private long heldBytes;
  private boolean droppingLine;
  private boolean stalled;

  /**
   * @param onward where frames go
   * @param back where a refused request's error goes
   * @param gate whether the run's start is on record
   * @param patience how long a frame waits for its entries
   * @param atEnd run when this side has no more to say
   */
  Relay(
      Direction direction,
      FrameReader in,
      FrameSink onward,
      FrameSink back,
      Conversation conversation,
      Recording recording,
      FailureMode onFailure,
      StartGate gate,
      Duration patience,
      LongSupplier nanos,
      Runnable atEnd) {
    this.direction = direction;
    this.in = in;
    this.onward = onward;
    this.back = back;
    this.conversation = conversation;
    this.recording = recording;
    this.onFailure = onFailure;
    this.gate = gate;
    this.patience = patience;
    this.nanos = nanos;
    this.atEnd = atEnd;
  }

  @Override
  public void run() {
    try {
      Frame frame = in.next();
      while (frame != null) {
        take(frame);
        frame = in.poll();
        if (frame == null) {
          releaseAll();
          frame = in.next();
        }
      }
    } catch (IOException e) {
      // The stream broke instead of ending: there is nothing more to pass on either way.
    } finally {
      releaseAll();
      atEnd.run();
    }
  }

  private void take(Frame frame) {
    Passage passage = read(frame);
    held.add(passage);
    heldBytes += frame.length();
    while (!held.isEmpty() && held.getFirst().isOpen()) {
      release();
    }
    while (held.size() > MAX_HELD || (heldBytes > MAX_HELD_BYTES && !held.isEmpty())) {
      release();
    }
  }

  private Passage read(Frame frame) {
    try {
      return conversation.reading(direction, frame);
    } catch (RuntimeException e) {
      // A fault of our own must neither end the traffic nor let a call pass as if it were on
      // record.
      Passage passage = new Passage(direction, frame, nanos.getAsLong());
      if (direction == Direction.TO_SERVER) {
        passage.gates().add(CompletableFuture.failedFuture(e));
      } else {
        recording.lose(e);
      }
      return passage;
    }
  }

  private void releaseAll() {
    while (!held.isEmpty()) {
      release();
    }
  }

  private void release() {
    Passage passage = held.removeFirst();
    Frame frame = passage.frame();
    heldBytes -= frame.length();
    if (frame.part() == Frame.Part.MORE && droppingLine) {
      return;
    }
    Throwable failure = failureOf(passage);
    if (failure != null && onFailure == FailureMode.DENY) {
      droppingLine = frame.part() == Frame.Part.FIRST;
      refuse(passage, Recording.describe(failure));
      recording.countRefused(Math.max(1, passage.steps().size()), failure);
      return;
    }
    if (failure != null) {
      recording.countPassed(Math.max(1, passage.steps().size()), failure);
    }
    droppingLine = false;
    onward.write(frame.bytes(), frame.length());
    try {
      conversation.passed(passage);
    } catch (RuntimeException e) {
      recording.lose(e); // as above: told as a gap, with the reason
    }
  }

  private @Nullable Throwable failureOf(Passage passage) {
    if (passage.gates().isEmpty()) {
      return null;
    }
    Throwable failure = null;
    long since = gate.await(passage.read());
    for (CompletableFuture<Receipt> receipt : passage.gates()) {
      long waited = nanos.getAsLong() - since;
      boolean hurry = stalled && onFailure == FailureMode.ALLOW;
      Duration left = hurry ? Duration.ZERO : patience.minusNanos(waited);
      Throwable failed = recording.failureOf(receipt, left);
      stalled = failed instanceof java.util.concurrent.TimeoutException;
      failure = failure == null ? failed : failure;
    }
    return failure;
  }

  /** Tells the sender of each request that it was not passed on; who waits for an answer, too. */
  private void refuse(Passage passage, String why) {
    conversation.refused(passage, why);
    if (passage.steps().isEmpty() && direction == Direction.TO_SERVER) {
      if (passage.frame().part() != Frame.Part.MORE) {
        answer(back, null, why);
      }
      return;
    }
    for (Passage.Step step : passage.steps()) {
      switch (step.message().kind()) {
        case REQUEST -> answer(back, step.message().rawId(), why);
        case RESULT, ERROR -> answer(onward, step.message().rawId(), why);
        case NOTIFICATION, NONE -> {}
      }
    }
  }

  private static void answer(FrameSink sink, @Nullable JsonSlice id, String why) {
    JsonObject error =
        JsonObject.builder()
            .put("code", JsonNumber.of(REFUSED))
            .put(
                "message",
                "Refused by osmoda mcp wrap: the audit ledger could not record this message, so it"
                    + " was not forwarded ("
                    + why
                    + "). See `osmoda status`; --on-failure allow lets messages pass unrecorded.")
            .put(
                "data",
                JsonObject.builder()
                    .put("by", new JsonString("osmoda"))
                    .put("on_failure", FailureMode.DENY.text())
                    .put("passed_on", false)
                    .put("why", why)
                    .build())
            .build();
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    line.writeBytes("{\"jsonrpc\":\"2.0\",\"id\":".getBytes(UTF_8));
    if (id == null) {
      line.writeBytes("null".getBytes(UTF_8));
    } else {
      line.write(id.bytes(), id.start(), id.length());
    }
    line.writeBytes(",\"error\":".getBytes(UTF_8));
    try {
      line.writeBytes(CanonicalJson.write(error));
    } catch (JsonException e) {
      throw new IllegalStateException("an error we built must be writable", e);
    }
    line.writeBytes("}\n".getBytes(UTF_8));
    sink.write(line.toByteArray(), line.size());
  }
}
