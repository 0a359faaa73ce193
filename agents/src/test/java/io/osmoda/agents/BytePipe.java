package io.osmoda.agents;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A pipe as the kernel has it: bounded, with an end, and broken once its reader has closed. */
final class BytePipe {
  private static final int CAPACITY = 64 * 1024;

  private final byte[] buffer = new byte[CAPACITY];
  private int head;
  private int size;
  private boolean writerClosed;
  private boolean readerClosed;

  final InputStream in =
      new InputStream() {
        @Override
        public int read() throws IOException {
          byte[] one = new byte[1];
          return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
          return take(target, offset, length);
        }

        @Override
        public int available() {
          synchronized (BytePipe.this) {
            return size;
          }
        }

        @Override
        public void close() {
          synchronized (BytePipe.this) {
            readerClosed = true;
            BytePipe.this.notifyAll();
          }
        }
      };

  final OutputStream out =
      new OutputStream() {
        @Override
        public void write(int value) throws IOException {
          write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
          put(source, offset, length);
        }

        @Override
        public void close() {
          synchronized (BytePipe.this) {
            writerClosed = true;
            BytePipe.this.notifyAll();
          }
        }
      };

  private synchronized int take(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    try {
      while (size == 0 && !readerClosed && !writerClosed) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    if (readerClosed) {
      throw new IOException("closed");
    }
    if (size == 0) {
      return -1;
    }
    int count = Math.min(length, size);
    for (int i = 0; i < count; i++) {
      target[offset + i] = buffer[(head + i) % CAPACITY];
    }
    head = (head + count) % CAPACITY;
    size -= count;
    notifyAll();
    return count;
  }

  private synchronized void put(byte[] source, int offset, int length) throws IOException {
    int done = 0;
    while (done < length) {
      try {
        while (size == CAPACITY && !readerClosed && !writerClosed) {
          wait();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
      if (readerClosed || writerClosed) {
        throw new IOException("broken pipe");
      }
      int count = Math.min(length - done, CAPACITY - size);
      for (int i = 0; i < count; i++) {
        buffer[(head + size + i) % CAPACITY] = source[offset + done + i];
      }
      size += count;
      done += count;
      notifyAll();
    }
  }
}
