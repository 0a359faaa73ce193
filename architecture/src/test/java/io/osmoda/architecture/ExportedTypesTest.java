package io.osmoda.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Holds what modules show each other: {@code exported-types.txt} beside this test lists every
 * public type. What nobody else needs is package-private.
 */
final class ExportedTypesTest {
  private static final Path LIST = Path.of("src/test/resources/exported-types.txt");

  @Test
  void publicTypesAreThoseOnTheList() throws IOException {
    List<String> found =
        ModuleClasses.topLevel()
            .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
            .map(JavaClass::getName)
            .sorted()
            .toList();
    assertThat(found)
        .as("make the type package-private, or put it on the list in architecture/%s", LIST)
        .isEqualTo(Files.readAllLines(LIST));
  }
}
