package io.osmoda.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Status;
import io.osmoda.format.json.JsonException;

/**
 * One made-up tool call, in the forms that those who are measured take: a draft for the ledger,
 * plain text for the others.
 *
 * @param payload JSON text of an object in canonical form, about 300 bytes
 */
record Event(
    String actor,
    String action,
    String tool,
    String target,
    Status status,
    String session,
    String payload) {

  /** A draft made as a capture point makes it: members checked, payload brought to its form. */
  EntryDraft draft() {
    try {
      return EntryDraft.builder("mcp_proxy", actor, action)
          .tool(tool)
          .target(target)
          .status(status)
          .session(session)
          .payloadJson(payload.getBytes(UTF_8))
          .build();
    } catch (JsonException e) {
      throw new IllegalStateException("the generator made no JSON", e);
    }
  }
}
