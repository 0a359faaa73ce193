package io.osmoda.agents;

import io.osmoda.format.entry.Receipt;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A frame between its reading and its passing on: what it says and what it waits for. */
final class Passage {
  private final Direction direction;
  private final Frame frame;
  private final List<Step> steps = new ArrayList<>(1);
  private final List<CompletableFuture<Receipt>> gates = new ArrayList<>(1);
  private final long read;

  /** One message of the frame. */
  static final class Step {
    private final Message message;
    private @Nullable Call call;
    private CallTable.@Nullable Answered answered;
    private boolean decided;

    Step(Message message) {
      this.message = message;
    }

    Message message() {
      return message;
    }

    /** The request that this message is; null if it is none. */
    @Nullable Call call() {
      return call;
    }

    void call(Call opened) {
      this.call = opened;
    }

    /** What this message answers; null if it is no answer or answers nothing known. */
    CallTable.@Nullable Answered answered() {
      return answered;
    }

    void answered(CallTable.@Nullable Answered found) {
      this.answered = found;
    }

    /** Whether the entry for this answer is already handed over, because the frame waits for it. */
    boolean decided() {
      return decided;
    }

    void decide() {
      this.decided = true;
    }
  }

  /**
   * @param read nanoseconds of the monotonic clock when the frame was read
   */
  Passage(Direction direction, Frame frame, long read) {
    this.direction = direction;
    this.frame = frame;
    this.read = read;
  }

  Direction direction() {
    return direction;
  }

  Frame frame() {
    return frame;
  }

  List<Step> steps() {
    return steps;
  }

  /** Receipts without which the frame does not pass. */
  List<CompletableFuture<Receipt>> gates() {
    return gates;
  }

  long read() {
    return read;
  }

  /** Whether nothing stands in the way any more. */
  boolean isOpen() {
    for (CompletableFuture<Receipt> gate : gates) {
      if (!gate.isDone()) {
        return false;
      }
    }
    return true;
  }
}
