package io.osmoda.bench;

import io.osmoda.format.entry.EntryDraft;
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

/** Making a line: the part on the caller's thread, and the part that only the sealer can do. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class EntrySealBenchmark {
  private static final int ROOM = 1 << 16;

  private final EntryDraft[] drafts = new EntryDraft[MicroInputs.COUNT];
  private final Object[] prepared = new Object[MicroInputs.COUNT];
  private final byte[] salt = new byte[16];
  private final byte[] timestamp = new byte[30];
  private final byte[] target = new byte[ROOM];
  private final byte[] hash = new byte[32];
  private final MessageDigest sha256 = Digests.sha256();
  private int next;

  public EntrySealBenchmark() {
    EntryGenerator generator = MicroInputs.generator();
    try {
      for (int i = 0; i < MicroInputs.COUNT; i++) {
        drafts[i] = generator.next().draft();
        prepared[i] = Internals.newPreparedEntry(drafts[i], salt);
      }
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Encoding with the payload's hash, on the caller's thread. */
  @Benchmark
  public Object prepare() throws Throwable {
    return Internals.newPreparedEntry(drafts[next++ & MicroInputs.MASK], salt);
  }

  /** Place, time, link and entry hash, on the sealer's. */
  @Benchmark
  public int seal() throws Throwable {
    int seq = next++;
    return Internals.seal(
        prepared[seq & MicroInputs.MASK], seq, hash, timestamp, target, sha256, hash);
  }
}
