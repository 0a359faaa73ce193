package io.osmoda.verify;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * A zip as the format allows it (section 6), read strictly: the JDK's own reader would let through
 * what two readers see differently. Nothing is ever written from it, so no name can lead anywhere;
 * what inflates to more than its header states ends there. Not thread-safe.
 */
final class ZipFiles extends BundleFiles {
  private static final int END = 0x06054b50;
  private static final int END_LENGTH = 22;
  private static final int END64 = 0x06064b50;
  private static final int END64_LENGTH = 56;
  private static final int LOCATOR64 = 0x07064b50;
  private static final int LOCATOR64_LENGTH = 20;
  private static final int CENTRAL = 0x02014b50;
  private static final int CENTRAL_LENGTH = 46;
  private static final int LOCAL = 0x04034b50;
  private static final int LOCAL_LENGTH = 30;
  private static final int DESCRIPTOR = 0x08074b50;

  private static final int STORED = 0;
  private static final int DEFLATED = 8;
  private static final int HAS_DESCRIPTOR = 1 << 3;
  private static final int IS_UTF8 = 1 << 11;
  private static final int DEFLATE_LEVEL = 0b110;
  private static final int KNOWN_FLAGS = HAS_DESCRIPTOR | IS_UTF8 | DEFLATE_LEVEL;
  private static final int EXTRA_ZIP64 = 0x0001;
  private static final int EXTRA_UNICODE_NAME = 0x7075;
  private static final long MAX32 = 0xffff_ffffL;
  private static final int MAX16 = 0xffff;

  /** Largest directory that is read, bytes: some hundred thousand members. */
  private static final long MAX_DIRECTORY = 64 << 20;

  private final FileChannel channel;
  private final Map<String, Member> members = new TreeMap<>();
  private final List<String> faults = new ArrayList<>();
  private @Nullable String unreadable;

  private record Member(
      String name,
      int flags,
      int method,
      long crc,
      long packed,
      long size,
      long header,
      long data) {
    Member at(long dataOffset) {
      return new Member(name, flags, method, crc, packed, size, header, dataOffset);
    }
  }

  private ZipFiles(FileChannel channel) {
    this.channel = channel;
  }

  static ZipFiles of(Path path) throws IOException {
    FileChannel channel = FileChannel.open(path);
    ZipFiles zip = new ZipFiles(channel);
    try {
      zip.readAll();
      return zip;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** The zip is not as the format says. */
  private static final class Malformed extends IOException {
    private static final long serialVersionUID = 1L;

    Malformed(String message) {
      super(message);
    }
  }

  @Override
  public SortedSet<String> names() {
    return Collections.unmodifiableSortedSet(new TreeSet<>(members.keySet()));
  }

  @Override
  public List<String> faults() {
    return faults;
  }

  /** Reads where all stands; a zip whose end records do not lead to a directory is not opened. */
  private void readAll() throws IOException {
    if (!isZip()) {
      unreadable = "it is neither a folder nor a zip";
      return;
    }
    Directory directory;
    try {
      directory = findDirectory();
    } catch (Malformed e) {
      unreadable = "the zip cannot be opened: " + e.getMessage();
      return;
    }
    try {
      readDirectory(directory);
      if (members.isEmpty()) {
        unreadable = "it holds no files";
      }
    } catch (Malformed e) {
      members.clear();
      faults.add("the zip: " + e.getMessage());
    }
  }

  @Override
  @Nullable String unreadable() {
    return unreadable;
  }

  /** Whether it begins or ends as a zip does. */
  private boolean isZip() throws IOException {
    long length = channel.size();
    return (length >= LOCAL_LENGTH && at(0, Integer.BYTES).getInt(0) == LOCAL)
        || (length >= END_LENGTH && at(length - END_LENGTH, Integer.BYTES).getInt(0) == END);
  }

  @Override
  long size(String name) throws IOException {
    return member(name).size;
  }

  @Override
  public InputStream open(String name) throws IOException {
    return new MemberStream(member(name));
  }

  private Member member(String name) throws IOException {
    Member member = members.get(name);
    if (member == null) {
      throw new IOException("it is missing");
    }
    return member;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  private ByteBuffer at(long offset, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    if (offset < 0) {
      throw new Malformed("an offset lies before the file");
    }
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, offset + bytes.position()) < 0) {
        throw new Malformed("it ends too early");
      }
    }
    return bytes.flip();
  }

  private static long u32(ByteBuffer bytes, int at) {
    return bytes.getInt(at) & MAX32;
  }

  private static int u16(ByteBuffer bytes, int at) {
    return bytes.getShort(at) & MAX16;
  }

  /** What the end records say of the directory, which ends where they begin. */
  private record Directory(long offset, int length, long members) {}

  private Directory findDirectory() throws IOException {
    long length = channel.size();
    ByteBuffer end = at(length - END_LENGTH, END_LENGTH);
    if (end.getInt(0) != END || u16(end, 20) != 0) {
      throw new Malformed("it does not end in an end record without comment");
    }
    if (u16(end, 4) != 0 || u16(end, 6) != 0 || u16(end, 8) != u16(end, 10)) {
      throw new Malformed("it is one of several parts");
    }
    long count = u16(end, 10);
    long directoryLength = u32(end, 12);
    long directory = u32(end, 16);
    long directoryEnd = length - END_LENGTH;
    if (count == MAX16 || directoryLength == MAX32 || directory == MAX32) {
      ByteBuffer locator = at(directoryEnd - LOCATOR64_LENGTH, LOCATOR64_LENGTH);
      directoryEnd -= LOCATOR64_LENGTH + END64_LENGTH;
      ByteBuffer end64 = at(directoryEnd, END64_LENGTH);
      if (locator.getInt(0) != LOCATOR64
          || locator.getLong(8) != directoryEnd
          || end64.getInt(0) != END64
          || end64.getLong(4) != END64_LENGTH - 12
          || end64.getLong(24) != end64.getLong(32)) {
        throw new Malformed("its zip64 end record is not well-formed");
      }
      count = end64.getLong(32);
      directoryLength = end64.getLong(40);
      directory = end64.getLong(48);
      if (count < MAX16 && directory < MAX32 && directoryLength < MAX32) {
        throw new Malformed("it uses zip64 without need");
      }
    }
    if (directory < 0
        || directoryLength < 0
        || directoryLength > MAX_DIRECTORY
        || directory + directoryLength != directoryEnd) {
      throw new Malformed("its directory does not stand before the end record");
    }
    return new Directory(directory, (int) directoryLength, count);
  }

  private void readDirectory(Directory directory) throws IOException {
    List<Member> listed = readCentral(at(directory.offset, directory.length), directory.members);
    listed.sort(Comparator.comparingLong(Member::header));
    long expected = 0;
    for (Member member : listed) {
      if (member.header != expected) {
        throw new Malformed(
            "there is data outside members, or members overlap, before " + member.name);
      }
      long data = checkLocal(member);
      expected = checkDescriptor(member, data + member.packed);
      members.put(member.name, member.at(data));
    }
    if (expected != directory.offset) {
      throw new Malformed("there is data outside members");
    }
  }

  private List<Member> readCentral(ByteBuffer bytes, long count) throws IOException {
    List<Member> listed = new ArrayList<>();
    TreeSet<String> seen = new TreeSet<>();
    int at = 0;
    while (at < bytes.limit()) {
      if (bytes.limit() - at < CENTRAL_LENGTH || bytes.getInt(at) != CENTRAL) {
        throw new Malformed("its directory is not well-formed");
      }
      int nameLength = u16(bytes, at + 28);
      int extraLength = u16(bytes, at + 30);
      int next = at + CENTRAL_LENGTH + nameLength + extraLength;
      if (u16(bytes, at + 32) != 0 || u16(bytes, at + 34) != 0 || next > bytes.limit()) {
        throw new Malformed("its directory is not well-formed");
      }
      String name = name(bytes, at + CENTRAL_LENGTH, nameLength);
      int flags = u16(bytes, at + 8);
      int method = u16(bytes, at + 10);
      if ((flags & ~KNOWN_FLAGS) != 0) {
        throw new Malformed(name + " is encrypted, or uses what a bundle may not");
      }
      if (method != STORED && method != DEFLATED) {
        throw new Malformed(name + " is neither stored nor deflated");
      }
      int madeOn = bytes.get(at + 5) & 0xff;
      int type = (int) (u32(bytes, at + 38) >>> 16) & 0xf000;
      if (madeOn == 3 && type != 0 && type != 0x8000) {
        throw new Malformed(name + " is a link, or no file");
      }
      long[] sizes = {
        u32(bytes, at + 24), u32(bytes, at + 20), u32(bytes, at + 42)
      }; // size, packed size, offset of the local header: the order of the zip64 field
      readExtra(bytes, at + CENTRAL_LENGTH + nameLength, extraLength, sizes, name);
      if (!seen.add(name)) {
        throw new Malformed(name + " stands in it twice");
      }
      listed.add(
          new Member(name, flags, method, u32(bytes, at + 16), sizes[1], sizes[0], sizes[2], -1));
      at = next;
    }
    if (listed.size() != count) {
      throw new Malformed("its directory does not have as many members as it says");
    }
    return listed;
  }

  private static String name(ByteBuffer bytes, int at, int length) throws Malformed {
    byte[] name = new byte[length];
    bytes.get(at, name);
    String text = new String(name, StandardCharsets.ISO_8859_1);
    if (!isName(text)) {
      throw new Malformed("no file of a bundle is called " + Quoted.of(text));
    }
    return text;
  }

  /** Reads extra fields; where sizes are too large for 32 bits, theirs come from there. */
  private static void readExtra(ByteBuffer bytes, int from, int length, long[] sizes, String name)
      throws Malformed {
    int at = from;
    boolean hasZip64 = false;
    while (at < from + length) {
      if (from + length - at < 4 || at + 4 + u16(bytes, at + 2) > from + length) {
        throw new Malformed("the extra fields of " + name + " are not well-formed");
      }
      int id = u16(bytes, at);
      int end = at + 4 + u16(bytes, at + 2);
      if (id == EXTRA_UNICODE_NAME) {
        throw new Malformed(name + " has a second name");
      }
      if (id == EXTRA_ZIP64) {
        if (hasZip64) {
          throw new Malformed(name + " has two zip64 fields");
        }
        hasZip64 = true;
        int value = at + 4;
        for (int i = 0; i < sizes.length; i++) {
          if (sizes[i] == MAX32) {
            if (value + 8 > end || bytes.getLong(value) < MAX32) {
              throw new Malformed(name + " uses zip64 without need");
            }
            sizes[i] = bytes.getLong(value);
            value += 8;
          }
        }
        if (value == at + 4 || value != end) {
          throw new Malformed(name + " uses zip64 without need");
        }
      }
      at = end;
    }
    if (!hasZip64) {
      for (long size : sizes) {
        if (size == MAX32) {
          throw new Malformed(name + " lacks its zip64 field");
        }
      }
    }
  }

  /** Holds a local header against the directory's; gives where the data begins. */
  private long checkLocal(Member member) throws IOException {
    ByteBuffer header = at(member.header, LOCAL_LENGTH);
    if (header.getInt(0) != LOCAL) {
      throw new Malformed(member.name + " has no local header");
    }
    int nameLength = u16(header, 26);
    int extraLength = u16(header, 28);
    ByteBuffer rest = at(member.header + LOCAL_LENGTH, nameLength + extraLength);
    boolean agrees =
        u16(header, 6) == member.flags
            && u16(header, 8) == member.method
            && name(rest, 0, nameLength).equals(member.name);
    long[] sizes = {u32(header, 22), u32(header, 18), 0};
    boolean isDescribed = (member.flags & HAS_DESCRIPTOR) != 0;
    boolean isZip64 = member.size >= MAX32 || member.packed >= MAX32;
    if (!isDescribed || !isZip64) {
      readExtra(rest, nameLength, extraLength, sizes, member.name);
    }
    if (isDescribed) {
      agrees &= isZeroOr(u32(header, 14), member.crc);
      if (!isZip64) {
        agrees &= isZeroOr(sizes[0], member.size) && isZeroOr(sizes[1], member.packed);
      }
    } else {
      agrees &=
          u32(header, 14) == member.crc && sizes[0] == member.size && sizes[1] == member.packed;
    }
    if (!agrees) {
      throw new Malformed("directory and local header of " + member.name + " do not agree");
    }
    if (member.method == STORED && member.packed != member.size) {
      throw new Malformed(member.name + " is stored with two sizes");
    }
    return member.header + LOCAL_LENGTH + nameLength + extraLength;
  }

  private static boolean isZeroOr(long value, long expected) {
    return value == 0 || value == expected;
  }

  /** Checks the data descriptor, if there is one; gives where the member ends. */
  private long checkDescriptor(Member member, long end) throws IOException {
    if (end < 0) {
      throw new Malformed(member.name + " has no size that can be");
    }
    if ((member.flags & HAS_DESCRIPTOR) == 0) {
      return end;
    }
    boolean isZip64 = member.size >= MAX32 || member.packed >= MAX32;
    int sizes = isZip64 ? 16 : 8;
    boolean isSigned = at(end, 4).getInt(0) == DESCRIPTOR;
    int from = isSigned ? 4 : 0;
    ByteBuffer descriptor = at(end, from + 4 + sizes);
    long packed = isZip64 ? descriptor.getLong(from + 4) : u32(descriptor, from + 4);
    long size = isZip64 ? descriptor.getLong(from + 12) : u32(descriptor, from + 8);
    if (u32(descriptor, from) != member.crc || packed != member.packed || size != member.size) {
      throw new Malformed("directory and data descriptor of " + member.name + " do not agree");
    }
    return end + from + 4 + sizes;
  }

  /** A member's content; its end is reached only where size and checksum are as stated. */
  private final class MemberStream extends InputStream {
    private final Member member;
    private final Inflater inflater = new Inflater(true);
    private final byte[] packed = new byte[1 << 16];
    private final CRC32 crc = new CRC32();
    private long taken; // packed bytes read
    private long given; // bytes handed out
    private boolean ended;

    MemberStream(Member member) {
      this.member = member;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (ended) {
        return -1;
      }
      int count =
          member.method == STORED
              ? stored(target, offset, length)
              : inflated(target, offset, length);
      if (count > 0) {
        given += count;
        crc.update(target, offset, count);
        if (given > member.size) {
          throw new IOException("it holds more than its header states");
        }
        return count;
      }
      ended = true;
      if (given != member.size || crc.getValue() != member.crc || taken != member.packed) {
        throw new IOException("its size or checksum is not that of its header");
      }
      return -1;
    }

    private int fill(byte[] target, int offset, int length) throws IOException {
      int wanted = (int) Math.min(length, member.packed - taken);
      if (wanted == 0) {
        return 0;
      }
      int count = channel.read(ByteBuffer.wrap(target, offset, wanted), member.data + taken);
      if (count < 0) {
        throw new EOFException("the zip ends too early");
      }
      taken += count;
      return count;
    }

    private int stored(byte[] target, int offset, int length) throws IOException {
      return fill(target, offset, length);
    }

    private int inflated(byte[] target, int offset, int length) throws IOException {
      try {
        while (true) {
          int count = inflater.inflate(target, offset, length);
          if (count > 0) {
            return count;
          }
          if (inflater.finished()) {
            if (inflater.getRemaining() > 0) {
              throw new IOException("there is data behind it");
            }
            return 0;
          }
          int filled = fill(packed, 0, packed.length);
          if (inflater.needsDictionary() || filled == 0) {
            throw new IOException("its compressed data is not whole");
          }
          inflater.setInput(packed, 0, filled);
        }
      } catch (DataFormatException e) {
        throw new IOException("its compressed data is damaged", e);
      }
    }

    @Override
    public void close() {
      inflater.end();
    }
  }
}
