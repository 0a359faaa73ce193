package io.osmoda.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Serial;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SaltsTest {
  private static final int THREADS = 2_000;
  private static final int EACH = 100;

  /** Numbers instead of chance: each 8 bytes drawn are another, so that a repeat shows. */
  private static final class Counted extends SecureRandom {
    @Serial private static final long serialVersionUID = 1L;

    private final AtomicLong next = new AtomicLong(1);
    private final AtomicLong drawn = new AtomicLong();

    @Override
    public void nextBytes(byte[] bytes) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        buffer.putLong(next.getAndIncrement());
      }
      drawn.addAndGet(bytes.length);
    }
  }

  private static String next(Salts salts) {
    byte[] salt = new byte[Salts.LENGTH];
    salts.next(salt, 0);
    return HexFormat.of().formatHex(salt);
  }

  private static void takeOnManyThreads(Salts salts, Set<String> seen) throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> done = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        done.add(
            threads.submit(
                () -> {
                  for (int n = 0; n < EACH; n++) {
                    seen.add(next(salts));
                  }
                }));
      }
      for (Future<?> each : done) {
        each.get();
      }
    }
  }

  @Test
  void noSaltIsHandedOutTwiceToThreadsThatShareBlocks() throws Exception {
    Set<String> seen = ConcurrentHashMap.newKeySet();
    takeOnManyThreads(new Salts(new Counted()), seen);
    assertThat(seen).hasSize(THREADS * EACH);
  }

  @Test
  void everySaltIsWhollyOfDrawnBytes() {
    Counted random = new Counted();
    Salts salts = new Salts(random);
    for (int i = 0; i < 2 * Salts.BLOCK / Salts.LENGTH; i++) {
      ByteBuffer salt = ByteBuffer.wrap(HexFormat.of().parseHex(next(salts)));
      long first = salt.getLong();
      assertThat(first % 2).isEqualTo(1);
      assertThat(salt.getLong()).isEqualTo(first + 1);
    }
    assertThat(random.drawn.get()).isEqualTo(2 * Salts.BLOCK);
  }

  @Test
  void threadsThatLiveForOneSaltShareWhatWasDrawn() throws Exception {
    Counted random = new Counted();
    Salts salts = new Salts(random);
    for (int i = 0; i < THREADS; i++) {
      Thread.ofVirtual().start(() -> next(salts)).join();
    }
    // At most one block begun for each stripe beside those that are used up.
    assertThat(random.drawn.get())
        .isLessThanOrEqualTo((long) THREADS * Salts.LENGTH + 8L * Salts.BLOCK);
  }

  @Test
  void aSaltIsWrittenWhereItWasAskedFor() {
    byte[] target = new byte[3 * Salts.LENGTH];
    new Salts(new Counted()).next(target, Salts.LENGTH);
    assertThat(HexFormat.of().formatHex(target)).matches("0{32}0{15}10{15}20{32}");
  }
}
