package io.osmoda.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Holds the arrows between the modules: docs/architecture.md names them and says why. */
final class ArrowsTest {

  /** Which of our modules each module may know. A new module gets its line here first. */
  private static final Map<String, Set<String>> MAY_KNOW =
      Map.of(
          "format", Set.of(),
          "verify", Set.of("format"),
          "ledger", Set.of("format"),
          "client", Set.of("format"),
          "query", Set.of("format", "ledger"),
          "evidence", Set.of("format", "ledger", "query", "verify"),
          "agents", Set.of("format"),
          "daemon", Set.of("format", "ledger", "client", "query", "evidence"),
          "cli",
              Set.of(
                  "format", "ledger", "client", "query", "verify", "evidence", "agents", "daemon"),
          "bench", Set.of("format", "ledger", "query", "verify"));

  private static final Pattern OURS = Pattern.compile("io\\.osmoda\\.([a-z]+)(?:\\..*)?");

  private static JavaClasses classes;

  @BeforeAll
  static void importTheClassesOfAllModules() {
    classes =
        new ClassFileImporter()
            .importPaths(SourceTree.modules().stream().map(ArrowsTest::classesOf).toList());
  }

  @Test
  void eachModuleIsNamedHereAndWasImported() {
    assertThat(SourceTree.modules()).containsExactlyInAnyOrderElementsOf(MAY_KNOW.keySet());
    assertThat(classes.stream().map(ArrowsTest::moduleOf).distinct().toList())
        .containsExactlyInAnyOrderElementsOf(MAY_KNOW.keySet());
  }

  @Test
  void eachModuleKnowsOnlyThoseThatItMay() {
    assertThat(
            dependencies()
                .filter(dependency -> isOurs(dependency.getTargetClass()))
                .filter(
                    dependency -> {
                      var from = moduleOf(dependency.getOriginClass());
                      var to = moduleOf(dependency.getTargetClass());
                      return !to.equals(from) && !mayKnow(from).contains(to);
                    })
                .map(Dependency::getDescription))
        .isEmpty();
  }

  @Test
  void theLedgerKnowsNothingButTheJdk() {
    assertThat(
            dependencies()
                .filter(dependency -> moduleOf(dependency.getOriginClass()).equals("ledger"))
                .filter(dependency -> !isOurs(dependency.getTargetClass()))
                .filter(dependency -> !isJdkOrJspecify(dependency.getTargetClass()))
                .map(Dependency::getDescription))
        .isEmpty();
  }

  @Test
  void theArrowsHaveNoCycle() {
    // Taking away whoever knows only those already taken away must leave nobody.
    var left = new HashSet<>(MAY_KNOW.keySet());
    while (left.removeIf(module -> mayKnow(module).stream().noneMatch(left::contains))) {
      assertThat(left).doesNotContain("ledger");
    }
    assertThat(left).isEmpty();
  }

  @Test
  void eachModuleIsOneFlatPackage() {
    assertThat(
            classes.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> !name.endsWith(".jmh_generated"))
                .distinct())
        .containsExactlyInAnyOrderElementsOf(
            MAY_KNOW.keySet().stream().map(module -> "io.osmoda." + module).toList());
  }

  private static Set<String> mayKnow(String module) {
    return MAY_KNOW.getOrDefault(module, Set.of());
  }

  private static Path classesOf(String module) {
    return SourceTree.ROOT.resolve(module).resolve("target/classes");
  }

  private static Stream<Dependency> dependencies() {
    return classes.stream().flatMap(each -> each.getDirectDependenciesFromSelf().stream());
  }

  private static boolean isOurs(JavaClass type) {
    return OURS.matcher(type.getBaseComponentType().getName()).matches();
  }

  private static boolean isJdkOrJspecify(JavaClass type) {
    var element = type.getBaseComponentType();
    return element.isPrimitive()
        || Stream.of("java.", "org.jspecify.").anyMatch(element.getName()::startsWith);
  }

  private static String moduleOf(JavaClass type) {
    var matcher = OURS.matcher(type.getBaseComponentType().getName());
    assertThat(matcher.matches()).as("%s is a class of ours", type.getName()).isTrue();
    return matcher.group(1);
  }
}
