package io.osmoda.evidence;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** A zip written field by field, so that each can be wrong. */
final class ZipBytes {
  /** A member; what is changed after it was made is what its headers then say. */
  static final class Member {
    String name;
    String localName;
    int flags;
    int localFlags;
    int method;
    int localMethod;
    int madeOn = 3;
    int type = 0x8000;
    long crc;
    long packedSize;
    long size;
    long localCrc;
    long localPackedSize;
    long localSize;
    byte[] extra = {};
    byte[] localExtra = {};
    byte[] comment = {};
    byte[] packed;
    byte[] before = {}; // stands before the local header
    byte[] descriptor = {};
    long offsetError;

    private Member(String name, byte[] content, boolean deflates) {
      this.name = name;
      this.localName = name;
      this.packed = deflates ? deflated(content) : content;
      this.method = deflates ? 8 : 0;
      this.localMethod = method;
      CRC32 sum = new CRC32();
      sum.update(content);
      this.crc = sum.getValue();
      this.localCrc = crc;
      this.size = content.length;
      this.localSize = size;
      this.packedSize = packed.length;
      this.localPackedSize = packedSize;
    }

    /** Puts sizes and checksum behind the data, with or without the signature. */
    Member described(boolean isSigned) {
      flags |= 8;
      localFlags |= 8;
      localCrc = 0;
      localSize = 0;
      localPackedSize = 0;
      byte[] signed =
          little(16)
              .putInt(0x08074b50)
              .putInt((int) crc)
              .putInt((int) packedSize)
              .putInt((int) size)
              .array();
      descriptor = isSigned ? signed : Arrays.copyOfRange(signed, 4, 16);
      return this;
    }
  }

  final List<Member> members = new ArrayList<>();
  byte[] prefix = {};
  byte[] beforeDirectory = {};
  byte[] suffix = {};
  byte[] comment = {};
  int countError;
  int disk;
  long directoryError;

  /** All files, deflated. */
  static ZipBytes of(Map<String, byte[]> files) {
    ZipBytes zip = new ZipBytes();
    files.forEach((name, bytes) -> zip.members.add(new Member(name, bytes, true)));
    return zip;
  }

  Member add(String name, byte[] content, boolean deflates) {
    Member member = new Member(name, content, deflates);
    members.add(member);
    return member;
  }

  Member member(String name) {
    return members.stream().filter(each -> each.name.equals(name)).findFirst().orElseThrow();
  }

  private static byte[] deflated(byte[] content) {
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    deflater.setInput(content);
    deflater.finish();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] block = new byte[1 << 16];
    while (!deflater.finished()) {
      out.write(block, 0, deflater.deflate(block));
    }
    deflater.end();
    return out.toByteArray();
  }

  private static ByteBuffer little(int length) {
    return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
  }

  byte[] toBytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream directory = new ByteArrayOutputStream();
    out.writeBytes(prefix);
    for (Member each : members) {
      out.writeBytes(each.before);
      long offset = out.size() + each.offsetError;
      byte[] localName = each.localName.getBytes(StandardCharsets.UTF_8);
      out.writeBytes(
          little(30)
              .putInt(0x04034b50)
              .putShort((short) 20)
              .putShort((short) each.localFlags)
              .putShort((short) each.localMethod)
              .putInt(0x00210000)
              .putInt((int) each.localCrc)
              .putInt((int) each.localPackedSize)
              .putInt((int) each.localSize)
              .putShort((short) localName.length)
              .putShort((short) each.localExtra.length)
              .array());
      out.writeBytes(localName);
      out.writeBytes(each.localExtra);
      out.writeBytes(each.packed);
      out.writeBytes(each.descriptor);
      byte[] name = each.name.getBytes(StandardCharsets.UTF_8);
      directory.writeBytes(
          little(46)
              .putInt(0x02014b50)
              .put((byte) 20)
              .put((byte) each.madeOn)
              .putShort((short) 20)
              .putShort((short) each.flags)
              .putShort((short) each.method)
              .putInt(0x00210000)
              .putInt((int) each.crc)
              .putInt((int) each.packedSize)
              .putInt((int) each.size)
              .putShort((short) name.length)
              .putShort((short) each.extra.length)
              .putShort((short) each.comment.length)
              .putShort((short) 0)
              .putShort((short) 0)
              .putInt((each.type | 0644) << 16)
              .putInt((int) offset)
              .array());
      directory.writeBytes(name);
      directory.writeBytes(each.extra);
      directory.writeBytes(each.comment);
    }
    out.writeBytes(beforeDirectory);
    int at = out.size();
    out.writeBytes(directory.toByteArray());
    short count = (short) (members.size() + countError);
    out.writeBytes(
        little(22)
            .putInt(0x06054b50)
            .putShort((short) disk)
            .putShort((short) disk)
            .putShort(count)
            .putShort(count)
            .putInt(directory.size())
            .putInt((int) (at + directoryError))
            .putShort((short) comment.length)
            .array());
    out.writeBytes(comment);
    out.writeBytes(suffix);
    return out.toByteArray();
  }
}
