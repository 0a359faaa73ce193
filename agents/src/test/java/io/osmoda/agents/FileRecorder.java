package io.osmoda.agents;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.osmoda.format.entry.CaptureEvent;
import io.osmoda.format.entry.CauseReference;
import io.osmoda.format.entry.EntryDraft;
import io.osmoda.format.entry.Receipt;
import io.osmoda.format.entry.Recorder;
import io.osmoda.format.entry.Status;
import io.osmoda.format.json.CanonicalJson;
import io.osmoda.format.json.JsonArray;
import io.osmoda.format.json.JsonException;
import io.osmoda.format.json.JsonObject;
import io.osmoda.format.json.JsonString;
import io.osmoda.format.json.JsonValue;
import io.osmoda.format.log.Hash;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Seals into a file of lines, each synced before its receipt, so that a test can read what another
 * process has sealed, whatever became of it. Several processes may share the file. Causes are
 * written as the hash of the line that they name. Tool calls of given numbers fail.
 */
final class FileRecorder implements Recorder {
  private final FileChannel file;
  private final int failFrom;
  private final int failTo;
  private long seq;
  private int calls;

  /** Fails the tool calls numbered from {@code failFrom} to before {@code failTo}, from 0. */
  FileRecorder(Path path, int failFrom, int failTo) throws IOException {
    this.file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    this.failFrom = failFrom;
    this.failTo = failTo;
  }

  @Override
  public synchronized CompletableFuture<Receipt> append(EntryDraft draft) {
    if (draft.action().equals("tool_call")) {
      int call = calls++;
      if (call >= failFrom && call < failTo) {
        return CompletableFuture.failedFuture(new IOException("the test's disk is full"));
      }
    }
    List<JsonValue> causes = new ArrayList<>();
    for (CauseReference cause : draft.causedBy()) {
      causes.add(new JsonString(cause.entryHash().hex()));
    }
    try {
      return seal(
          draft.action(),
          draft.status(),
          draft.tool(),
          draft.target(),
          causes,
          CanonicalJson.parse(draft.payload()));
    } catch (JsonException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Receipt appendDurably(EntryDraft draft) {
    return append(draft).join();
  }

  @Override
  public synchronized CompletableFuture<Receipt> capture(CaptureEvent event) {
    return seal(
        event.kind().action(), Status.OK, null, event.instance(), List.of(), event.details());
  }

  private CompletableFuture<Receipt> seal(
      String action,
      Status status,
      @Nullable String tool,
      @Nullable String target,
      List<JsonValue> causes,
      JsonValue payload) {
    JsonObject.Builder line =
        JsonObject.builder()
            .put("run", ProcessHandle.current().pid())
            .put("seq", seq)
            .put("action", action)
            .put("status", status.text())
            .putIfPresent("tool", tool)
            .putIfPresent("target", target)
            .put("causes", new JsonArray(causes))
            .put("payload", payload);
    try {
      byte[] bytes = CanonicalJson.write(line.build());
      ByteBuffer buffer = ByteBuffer.allocate(bytes.length + 1).put(bytes).put((byte) '\n').flip();
      while (buffer.hasRemaining()) {
        file.write(buffer);
      }
      file.force(false);
      Hash hash = Hash.of(MessageDigest.getInstance("SHA-256").digest(bytes));
      return CompletableFuture.completedFuture(new Receipt(seq++, hash));
    } catch (JsonException | NoSuchAlgorithmException e) {
      throw new IllegalStateException(new String(payload.toString().getBytes(UTF_8), UTF_8), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
