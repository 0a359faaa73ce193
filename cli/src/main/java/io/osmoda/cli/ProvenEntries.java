package io.osmoda.cli;

import io.osmoda.daemon.LedgerSession;
import io.osmoda.format.entry.Entry;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.log.BadProofException;
import io.osmoda.format.log.Checkpoint;
import io.osmoda.format.log.InclusionProof;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds what a search found until it is done, then prints it with proofs: a daemon answers one
 * request after the other. Not thread-safe.
 */
final class ProvenEntries implements EntryWriter {
  private final EntryWriter writer;
  private final List<Entry> entries = new ArrayList<>();

  ProvenEntries(EntryWriter writer) {
    this.writer = writer;
  }

  @Override
  public void add(Entry entry) {
    entries.add(entry);
  }

  @Override
  public boolean isAbandoned() {
    return false;
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}

  /**
   * Gets and checks each entry's proof.
   *
   * @throws IOException if an entry is not in the checkpoint's tree
   */
  void print(LedgerSession access, Shell shell, boolean isForPeople) throws IOException {
    Checkpoint newest = null;
    for (Entry entry : entries) {
      byte[] text = access.proof(entry.seq());
      newest = check(entry, text).checkpoint().checkpoint();
      if (isForPeople) {
        writer.add(entry);
      } else {
        String proof =
            JsonText.line(
                JsonObject.builder()
                    .put("proof", new String(text, StandardCharsets.UTF_8))
                    .build());
        // The entry's own bytes, so that they hash to what is proven.
        shell.out().println("{\"entry\":" + entry.toJson() + "," + proof.substring(1));
      }
    }
    writer.close();
    tell(newest, shell);
  }

  private void tell(@Nullable Checkpoint newest, Shell shell) {
    if (newest != null) {
      shell
          .err()
          .println(
              "osmoda: %,d %s proven in the tree of %,d entries with root %s; signatures are"
                      .formatted(
                          entries.size(),
                          entries.size() == 1 ? "entry" : "entries",
                          newest.size(),
                          newest.root().base64())
                  + " checked by osmoda verify-proof");
    }
  }

  private static InclusionProof check(Entry entry, byte[] text) throws IOException {
    try {
      InclusionProof proof = InclusionProof.parse(text);
      if (proof.index() == entry.seq() && proof.leadsToRoot(entry.entryHash())) {
        return proof;
      }
    } catch (BadProofException e) {
      throw new IOException("bad_proof: entry " + entry.seq(), e);
    }
    throw new IOException(
        "bad_proof: entry " + entry.seq() + " is not in the newest checkpoint's tree");
  }
}
