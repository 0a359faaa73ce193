package io.osmoda.bench;

import io.osmoda.format.log.Digests;
import io.osmoda.verify.Verdict;
import io.osmoda.verify.Verification;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Checking a whole ledger: speed from memory, beside bare SHA-256, and the memory it takes. */
final class VerifyRun implements Run {
  private static final double TARGET_PER_SECOND = 1_000_000;
  private static final long COMPARED_ENTRIES = 1_000_000;
  private static final int READ_BYTES = 1 << 20;
  private static final String SMALL_HEAP = "-Xmx48m";

  @Override
  public String name() {
    return "verify";
  }

  @Override
  public String about() {
    return "verifying a ledger with everything checked, its pages in memory";
  }

  @Override
  public ResultTable run(Session session) throws Exception {
    long entries = session.options().entries();
    // A ledger of its own, so that each round is short and rounds can take turns.
    long compared = Math.min(COMPARED_ENTRIES, entries);
    GrownLedger small =
        new GrownLedger(session.folders().next("compared"), Load.full(session.drafts()));
    small.growTo(compared);
    int cores = Runtime.getRuntime().availableProcessors();
    List<Figure> figures = new ArrayList<>(compare(session, small, cores));
    figures.add(memory("process, " + SMALL_HEAP + ", %,d entries".formatted(compared), small));
    small.remove();
    GrownLedger large = session.grownLedger();
    large.growTo(entries);
    figures.add(memory("process, " + SMALL_HEAP + ", %,d entries".formatted(entries), large));
    return new ResultTable(
        name(),
        about(),
        "share of what bare SHA-256 does over the same bytes with as many threads",
        figures,
        List.of(
            "%,d entries; every line's form, hashes, link, time, payload and tree, all notes, under"
                    .formatted(compared)
                + " the trust file; the first pass is not counted",
            "bare SHA-256 reads the segments in pieces of 1 MB and hashes each byte once",
            "memory is the highest resident size (VmHWM) of a process of its own; without work a"
                + " JVM has some 40 MB"));
  }

  private static List<Figure> compare(Session session, GrownLedger ledger, int cores)
      throws Exception {
    List<Double> one = new ArrayList<>();
    List<Double> all = new ArrayList<>();
    List<Double> bareOne = new ArrayList<>();
    List<Double> bareAll = new ArrayList<>();
    for (int round = 0; round <= session.options().rounds(); round++) {
      double[] rates = {
        verify(ledger, 1), bare(ledger, 1), verify(ledger, cores), bare(ledger, cores)
      };
      session.tell(
          "  %s: 1 thread %s/s, %d threads %s/s"
              .formatted(
                  round == 0 ? "warm-up" : "round " + round,
                  ResultTable.number(rates[0]),
                  cores,
                  ResultTable.number(rates[2])));
      if (round > 0) {
        one.add(rates[0]);
        bareOne.add(rates[1]);
        all.add(rates[2]);
        bareAll.add(rates[3]);
      }
    }
    Series ofOne = new Series(one);
    Series ofAll = new Series(all);
    return List.of(
        Figure.compared(
                "verify, %d threads".formatted(cores),
                "entries/s",
                ofAll,
                ofAll.over(new Series(bareAll)).median())
            .target(">= 1,000,000", ofAll.median() >= TARGET_PER_SECOND),
        Figure.compared(
            "verify, 1 thread", "entries/s", ofOne, ofOne.over(new Series(bareOne)).median()),
        Figure.plain("bare SHA-256, %d threads".formatted(cores), "entries/s", new Series(bareAll)),
        Figure.plain("bare SHA-256, 1 thread", "entries/s", new Series(bareOne)));
  }

  /** Entries a second with as many threads as cores. */
  static Series perSecond(GrownLedger ledger, int rounds) throws Exception {
    List<Double> rates = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      rates.add(verify(ledger, Runtime.getRuntime().availableProcessors()));
    }
    return new Series(rates);
  }

  private static double verify(GrownLedger ledger, int threads) throws Exception {
    long start = System.nanoTime();
    Verification result = Ledgers.verify(ledger.folder(), threads);
    long nanos = System.nanoTime() - start;
    check(result, ledger.entries());
    return result.entries() * 1e9 / nanos;
  }

  static void check(Verification result, long entries) throws IOException {
    if (result.verdict() != Verdict.INTACT || result.entries() <= entries) {
      throw new IOException("the ledger should be intact and whole: " + result);
    }
  }

  private static double bare(GrownLedger ledger, int threads) throws Exception {
    Queue<Path> segments = new ConcurrentLinkedQueue<>(Ledgers.segments(ledger.folder()));
    long start = System.nanoTime();
    Producers.run(
        threads,
        0,
        (thread, end) -> {
          long count = 0;
          for (Path next = segments.poll(); next != null; next = segments.poll()) {
            hash(next);
            count++;
          }
          return count;
        });
    return ledger.entries() * 1e9 / (System.nanoTime() - start);
  }

  private static void hash(Path file) throws IOException {
    MessageDigest digest = Digests.sha256();
    byte[] piece = new byte[READ_BYTES];
    try (FileChannel channel = FileChannel.open(file)) {
      for (int n = channel.read(ByteBuffer.wrap(piece));
          n > 0;
          n = channel.read(ByteBuffer.wrap(piece))) {
        digest.update(piece, 0, n);
      }
    }
    digest.digest();
  }

  private static Figure memory(String what, GrownLedger ledger) throws Exception {
    List<String> command =
        Launcher.java(
            List.of(SMALL_HEAP),
            VerifyProcess.class,
            ledger.folder().toString(),
            Long.toString(ledger.entries()));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String megabytes = out.readLine();
      if (process.waitFor() != 0 || megabytes == null) {
        throw new IOException("verifying in a process of its own failed");
      }
      return Figure.plain("memory of a " + what, "MB", Series.of(Double.parseDouble(megabytes)));
    }
  }
}
