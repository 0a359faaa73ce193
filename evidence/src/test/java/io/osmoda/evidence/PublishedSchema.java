package io.osmoda.evidence;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Schemas that others published; where they are from stands in the README beside them. */
enum PublishedSchema {
  OSCAL("oscal_assessment-results_schema-1.2.1.json", SpecificationVersion.DRAFT_7),
  CLOUD_EVENTS("cloudevents-1.0.2.json", SpecificationVersion.DRAFT_7),
  OCSF_1_8("ocsf-1.8.0.json", SpecificationVersion.DRAFT_2020_12),
  OCSF_1_9_DEV("ocsf-1.9.0-dev.json", SpecificationVersion.DRAFT_2020_12);

  /** Kept, since they take a while to read. */
  private static final Map<PublishedSchema, Schema> LOADED = new ConcurrentHashMap<>();

  static final Path FOLDER = Path.of("src/test/resources/schemas");

  private final String file;
  private final SpecificationVersion version;

  PublishedSchema(String file, SpecificationVersion version) {
    this.file = file;
    this.version = version;
  }

  Schema load() {
    return LOADED.computeIfAbsent(this, PublishedSchema::read);
  }

  private Schema read() {
    try (InputStream in = PublishedSchema.class.getResourceAsStream("/schemas/" + file)) {
      if (in == null) {
        throw new IllegalStateException(file + " is not in the class path");
      }
      return SchemaRegistry.withDefaultDialect(
              version,
              registry ->
                  registry.schemaRegistryConfig(
                      SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()))
          .getSchema(new String(in.readAllBytes(), StandardCharsets.UTF_8), InputFormat.JSON);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is wrong with a document; empty where it is valid. */
  static List<String> faults(Schema schema, String json) {
    return schema.validate(json, InputFormat.JSON).stream().map(Object::toString).toList();
  }
}
