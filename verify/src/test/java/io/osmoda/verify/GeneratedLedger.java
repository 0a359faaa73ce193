package io.osmoda.verify;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.osmoda.format.log.Checkpoint;
import io.osmoda.format.log.CompactRange;
import io.osmoda.format.log.Digests;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * Writes large valid ledgers fast: lines of about 800 bytes with payloads of 300, in pairs of a
 * call and its result, as a proxy seals them. For tests and measurements.
 */
final class GeneratedLedger {
  private static final int SEGMENT_LINES = 300_000;
  private static final int PAYLOAD_BYTES = 300;
  private static final HexFormat HEX = HexFormat.of();

  private GeneratedLedger() {}

  /** Writes a ledger with a checkpoint after every {@code interval} entries and one at its end. */
  static LedgerBuilder write(Path folder, long entries, long interval) throws IOException {
    LedgerBuilder head = LedgerBuilder.begun();
    head.write(folder);
    CompactRange tree = new CompactRange();
    tree.append(head.hash(0));
    byte[] before = head.hash(0).toBytes();
    byte[] called = before;
    MessageDigest sha256 = Digests.sha256();
    byte[] salt = new byte[16];
    OutputStream out =
        new BufferedOutputStream(
            Files.newOutputStream(
                folder.resolve("segments/%020d.ndjson".formatted(0)),
                java.nio.file.StandardOpenOption.APPEND),
            1 << 20);
    for (long seq = 1; seq < entries; seq++) {
      if (seq % SEGMENT_LINES == 0) {
        out.close();
        out =
            new BufferedOutputStream(
                Files.newOutputStream(folder.resolve("segments/%020d.ndjson".formatted(seq))),
                1 << 20);
      }
      boolean result = seq % 2 == 0;
      String payload = payload(seq, result);
      for (int i = 0; i < 8; i++) {
        salt[i] = (byte) (seq >>> (8 * i));
      }
      sha256.update(salt);
      String payloadHash = HEX.formatHex(sha256.digest(payload.getBytes(US_ASCII)));
      String start =
          "{\"action\":\"%s\",\"actor\":\"agent:crewai-research-01\""
              .formatted(result ? "tool_result" : "tool_call");
      String cause =
          result ? ",\"caused_by\":[\"#" + (seq - 1) + "@" + HEX.formatHex(called) + "\"]" : "";
      String middle = ",\"payload_hash\":\"" + payloadHash + "\"";
      String end =
          ",\"prev_hash\":\""
              + HEX.formatHex(before)
              + "\",\"seq\":"
              + seq
              + ",\"session\":\"01J9Z3K7Q2\",\"source\":\"mcp_proxy\",\"status\":\""
              + (result ? "ok" : "pending")
              + "\",\"timestamp\":\""
              + time(seq)
              + "\",\"tool\":\"http_request\"}";
      byte[] hash = sha256.digest((start + cause + middle + end).getBytes(US_ASCII));
      String line =
          start
              + cause
              + ",\"entry_hash\":\""
              + HEX.formatHex(hash)
              + "\",\"payload\":"
              + payload
              + middle
              + ",\"payload_salt\":\""
              + HEX.formatHex(salt)
              + "\""
              + end
              + "\n";
      out.write(line.getBytes(US_ASCII));
      before = hash;
      called = hash;
      tree.append(hash, 0, null);
      if (tree.size() % interval == 0 || tree.size() == entries) {
        Checkpoint checkpoint = new Checkpoint(LedgerBuilder.ORIGIN, tree.size(), tree.root());
        Files.write(
            folder.resolve("checkpoints/%020d".formatted(tree.size())),
            head.signer().sign(checkpoint).note());
      }
    }
    out.close();
    return head;
  }

  private static String payload(long seq, boolean result) {
    String start =
        "{\"arguments\":{\"method\":\"GET\",\"url\":\"https://api.example.com/data/"
            + seq
            + "\"},\"duration_ms\":"
            + seq % 1_000 / 8.0
            + ",\"result\":"
            + result
            + ",\"text\":\"";
    start = start.replace(".0,", ",");
    return start + "x".repeat(PAYLOAD_BYTES - 2 - start.length()) + "\"}";
  }

  /** Ten entries a millisecond, the clock of {@link LedgerBuilder#time} having shown zero. */
  private static String time(long seq) {
    long nanos = seq * 100_000;
    long seconds = nanos / 1_000_000_000;
    return "2026-03-%02dT%02d:%02d:%02d.%09dZ"
        .formatted(
            1 + seconds / 86_400,
            seconds / 3_600 % 24,
            seconds / 60 % 60,
            seconds % 60,
            nanos % 1_000_000_000);
  }
}
