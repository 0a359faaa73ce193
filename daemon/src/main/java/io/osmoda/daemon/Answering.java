package io.osmoda.daemon;

import io.osmoda.format.entry.NoSuchEntryException;
import io.osmoda.format.entry.RequestRefusedException;
import io.osmoda.query.Deadline;
import io.osmoda.query.SearchTimeoutException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Lets callers of the API ask the {@link ReadDesk}: so many search at once and so long, and a
 * refusal becomes a problem. Thread-safe.
 */
final class Answering {
  private static final int PLACE_WAIT_SECONDS = 5;

  /** How long a caller may take to receive what a search found. */
  private static final Duration DELIVERY = Duration.ofMinutes(10);

  private final Metrics metrics;
  private final LongSupplier nanoTime;
  private final Semaphore places;

  Answering(Limits limits, Metrics metrics, LongSupplier nanoTime) {
    this.metrics = metrics;
    this.nanoTime = nanoTime;
    this.places = new Semaphore(limits.queries());
  }

  /** What is asked of the desk. */
  interface Question<T> {
    T ask(Asker asker) throws IOException;
  }

  /** Asks for the caller of an exchange. */
  <T> T ask(Exchange exchange, Question<T> question) throws IOException, Problem {
    try {
      return question.ask(new ApiCaller(exchange));
    } catch (SearchTimeoutException e) {
      throw Problem.timeout(String.valueOf(e.getMessage()));
    } catch (Asker.NoPlaceException e) {
      metrics.limited("queries");
      throw Problem.busy(503, String.valueOf(e.getMessage()), PLACE_WAIT_SECONDS);
    } catch (NoSuchEntryException e) {
      throw Problem.notFound(String.valueOf(e.getMessage()));
    } catch (RequestRefusedException e) {
      throw Problem.badRequest(String.valueOf(e.getMessage()));
    }
  }

  private final class ApiCaller implements Asker {
    private final Exchange exchange;

    ApiCaller(Exchange exchange) {
      this.exchange = exchange;
    }

    @Override
    public String name() {
      return exchange.caller().name();
    }

    @Override
    public String via() {
      return exchange.caller().via();
    }

    @Override
    public Place place() throws IOException {
      try {
        if (places.tryAcquire(PLACE_WAIT_SECONDS, TimeUnit.SECONDS)) {
          return places::release;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      throw new NoPlaceException();
    }

    @Override
    public void recorded() {
      metrics.query();
    }

    @Override
    public Deadline deadline() {
      Duration time = exchange.limits().queryTime();
      exchange.extend(time.plus(DELIVERY));
      return Deadline.in(time, nanoTime, exchange.client(nanoTime)::isGone);
    }
  }
}
