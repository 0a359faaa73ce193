package io.osmoda.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * The micro benchmarks reach into the ledger by handles, so only running them shows that they hold.
 */
final class MicroBenchmarksTest {
  @Test
  void canonicalJson() throws Exception {
    CanonicalJsonBenchmark benchmark = new CanonicalJsonBenchmark();
    assertThat(benchmark.canonical()).startsWith('{');
    assertThat(benchmark.unordered()).startsWith('{');
  }

  @Test
  void sealing() throws Throwable {
    EntrySealBenchmark benchmark = new EntrySealBenchmark();
    assertThat(benchmark.prepare()).isNotNull();
    assertThat(benchmark.seal()).isBetween(600, 1_000);
  }

  @Test
  void scanning() throws Throwable {
    LineScanBenchmark benchmark = new LineScanBenchmark();
    assertThat(benchmark.scan()).as("a made-up line has the form of an entry").isTrue();
    assertThat(benchmark.scanAndHash()).as("its hashes are random digits").isFalse();
    assertThat(benchmark.bareSha256()).hasSize(32);
  }

  @Test
  void growingTheTree() throws Throwable {
    TreeBenchmark benchmark = new TreeBenchmark();
    benchmark.append();
  }

  @Test
  void signing() throws Throwable {
    CheckpointSignBenchmark benchmark = new CheckpointSignBenchmark();
    benchmark.makeKeys();
    try {
      assertThat(benchmark.sign()).isNotNull();
    } finally {
      benchmark.removeKeys();
    }
  }
}
