package io.osmoda.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What an auditor runs can neither sign nor write a ledger: {@code osmoda-verify.jar} holds {@code
 * format} and {@code verify}, and these know no way to do so.
 */
final class VerifierPowersTest {
  private static final JavaClasses CLASSES = ModuleClasses.of(List.of("format", "verify"));

  /** Keys that sign, and what makes them. */
  private static final Set<String> SIGNERS =
      Set.of(
          "java.security.KeyPair",
          "java.security.KeyPairGenerator",
          "java.security.KeyStore",
          "java.security.PrivateKey",
          "java.security.SecureRandom");

  /** Types that open a file for writing, or another process or machine. */
  private static final Set<String> WRITERS =
      Set.of(
          "java.io.FileWriter",
          "java.io.RandomAccessFile",
          "java.lang.ProcessBuilder",
          "java.net.Socket",
          "java.net.URL",
          "java.nio.channels.AsynchronousFileChannel",
          "java.nio.channels.SocketChannel");

  /** Methods of {@link java.nio.file.Files} that only look. */
  private static final Set<String> LOOKING =
      Set.of(
          "exists",
          "isDirectory",
          "isExecutable",
          "isRegularFile",
          "list",
          "newByteChannel",
          "newInputStream",
          "readAllBytes",
          "readAttributes",
          "readString",
          "size");

  /** The only class that writes: the auditor's own {@code --state} file. */
  private static final String STATE = "io.osmoda.verify.VerifyState";

  @Test
  void knowsNoPrivateKeys() {
    assertThat(dependents(SIGNERS)).isEmpty();
    assertThat(
            calls()
                .filter(call -> call.getTargetOwner().getName().equals("java.security.Signature"))
                .map(JavaMethodCall::getName)
                .filter(name -> name.equals("sign") || name.equals("initSign")))
        .isEmpty();
  }

  @Test
  void knowsNoWayOutButItsStateFile() {
    assertThat(dependents(WRITERS)).isEmpty();
    assertThat(
            calls()
                .filter(call -> call.getTargetOwner().getName().equals("java.nio.file.Files"))
                .filter(call -> !LOOKING.contains(call.getName()))
                .map(call -> call.getOriginOwner().getName()))
        .containsOnly(STATE);
    // A stream on a descriptor that is open already is the standard output.
    assertThat(
            CLASSES.stream()
                .flatMap(type -> type.getConstructorCallsFromSelf().stream())
                .filter(call -> call.getTargetOwner().getName().equals("java.io.FileOutputStream"))
                .map(call -> call.getTarget().getRawParameterTypes().getFirst().getSimpleName()))
        .containsOnly("FileDescriptor");
    assertThat(
            calls()
                .filter(call -> call.getTargetOwner().getName().equals("java.lang.Runtime"))
                .map(JavaMethodCall::getName))
        .containsOnly("getRuntime", "availableProcessors");
    // A channel opened without an option, or with READ alone, reads.
    assertThat(
            CLASSES.stream()
                .flatMap(type -> type.getFieldAccessesFromSelf().stream())
                .filter(
                    access ->
                        access
                            .getTargetOwner()
                            .getName()
                            .equals("java.nio.file.StandardOpenOption"))
                .filter(access -> !access.getName().equals("READ"))
                .map(access -> access.getOriginOwner().getName()))
        .containsOnly(STATE);
  }

  @Test
  void loadsNothingByName() {
    assertThat(
            calls()
                .filter(call -> call.getTargetOwner().getName().equals("java.lang.Class"))
                .map(JavaMethodCall::getName)
                .filter(name -> name.equals("forName") || name.equals("newInstance")))
        .isEmpty();
    assertThat(dependents(Set.of("java.util.ServiceLoader", "java.lang.ClassLoader"))).isEmpty();
  }

  private static Stream<JavaMethodCall> calls() {
    return CLASSES.stream().flatMap(type -> type.getMethodCallsFromSelf().stream());
  }

  private static Set<String> dependents(Set<String> names) {
    Set<String> found = new TreeSet<>();
    for (JavaClass type : CLASSES) {
      type.getDirectDependenciesFromSelf().stream()
          .filter(to -> names.contains(to.getTargetClass().getBaseComponentType().getName()))
          .forEach(to -> found.add(to.getDescription()));
    }
    return found;
  }
}
