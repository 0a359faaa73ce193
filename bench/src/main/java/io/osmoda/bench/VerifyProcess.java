package io.osmoda.bench;

import java.nio.file.Path;

/** Verifies a ledger in a process of its own and prints the highest memory it had, in MB. */
public final class VerifyProcess {
  private VerifyProcess() {}

  /** Arguments: the ledger's folder, the entries it has at least. */
  public static void main(String[] arguments) throws Exception {
    VerifyRun.check(
        Ledgers.verify(Path.of(arguments[0]), Runtime.getRuntime().availableProcessors()),
        Long.parseLong(arguments[1]));
    System.out.println(Machine.kibibytes(Path.of("/proc/self/status"), "VmHWM") * 1024 / 1e6);
  }
}
