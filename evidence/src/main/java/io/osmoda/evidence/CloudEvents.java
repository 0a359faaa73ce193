package io.osmoda.evidence;

import io.osmoda.format.entry.Entry;
import io.osmoda.format.entry.TraceContext;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonValue;
import io.osmoda.verify.Manifest;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What matches in a bundle as CloudEvents 1.0 in structured JSON, one event a line. The data is the
 * entry as it stands in the bundle, byte for byte. Memory does not grow with the bundle.
 */
public final class CloudEvents {
  private static final byte[] DATA = ",\"data\":".getBytes(StandardCharsets.UTF_8);
  private static final byte[] END = "}\n".getBytes(StandardCharsets.UTF_8);

  private CloudEvents() {}

  /**
   * Writes the events.
   *
   * @param out written to, not closed
   * @throws IOException if the bundle cannot be read, or the copy not written
   */
  public static void write(Path bundle, OutputStream out) throws IOException {
    BundleSummary summary = BundleSummary.of(bundle);
    BundleEntries.readAnnotated(
        bundle,
        each -> {
          byte[] attributes = Manifest.Lines.of(attributes(summary, each));
          out.write(attributes, 0, attributes.length - END.length);
          out.write(DATA);
          out.write(each.entry().line());
          out.write(END);
        });
  }

  private static JsonObject attributes(BundleSummary summary, BundleEntry each) {
    Entry entry = each.entry();
    String occurred = entry.occurredAt();
    JsonObject.Builder event =
        JsonObject.builder()
            .put("specversion", "1.0")
            .put("id", entry.entryHash().hex())
            .put("source", "osmoda:" + summary.origin())
            .put("type", "io.osmoda.audit." + entry.action() + ".v1")
            .put("time", occurred == null ? entry.timestamp() : occurred)
            .put("datacontenttype", "application/json")
            .put("recordedtime", entry.timestamp())
            .put("sequence", "%020d".formatted(entry.seq()))
            .put("actor", text(entry.actor()))
            .put("status", entry.status())
            .put("assurance", Assurance.of(entry.source()))
            .put("entryhash", entry.entryHash().hex())
            .put("prevhash", entry.prevHash().hex())
            .put("unverifiedcopyof", summary.manifestSha256());
    String target = entry.target();
    if (target != null) {
      event.put("subject", text(target));
    }
    TraceContext trace = entry.trace();
    if (trace != null) {
      // Whether the trace was sampled is not recorded; the flag for "may be" would be a claim.
      event.put("traceparent", "00-%s-%s-00".formatted(trace.traceId(), trace.spanId()));
    }
    if (!each.controls().elements().isEmpty()) {
      event.put("controls", text(controls(each.controls())));
    }
    return event.build();
  }

  private static String controls(JsonArray controls) {
    List<String> names = new ArrayList<>();
    for (JsonValue each : controls.elements()) {
      if (each instanceof JsonObject control) {
        names.add(control.string("framework") + "/" + control.string("control"));
      }
    }
    return String.join(",", names);
  }

  /** A text with U+FFFD for what the specification does not let stand in an attribute. */
  private static String text(String value) {
    StringBuilder safe = new StringBuilder(value.length());
    value
        .codePoints()
        .forEach(
            c -> safe.appendCodePoint(Character.isISOControl(c) || isNonCharacter(c) ? 0xFFFD : c));
    return safe.toString();
  }

  private static boolean isNonCharacter(int c) {
    return (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
  }
}
