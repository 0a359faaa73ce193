package io.osmoda.agents;

import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.entry.TraceContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A request on its way or answered: what its later entries need to know of it. Thread-safe. */
final class Call {
  private final Direction direction;
  private final Exchange exchange;
  private final Message request;
  private final String name;
  private final CaptureMode mode;
  private final @Nullable TraceContext trace;
  private final long started;
  private final AtomicInteger progress = new AtomicInteger();

  private volatile @Nullable CompletableFuture<Receipt> intent;
  private volatile @Nullable String lastTaskStatus;
  private List<Call> rivals = List.of();

  /**
   * @param name the tool, URI, prompt or task that the request names; else the method
   * @param started nanoseconds of a monotonic clock
   */
  Call(
      Direction direction,
      Exchange exchange,
      Message request,
      String name,
      CaptureMode mode,
      @Nullable TraceContext trace,
      long started) {
    this.direction = direction;
    this.exchange = exchange;
    this.request = request;
    this.name = name;
    this.mode = mode;
    this.trace = trace;
    this.started = started;
  }

  Direction direction() {
    return direction;
  }

  Exchange exchange() {
    return exchange;
  }

  Message request() {
    return request;
  }

  String name() {
    return name;
  }

  CaptureMode mode() {
    return mode;
  }

  @Nullable TraceContext trace() {
    return trace;
  }

  long started() {
    return started;
  }

  AtomicInteger progress() {
    return progress;
  }

  @Nullable CompletableFuture<Receipt> intent() {
    return intent;
  }

  void intent(CompletableFuture<Receipt> receipt) {
    this.intent = receipt;
  }

  /** The reference to the sealed intent; null if it is not sealed, or not yet. */
  @Nullable CauseReference cause() {
    return reference(intent);
  }

  /** The reference to the entry of a receipt that is there. */
  static @Nullable CauseReference reference(@Nullable CompletableFuture<Receipt> receipt) {
    return receipt != null && receipt.isDone() && !receipt.isCompletedExceptionally()
        ? CauseReference.local(receipt.join())
        : null;
  }

  /** What is known of the task that the call became; null if it became none. */
  @Nullable String lastTaskStatus() {
    return lastTaskStatus;
  }

  void lastTaskStatus(String status) {
    this.lastTaskStatus = status;
  }

  /** The calls that were in flight under the same id at one time, this one among them; or none. */
  List<Call> rivals() {
    return rivals;
  }

  void rivals(List<Call> calls) {
    this.rivals = new ArrayList<>(calls);
  }
}
