package io.osmoda.agents;

import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Takes the signals that ask a process to end, so that they can be passed on. The JDK has them only
 * in {@code sun.misc.Signal} (module jdk.unsupported), which is reached by reflection because the
 * compiler warns of every direct use.
 */
final class Signals implements AutoCloseable {
  private record Taken(Object signal, Object before) {}

  private final List<Taken> taken = new ArrayList<>();
  private final @Nullable Method handle;

  private Signals(@Nullable Method handle) {
    this.handle = handle;
  }

  /**
   * Has each signal given to the consumer by its name, such as {@code TERM}, until this is closed.
   * A signal that cannot be taken (the JVM runs with -Xrs, or was started ignoring it) keeps its
   * way.
   */
  static Signals take(List<String> names, Consumer<String> consumer) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Signals signals = new Signals(signal.getMethod("handle", signal, handler));
      for (String name : names) {
        InvocationHandler told =
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "handle" -> {
                    consumer.accept(name);
                    yield null;
                  }
                  case "equals" ->
                      System.identityHashCode(proxy) == System.identityHashCode(arguments[0]);
                  case "hashCode" -> System.identityHashCode(proxy);
                  default -> "handler of SIG" + name;
                };
        Object proxy =
            Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {handler}, told);
        signals.set(signal.getConstructor(String.class).newInstance(name), proxy);
      }
      return signals;
    } catch (ReflectiveOperationException e) {
      return new Signals(null); // no such class in this runtime: the JVM ends as it does
    }
  }

  /**
   * Whether this process stands in a terminal's foreground group: then the terminal has sent INT or
   * HUP to the server as well, and passing it on would send it twice.
   */
  static boolean reachWholeGroup() {
    try {
      String stat = Files.readString(Path.of("/proc/self/stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return !fields[4].equals("0") && fields[2].equals(fields[5]);
    } catch (IOException | IndexOutOfBoundsException e) {
      return false; // not Linux: pass it on, twice rather than never
    }
  }

  private void set(Object signal, Object handler) throws ReflectiveOperationException {
    if (handle == null) {
      return;
    }
    try {
      taken.add(new Taken(signal, handle.invoke(null, signal, handler)));
    } catch (java.lang.reflect.InvocationTargetException e) {
      if (!(e.getCause() instanceof IllegalArgumentException)) {
        throw e;
      }
    }
  }

  /** Puts back what was there before. */
  @Override
  public void close() {
    if (handle == null) {
      return;
    }
    for (Taken one : taken) {
      try {
        handle.invoke(null, one.signal(), one.before());
      } catch (ReflectiveOperationException e) {
        return; // the process is about to end: then nobody needs the handler
      }
    }
  }
}
