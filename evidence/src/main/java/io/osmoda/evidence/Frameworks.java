package io.osmoda.evidence;

import io.osmoda.format.entry.RequestRefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The frameworks that are known: those that come along, and a user's own. Immutable. */
public final class Frameworks {
  /** The ids of those that come along. */
  static final List<String> BUILT_IN =
      List.of("soc2", "hipaa", "part11", "eu-ai-act", "iso-42001", "nist-ai-rmf", "pci-dss");

  private static final String SUFFIX = ".yaml";

  private final Map<String, Framework> byId;

  private Frameworks(Map<String, Framework> byId) {
    this.byId = new LinkedHashMap<>(byId);
  }

  /** Those that come along. */
  public static Frameworks builtIn() throws IOException {
    Map<String, Framework> byId = new LinkedHashMap<>();
    for (String id : BUILT_IN) {
      String name = "frameworks/" + id + SUFFIX;
      try (InputStream in = Frameworks.class.getResourceAsStream(name)) {
        if (in == null) {
          throw new IllegalStateException(name + " is not in the class path");
        }
        String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        byId.put(id, FrameworkReader.read(name, text));
      } catch (BadFrameworkException e) {
        throw new IllegalStateException("a built-in framework is invalid", e);
      }
    }
    return new Frameworks(byId);
  }

  /**
   * These and others besides; one of an id that is known already takes its place.
   *
   * @param files each file's name, for messages, and its text
   * @throws BadFrameworkException if one is no framework, or two have the same id
   */
  public Frameworks with(Map<String, String> files) throws BadFrameworkException {
    Map<String, Framework> all = new LinkedHashMap<>(byId);
    Map<String, String> own = new LinkedHashMap<>();
    for (Map.Entry<String, String> file : files.entrySet()) {
      Framework framework = FrameworkReader.read(file.getKey(), file.getValue());
      String other = own.put(framework.id(), file.getKey());
      if (other != null) {
        throw new BadFrameworkException(
            "%s and %s both describe %s".formatted(other, file.getKey(), framework.id()));
      }
      all.put(framework.id(), framework);
    }
    return new Frameworks(all);
  }

  /**
   * The files of a folder whose names end in {@code .yaml}, or one such file: names and texts.
   *
   * @throws BadFrameworkException if one is too long or no UTF-8, or there is none
   */
  public static Map<String, String> files(Path path) throws IOException, BadFrameworkException {
    List<Path> paths = new ArrayList<>();
    if (Files.isDirectory(path)) {
      try (Stream<Path> listed = Files.list(path)) {
        listed
            .filter(each -> each.getFileName().toString().endsWith(SUFFIX))
            .sorted(Comparator.comparing(Path::toString))
            .forEach(paths::add);
      }
      if (paths.isEmpty()) {
        throw new BadFrameworkException("no file in " + path + " ends in " + SUFFIX);
      }
    } else {
      paths.add(path);
    }
    Map<String, String> files = new LinkedHashMap<>();
    for (Path each : paths) {
      if (Files.size(each) > FrameworkReader.MAX_LENGTH) {
        throw new BadFrameworkException(each + ": is too large for a framework file");
      }
      try {
        files.put(each.toString(), Files.readString(each));
      } catch (CharacterCodingException e) {
        throw new BadFrameworkException(each + ": is not UTF-8 text", e);
      }
    }
    return files;
  }

  /** All of them, those that come along first. */
  public List<Framework> all() {
    return List.copyOf(byId.values());
  }

  /**
   * The framework of that id.
   *
   * @throws RequestRefusedException if there is none; names those that there are
   */
  public Framework get(String id) {
    Framework found = byId.get(id);
    if (found == null) {
      throw new RequestRefusedException(
          "unknown framework " + id + "; valid values are " + String.join(", ", byId.keySet()));
    }
    return found;
  }

  /**
   * Checks that there is such a framework, and in it such a control.
   *
   * @param control null for any
   * @throws RequestRefusedException if there is none; names those that there are
   */
  public void requireKnown(String framework, @Nullable String control) {
    select(framework, control);
  }

  /**
   * The controls that a request means.
   *
   * @param framework null for all frameworks
   * @param control null for all controls
   * @return frameworks with only those controls
   * @throws RequestRefusedException if there are none such
   */
  List<Framework> select(@Nullable String framework, @Nullable String control) {
    List<Framework> chosen = framework == null ? all() : List.of(get(framework));
    if (control == null) {
      return chosen;
    }
    List<Framework> found = new ArrayList<>();
    for (Framework each : chosen) {
      Control one = each.control(control);
      if (one != null) {
        found.add(each.only(one));
      }
    }
    if (found.isEmpty()) {
      throw new RequestRefusedException(
          "no control %s in %s; osmoda controls lists all controls"
              .formatted(
                  control, chosen.stream().map(Framework::id).collect(Collectors.joining(", "))));
    }
    return found;
  }
}
