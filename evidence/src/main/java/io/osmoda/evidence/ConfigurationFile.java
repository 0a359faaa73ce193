package io.osmoda.evidence;

import io.osmoda.format.log.Digests;
import io.osmoda.format.log.Hash;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * {@code osmoda.yaml} as it was read once: what it asks for, and the very bytes that do.
 *
 * @param sha256 of the file; null if there is none
 * @param modified when the file system says that it was written; null if there is none
 * @param settings what it sets, as it writes it, by place: {@code review.every} is {@code 7d}
 */
record ConfigurationFile(
    Configuration configuration,
    @Nullable Hash sha256,
    @Nullable Instant modified,
    SortedMap<String, String> settings) {
  /** Longest file, bytes. */
  private static final int MAX_BYTES = 1 << 16;

  ConfigurationFile {
    settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
  }

  /**
   * Reads the file in a key folder.
   *
   * @throws BadConfigurationException if it is wrong; says where
   */
  static ConfigurationFile read(Path keyFolder) throws IOException {
    Path file = keyFolder.resolve(Configuration.FILE);
    byte[] bytes;
    Instant modified;
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new BadConfigurationException(file + " has more than " + MAX_BYTES + " bytes");
      }
      modified = Files.getLastModifiedTime(file).toInstant();
      bytes = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return new ConfigurationFile(
          Configuration.NONE, null, null, Collections.emptySortedMap()); // nothing is asked
    }
    // not decoded leniently: what is hashed and what is read must be the same
    String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    StrictYaml yaml = StrictYaml.parse(file.toString(), text);
    Configuration configuration = ConfigurationReader.read(yaml);
    TreeMap<String, String> settings = new TreeMap<>();
    flatten("", yaml.top(), settings);
    return new ConfigurationFile(configuration, Digests.of(bytes), modified, settings);
  }

  private static void flatten(String at, @Nullable Object value, Map<String, String> settings) {
    if (value instanceof Map<?, ?> members) {
      members.forEach(
          (name, member) -> flatten(StrictYaml.place(at, String.valueOf(name)), member, settings));
    } else if (value != null) {
      settings.put(at, String.valueOf(value).strip());
    }
  }
}
