package io.osmoda.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonException;
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

/** Canonical form of a payload of 300 bytes. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CanonicalJsonBenchmark {
  private final byte[][] canonical = new byte[MicroInputs.COUNT][];
  private final byte[][] unordered = new byte[MicroInputs.COUNT][];
  private int next;

  public CanonicalJsonBenchmark() {
    EntryGenerator generator = MicroInputs.generator();
    for (int i = 0; i < MicroInputs.COUNT; i++) {
      canonical[i] = generator.next().payload().getBytes(UTF_8);
      unordered[i] = generator.unorderedPayload();
    }
  }

  /** What lies in its form already. */
  @Benchmark
  public byte[] canonical() throws JsonException {
    return CanonicalJson.canonicalize(canonical[next++ & MicroInputs.MASK]);
  }

  /** Members out of order, spaces, escapes and numbers to be rewritten. */
  @Benchmark
  public byte[] unordered() throws JsonException {
    return CanonicalJson.canonicalize(unordered[next++ & MicroInputs.MASK]);
  }
}
