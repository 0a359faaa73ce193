package io.osmoda.bench;

import io.osmoda.format.json.JsonObject;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/** What the figures were taken on: without it they mean nothing. */
record Machine(
    String cpu,
    int cores,
    long memoryBytes,
    String kernel,
    String fileSystem,
    String jdk,
    double load) {

  /** What Linux counts processor time in, for programs. */
  private static final int TICKS_PER_SECOND = 100;

  static Machine of(Path folder) throws IOException {
    FileStore store = Files.getFileStore(folder);
    return new Machine(
        field(Path.of("/proc/cpuinfo"), "model name"),
        Runtime.getRuntime().availableProcessors(),
        kibibytes(Path.of("/proc/meminfo"), "MemTotal") * 1024,
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        store.type() + " on " + store.name(),
        System.getProperty("java.vm.name")
            + " "
            + Runtime.version()
            + ", "
            + ManagementFactory.getGarbageCollectorMXBeans().getFirst().getName()
            + " collector",
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
  }

  String text() {
    return String.format(
        Locale.ROOT,
        "%s, %d cores, %.0f GB memory, load %.2f at the start%n%s, %s%n%s",
        cpu,
        cores,
        memoryBytes / 1e9,
        load,
        kernel,
        fileSystem,
        jdk);
  }

  JsonObject json() {
    return JsonObject.builder()
        .put("cpu", cpu)
        .put("cores", cores)
        .put("memory_bytes", memoryBytes)
        .put("kernel", kernel)
        .put("file_system", fileSystem)
        .put("jdk", jdk)
        .put("load", load)
        .build();
  }

  /** The value of a line {@code name: value} in a file under /proc; "unknown" elsewhere. */
  static String field(Path file, String name) throws IOException {
    if (!Files.exists(file)) {
      return "unknown";
    }
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("unknown");
  }

  /** Time on a processor of the child processes that have ended; zero where it is unknown. */
  static Duration cpuTimeOfEndedChildren() throws IOException {
    Path file = Path.of("/proc/self/stat");
    if (!Files.exists(file)) {
      return Duration.ZERO;
    }
    String stat = Files.readString(file);
    // What follows the command's name, which may hold spaces: fields 3 and on of proc(5).
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    long ticks = Long.parseLong(fields[13]) + Long.parseLong(fields[14]);
    return Duration.ofMillis(ticks * 1_000 / TICKS_PER_SECOND);
  }

  /** A field that counts kB, such as {@code VmHWM}; 0 where it is unknown. */
  static long kibibytes(Path file, String name) throws IOException {
    String digits = field(file, name).replaceAll("[^0-9]", "");
    return digits.isEmpty() ? 0 : Long.parseLong(digits);
  }
}
