package io.osmoda.format.json;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Bounded fuzzing that a build can afford: mutated inputs from a corpus, the same ones for the same
 * seed. A failure names seed, round and input, so that it can be made a test of its own.
 */
public final class SeededFuzz {
  /** Takes one input; anything it throws fails the test. */
  @FunctionalInterface
  public interface Target {
    void accept(byte[] input) throws Exception;
  }

  private static final int MOST_MUTATIONS = 4;
  private static final byte[] ODD_BYTES = {
    0,
    1,
    '\n',
    ' ',
    '"',
    '#',
    '+',
    ',',
    '-',
    '.',
    '/',
    '0',
    '9',
    ':',
    '@',
    'E',
    '[',
    '\\',
    ']',
    'e',
    'u',
    '{',
    '}',
    0x7f,
    (byte) 0x80,
    (byte) 0xbf,
    (byte) 0xc0,
    (byte) 0xc3,
    (byte) 0xe2,
    (byte) 0xed,
    (byte) 0xef,
    (byte) 0xf0,
    (byte) 0xf4,
    (byte) 0xff
  };

  private SeededFuzz() {}

  /**
   * Feeds {@code iterations} mutations of the corpus to the target, after the corpus itself.
   *
   * @param corpus inputs to start from, at least one; pieces of each are also put into the others
   */
  public static void mutate(List<byte[]> corpus, long seed, int iterations, Target target) {
    for (byte[] input : corpus) {
      run(input, seed, -1, target);
    }
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < iterations; i++) {
      byte[] input = corpus.get(random.nextInt(corpus.size()));
      for (int left = 1 + random.nextInt(MOST_MUTATIONS); left > 0; left--) {
        input = mutate(input, corpus, random);
      }
      run(input, seed, i, target);
    }
  }

  private static void run(byte[] input, long seed, int round, Target target) {
    byte[] before = input.clone();
    try {
      target.accept(input);
    } catch (Exception | AssertionError | StackOverflowError e) {
      throw new AssertionError(
          "seed %d, round %d, input (hex) %s, as text: %s"
              .formatted(
                  seed, round, HexFormat.of().formatHex(before), new String(before, ISO_8859_1)),
          e);
    }
    if (!Arrays.equals(before, input)) {
      throw new AssertionError(
          "seed %d, round %d: the input was written to".formatted(seed, round));
    }
  }

  private static byte[] mutate(byte[] input, List<byte[]> corpus, SplittableRandom random) {
    int at = random.nextInt(input.length + 1);
    int end = Math.min(input.length, at + 1 + random.nextInt(8));
    return switch (random.nextInt(8)) {
      case 0 -> splice(input, at, at, new byte[] {odd(random)});
      case 1 -> splice(input, at, end, new byte[0]);
      case 2 -> splice(input, end, end, Arrays.copyOfRange(input, at, end));
      case 3 -> Arrays.copyOf(input, at);
      case 4 -> {
        byte[] other = corpus.get(random.nextInt(corpus.size()));
        int from = random.nextInt(other.length + 1);
        int to = Math.min(other.length, from + random.nextInt(32));
        yield splice(input, at, end, Arrays.copyOfRange(other, from, to));
      }
      case 5 -> {
        byte[] result = input.clone();
        if (at < result.length) {
          result[at] ^= (byte) (1 << random.nextInt(8));
        }
        yield result;
      }
      default -> {
        byte[] result = input.clone();
        if (at < result.length) {
          result[at] = odd(random);
        }
        yield result;
      }
    };
  }

  private static byte odd(SplittableRandom random) {
    return random.nextBoolean()
        ? ODD_BYTES[random.nextInt(ODD_BYTES.length)]
        : (byte) random.nextInt(256);
  }

  /** The input with {@code [from, to)} replaced. */
  private static byte[] splice(byte[] input, int from, int to, byte[] piece) {
    byte[] result = new byte[input.length - (to - from) + piece.length];
    System.arraycopy(input, 0, result, 0, from);
    System.arraycopy(piece, 0, result, from, piece.length);
    System.arraycopy(input, to, result, from + piece.length, input.length - to);
    return result;
  }
}
