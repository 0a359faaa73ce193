package io.osmoda.architecture;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the arrows between the modules: docs/architecture.md names them and says why. */
final class ArrowsTest {

  /** Which of our modules each module knows: no more and no fewer. */
  private static final Map<String, Set<String>> KNOWS =
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

  /** Modules of more than one package; in each line a package knows only those before it. */
  private static final Map<String, List<String>> PACKAGES =
      Map.of("format", List.of("json", "log", "entry", "folder"));

  /** What runs where nothing but a JDK is at hand. */
  private static final Set<String> ON_THE_JDK_ALONE =
      Set.of("format", "verify", "ledger", "client", "agents");

  /** Packages that are to be parted and are not yet. */
  private static final Set<String> GROWN =
      Set.of("io.osmoda.bench", "io.osmoda.cli", "io.osmoda.evidence", "io.osmoda.query");

  /** A package that no longer fits on a screen is parted by subject. */
  private static final int MOST_CLASSES = 60;

  private static final Pattern OURS = Pattern.compile("io\\.osmoda\\.([a-z]+)(?:\\..*)?");

  private static final JavaClasses CLASSES = ModuleClasses.all();

  @Test
  void eachModuleIsNamedHereAndWasImported() {
    assertThat(SourceTree.modules()).containsExactlyInAnyOrderElementsOf(KNOWS.keySet());
    assertThat(CLASSES.stream().map(ArrowsTest::moduleOf).distinct().toList())
        .containsExactlyInAnyOrderElementsOf(KNOWS.keySet());
  }

  @Test
  void theArrowsAreExactlyThese() {
    Map<String, Set<String>> found = new TreeMap<>();
    KNOWS.keySet().forEach(module -> found.put(module, new TreeSet<>()));
    dependencies()
        .filter(dependency -> isOurs(dependency.getTargetClass()))
        .forEach(
            dependency -> {
              String from = moduleOf(dependency.getOriginClass());
              String to = moduleOf(dependency.getTargetClass());
              if (!to.equals(from)) {
                found.computeIfAbsent(from, any -> new TreeSet<>()).add(to);
              }
            });
    assertThat(found).isEqualTo(KNOWS);
  }

  @Test
  void packagesOfOneModuleKnowOnlyThoseBeforeThem() {
    PACKAGES.forEach(
        (module, packages) ->
            assertThat(
                    dependencies()
                        .filter(dependency -> isOurs(dependency.getTargetClass()))
                        .filter(dependency -> moduleOf(dependency.getOriginClass()).equals(module))
                        .filter(
                            dependency ->
                                packages.indexOf(lastName(dependency.getTargetClass()))
                                    > packages.indexOf(lastName(dependency.getOriginClass())))
                        .map(Dependency::getDescription))
                .as(module)
                .isEmpty());
  }

  @Test
  void whatVerifiesSealsAndCapturesNeedsTheJdkAlone() {
    assertThat(
            dependencies()
                .filter(
                    dependency -> ON_THE_JDK_ALONE.contains(moduleOf(dependency.getOriginClass())))
                .filter(dependency -> !isOurs(dependency.getTargetClass()))
                .filter(dependency -> !isJdkOrJspecify(dependency.getTargetClass()))
                .map(Dependency::getDescription))
        .isEmpty();
  }

  @Test
  void theArrowsHaveNoCycle() {
    // Taking away whoever knows only those already taken away must leave nobody.
    var left = new HashSet<>(KNOWS.keySet());
    while (left.removeIf(module -> knows(module).stream().noneMatch(left::contains))) {
      assertThat(left).doesNotContain("format");
    }
    assertThat(left).isEmpty();
  }

  @Test
  void eachModuleHasItsPackagesAndNoOthers() {
    assertThat(
            CLASSES.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> !name.endsWith(".jmh_generated"))
                .distinct())
        .containsExactlyInAnyOrderElementsOf(
            KNOWS.keySet().stream().flatMap(ArrowsTest::packagesOf).toList());
  }

  @Test
  void noPackageOutgrowsAScreen() {
    Map<String, Long> sizes =
        ModuleClasses.topLevel()
            .filter(type -> !GROWN.contains(type.getPackageName()))
            .collect(groupingBy(JavaClass::getPackageName, TreeMap::new, counting()));
    assertThat(sizes.entrySet()).allMatch(size -> size.getValue() <= MOST_CLASSES);
  }

  private static Stream<String> packagesOf(String module) {
    String name = "io.osmoda." + module;
    return PACKAGES.containsKey(module)
        ? PACKAGES.get(module).stream().map(part -> name + "." + part)
        : Stream.of(name);
  }

  private static String lastName(JavaClass type) {
    String name = type.getBaseComponentType().getPackageName();
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private static Set<String> knows(String module) {
    return KNOWS.getOrDefault(module, Set.of());
  }

  private static Stream<Dependency> dependencies() {
    return CLASSES.stream().flatMap(each -> each.getDirectDependenciesFromSelf().stream());
  }

  private static boolean isOurs(JavaClass type) {
    return OURS.matcher(type.getBaseComponentType().getName()).matches();
  }

  private static boolean isJdkOrJspecify(JavaClass type) {
    var element = type.getBaseComponentType();
    return element.isPrimitive()
        || Stream.of("java.", "javax.crypto.", "org.jspecify.")
            .anyMatch(element.getName()::startsWith);
  }

  private static String moduleOf(JavaClass type) {
    var matcher = OURS.matcher(type.getBaseComponentType().getName());
    assertThat(matcher.matches()).as("%s is a class of ours", type.getName()).isTrue();
    return matcher.group(1);
  }
}
