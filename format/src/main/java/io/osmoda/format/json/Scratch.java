package io.osmoda.format.json;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;

/**
 * Something costly to make that is used for the length of one call: a parser, a digest. A platform
 * thread has one of its own; virtual threads, which often live for one call only, share some.
 * Whoever takes one gives it back, unless it was left in the middle of something. Thread-safe.
 */
public final class Scratch<T> {
  /** Kept for virtual threads; more are made where more are in use at once. A power of two. */
  private static final int SHARED = 16;

  private final Supplier<T> maker;
  private final ThreadLocal<T> own;
  private final AtomicReferenceArray<T> shared = new AtomicReferenceArray<>(SHARED);

  public Scratch(Supplier<T> maker) {
    this.maker = maker;
    this.own = ThreadLocal.withInitial(maker);
  }

  /** One that no other call uses until it is given back. */
  public T take() {
    Thread thread = Thread.currentThread();
    if (!thread.isVirtual()) {
      return own.get();
    }
    T kept = shared.getAndSet(slot(thread), null);
    return kept != null ? kept : maker.get();
  }

  /** Gives back what this thread took, as good as new. */
  public void giveBack(T taken) {
    Thread thread = Thread.currentThread();
    if (thread.isVirtual()) {
      shared.set(slot(thread), taken);
    }
  }

  private static int slot(Thread thread) {
    return (int) thread.threadId() & (SHARED - 1);
  }
}
