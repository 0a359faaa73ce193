package io.osmoda.agents;

import java.io.IOException;
import java.io.OutputStream;

/** Where frames go, each whole and in one piece. Thread-safe. */
final class FrameSink {
  private final OutputStream out;
  private boolean broken;

  FrameSink(OutputStream out) {
    this.out = out;
  }

  /** Writes and flushes; false once the other side no longer reads. */
  synchronized boolean write(byte[] bytes, int length) {
    if (broken) {
      return false;
    }
    try {
      out.write(bytes, 0, length);
      out.flush();
      return true;
    } catch (IOException e) {
      broken = true; // a broken pipe: the reader has gone, which its process's end tells in full
      return false;
    }
  }

  /** Closes the stream, so that the other side sees its end. */
  synchronized void close() {
    broken = true;
    try {
      out.close();
    } catch (IOException e) {
      // What was not written can reach nobody any more: the other side has gone.
    }
  }
}
