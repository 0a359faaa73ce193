package io.osmoda.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.List;
import java.util.stream.Stream;

/** The compiled classes of our modules. */
final class ModuleClasses {
  private static final JavaClasses ALL = of(SourceTree.modules());

  private ModuleClasses() {}

  /** Of all modules but this one; read once. */
  static JavaClasses all() {
    return ALL;
  }

  /** Of some modules, which then know the others only by name. */
  static JavaClasses of(List<String> modules) {
    return new ClassFileImporter()
        .importPaths(
            modules.stream()
                .map(module -> SourceTree.ROOT.resolve(module).resolve("target/classes"))
                .toList());
  }

  /** Those that are no part of another class, nor made by a tool. */
  static Stream<JavaClass> topLevel() {
    return ALL.stream()
        .filter(type -> !type.isNestedClass() && !type.getSimpleName().equals("package-info"))
        .filter(type -> !type.getPackageName().endsWith(".jmh_generated"));
  }
}
