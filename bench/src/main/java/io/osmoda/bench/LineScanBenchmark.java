package io.osmoda.bench;

import io.osmoda.format.entry.EntryLine;
import io.osmoda.format.log.Digests;
import java.security.MessageDigest;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the verifier does with one line, step by step, and SHA-256 over the same bytes beside it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LineScanBenchmark {
  private final byte[][] lines = new byte[MicroInputs.COUNT][];
  private final byte[] hash = new byte[32];
  private final EntryLine entryLine = new EntryLine();
  private final MessageDigest sha256 = Digests.sha256();
  private int next;

  public LineScanBenchmark() {
    EntryGenerator generator = MicroInputs.generator();
    for (int i = 0; i < MicroInputs.COUNT; i++) {
      lines[i] = generator.line(i);
    }
  }

  /** Form, members and canonical JSON. */
  @Benchmark
  public boolean scan() {
    byte[] line = lines[next++ & MicroInputs.MASK];
    return entryLine.scan(line, 0, line.length - 1);
  }

  /** The same, and both hashes. */
  @Benchmark
  public boolean scanAndHash() {
    byte[] line = lines[next++ & MicroInputs.MASK];
    boolean isEntry = entryLine.scan(line, 0, line.length - 1);
    entryLine.entryHash(sha256, hash, 0);
    // The made-up line states random digits: the comparison fails, after the same work.
    boolean matches = entryLine.payloadHashMatches(sha256);
    return isEntry && matches;
  }

  /** One hash over the whole line. */
  @Benchmark
  public byte[] bareSha256() {
    return sha256.digest(lines[next++ & MicroInputs.MASK]);
  }
}
