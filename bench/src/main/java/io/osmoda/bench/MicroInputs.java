package io.osmoda.bench;

/** What the micro benchmarks take turns with, so that no single input is learnt by heart. */
final class MicroInputs {
  static final int COUNT = 1_024;
  static final int MASK = COUNT - 1;
  private static final long SEED = 20_260_302;

  private MicroInputs() {}

  static EntryGenerator generator() {
    return new EntryGenerator(SEED);
  }
}
