package io.osmoda.agents;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.osmoda.fixtures.Seed;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class FrameReaderTest {
  private static final int MAX_LINE = 1 << 20;

  private static List<String> frames(InputStream in, int maxLine) throws IOException {
    FrameReader reader = new FrameReader(in, maxLine);
    List<String> frames = new ArrayList<>();
    Frame frame = reader.next();
    while (frame != null) {
      frames.add(frame.part() + " " + new String(frame.bytes(), 0, frame.length(), US_ASCII));
      frame = reader.next();
    }
    return frames;
  }

  @Test
  void linesKeepTheirEndsAndTheLastNeedsNone() throws Exception {
    assertThat(frames(new ByteArrayInputStream("a\r\n\n b\nc".getBytes(US_ASCII)), MAX_LINE))
        .containsExactly("WHOLE a\r\n", "WHOLE \n", "WHOLE  b\n", "WHOLE c");
    assertThat(frames(InputStream.nullInputStream(), MAX_LINE)).isEmpty();
  }

  @Test
  void contentIsWhatStandsBeforeTheLineEnd() {
    assertThat(new Frame("ab\r\n".getBytes(US_ASCII), 4, Frame.Part.WHOLE).contentLength())
        .isEqualTo(2);
    assertThat(new Frame("ab\r".getBytes(US_ASCII), 3, Frame.Part.WHOLE).contentLength())
        .isEqualTo(3);
    assertThat(new Frame("\n".getBytes(US_ASCII), 1, Frame.Part.WHOLE).contentLength()).isZero();
  }

  @Test
  void aLineBeyondTheLimitComesInPartsAndTheNextIsWhole() throws Exception {
    String line = "x".repeat(200_000);
    List<String> frames =
        frames(new ByteArrayInputStream((line + "\nnext\n").getBytes(US_ASCII)), 100_000);
    assertThat(frames.getFirst()).startsWith("FIRST x");
    assertThat(frames.subList(1, frames.size() - 1)).allMatch(frame -> frame.startsWith("MORE x"));
    assertThat(frames.getLast()).isEqualTo("WHOLE next\n");
    StringBuilder joined = new StringBuilder();
    frames.forEach(frame -> joined.append(frame.substring(frame.indexOf(' ') + 1)));
    assertThat(joined.toString()).isEqualTo(line + "\nnext\n");
  }

  @Test
  void anyStreamInAnyPiecesComesOutAsItWentIn() throws Exception {
    long seed = Seed.fresh();
    Random random = new Random(seed);
    for (int round = 0; round < 20; round++) {
      byte[] stream = new byte[random.nextInt(3_000_000)];
      Arrays.fill(stream, (byte) 'a');
      for (int i = random.nextInt(40); i > 0 && stream.length > 0; i--) {
        stream[random.nextInt(stream.length)] = '\n';
      }
      InputStream pieces =
          new InputStream() {
            private int at;

            @Override
            public int read() {
              return at == stream.length ? -1 : stream[at++] & 0xff;
            }

            @Override
            public int read(byte[] target, int offset, int length) {
              if (at == stream.length) {
                return -1;
              }
              int n = Math.min(Math.min(length, stream.length - at), 1 + random.nextInt(200_000));
              System.arraycopy(stream, at, target, offset, n);
              at += n;
              return n;
            }
          };
      FrameReader reader = new FrameReader(pieces, Integer.MAX_VALUE);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      Frame frame = reader.next();
      while (frame != null) {
        out.write(frame.bytes(), 0, frame.length());
        for (int i = 0; i < frame.length() - 1; i++) {
          assertThat(frame.bytes()[i]).isNotEqualTo((byte) '\n');
        }
        frame = reader.next();
      }
      assertThat(out.toByteArray()).isEqualTo(stream);
    }
  }

  @Test
  void pollDoesNotWait() throws Exception {
    BytePipe pipe = new BytePipe();
    FrameReader reader = new FrameReader(pipe.in, MAX_LINE);
    assertThat(reader.poll()).isNull();
    pipe.out.write("half".getBytes(US_ASCII));
    assertThat(reader.poll()).isNull();
    pipe.out.write(" whole\n".getBytes(US_ASCII));
    assertThat(reader.poll()).isNotNull();
    assertThat(reader.poll()).isNull();
  }
}
