package io.osmoda.bench;

import io.osmoda.format.log.Checkpoint;
import io.osmoda.format.log.Hash;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Signing a checkpoint with both of the log's keys. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CheckpointSignBenchmark {
  private static final String ORIGIN = "bench.example/ledger";

  private final Checkpoint checkpoint = new Checkpoint(ORIGIN, 10_000_000, Hash.ZERO);
  private Path folder = Path.of("");
  private Object signer = "";

  @Setup(Level.Trial)
  public void makeKeys() throws Throwable {
    folder = Files.createTempDirectory("osmoda-bench");
    signer = Internals.newSigner(folder.resolve("keys"), ORIGIN);
  }

  @TearDown(Level.Trial)
  public void removeKeys() throws Throwable {
    Folders.remove(folder);
  }

  @Benchmark
  public Object sign() throws Throwable {
    return Internals.sign(signer, checkpoint);
  }
}
