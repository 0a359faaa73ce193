// A zip as section 6 allows it, read strictly and piece by piece: nothing in it may be seen
// otherwise by another reader, and no more of it is held than a window.

const MAX_DIRECTORY = 64 << 20; // bytes
const MAX32 = 0xffffffff;
const MAX16 = 0xffff;
const END_LENGTH = 22;
const END64_LENGTH = 56;
const LOCATOR64_LENGTH = 20;
const CENTRAL_LENGTH = 46;
const LOCAL_LENGTH = 30;
const END_MAGIC = 0x06054b50;
const END64_MAGIC = 0x06064b50;
const LOCATOR64_MAGIC = 0x07064b50;
const CENTRAL_MAGIC = 0x02014b50;
const LOCAL_MAGIC = 0x04034b50;
const DESCRIPTOR_MAGIC = 0x08074b50;
const STORED = 0;
const DEFLATED = 8;
const HAS_DESCRIPTOR = 1 << 3;
const KNOWN_FLAGS = HAS_DESCRIPTOR | (1 << 11) | 0b110; // UTF-8 names, levels of deflate
const EXTRA_ZIP64 = 0x0001;
const EXTRA_UNICODE_NAME = 0x7075;

const WINDOW = 1 << 20; // bytes of the zip that are read at once
const PIECE = 1 << 15; // packed bytes that are inflated at once: at most 32 MiB of them come out

const FILE_NAME = /^[A-Za-z0-9._-]+(?:\/[A-Za-z0-9._-]+)?$/;

function isFileName(name) {
  return FILE_NAME.test(name) && !name.split("/").some((part) => part === "." || part === "..");
}

/** The zip is not as the format says. */
class BadZip extends Refused {}

/** A file of the bundle cannot be read as it should be. */
class Unreadable extends Refused {}

/** The browser can no longer read the zip that was chosen, so nothing can be said of it. */
class LostFile extends Error {}

/** CRC-32, eight tables for eight bytes at once. */
const CRC_TABLES = Array.from({ length: 8 }, () => new Int32Array(256));
for (let i = 0; i < 256; i++) {
  let crc = i;
  for (let bit = 0; bit < 8; bit++) {
    crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  CRC_TABLES[0][i] = crc;
}
for (let i = 0; i < 256; i++) {
  for (let table = 1; table < 8; table++) {
    const before = CRC_TABLES[table - 1][i];
    CRC_TABLES[table][i] = CRC_TABLES[0][before & 0xff] ^ (before >>> 8);
  }
}

/** The CRC so far with more bytes; begins and ends as 0 does. */
function crc32(bytes, before) {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = CRC_TABLES;
  let crc = ~before;
  let i = 0;
  for (const last = bytes.length - 8; i <= last; i += 8) {
    crc ^= bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24);
    crc =
      t7[crc & 0xff] ^ t6[(crc >>> 8) & 0xff] ^ t5[(crc >>> 16) & 0xff] ^ t4[crc >>> 24] ^
      t3[bytes[i + 4]] ^ t2[bytes[i + 5]] ^ t1[bytes[i + 6]] ^ t0[bytes[i + 7]];
  }
  for (; i < bytes.length; i++) {
    crc = t0[(crc ^ bytes[i]) & 0xff] ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}

class ZipFile {
  /** Why nothing of it can be read; null where something can. */
  unreadable = null;
  /** What is wrong with the zip as such, for a finding; null where nothing is. */
  fault = null;
  members = new Map();
  bytes = 0; // of all members, as they are stated
  bytesRead = 0; // of them so far
  #blob;
  #window = new Uint8Array(0);
  #windowAt = 0;

  constructor(blob) {
    this.#blob = blob;
  }

  /** Reads where all stands; a zip whose end records do not lead to a directory is not opened. */
  static async open(blob) {
    const zip = new ZipFile(blob);
    let directory = null;
    try {
      if (!(await zip.#isZip())) {
        zip.unreadable = "it is no zip";
        return zip;
      }
      directory = await zip.#findDirectory();
      await zip.#readDirectory(directory);
      if (zip.members.size === 0) {
        zip.unreadable = "it holds no files";
      }
    } catch (e) {
      if (!(e instanceof BadZip)) {
        throw e;
      }
      zip.members.clear();
      if (directory === null) {
        zip.unreadable = `the zip cannot be opened: ${e.message}`;
      } else {
        zip.fault = e.message;
      }
    }
    return zip;
  }

  async #isZip() {
    const { size } = this.#blob;
    return (
      (size >= LOCAL_LENGTH && (await this.#at(0, 4)).getUint32(0, true) === LOCAL_MAGIC) ||
      (size >= END_LENGTH &&
        (await this.#at(size - END_LENGTH, 4)).getUint32(0, true) === END_MAGIC)
    );
  }

  async #at(offset, length) {
    if (offset < 0 || offset + length > this.#blob.size) {
      throw new BadZip("it ends too early, or an offset lies outside it");
    }
    const isInWindow =
      offset >= this.#windowAt && offset + length <= this.#windowAt + this.#window.length;
    if (!isInWindow) {
      this.#windowAt = offset;
      this.#window = await readSlice(this.#blob, offset, offset + Math.max(length, 1 << 16));
    }
    return new DataView(this.#window.buffer, offset - this.#windowAt, length);
  }

  /** What the end records say of the directory, which ends where they begin. */
  async #findDirectory() {
    const { size } = this.#blob;
    const end = await this.#at(size - END_LENGTH, END_LENGTH);
    if (end.getUint32(0, true) !== END_MAGIC || end.getUint16(20, true) !== 0) {
      throw new BadZip("it does not end in an end record without comment");
    }
    let count = end.getUint16(10, true);
    if (end.getUint32(4, true) !== 0 || end.getUint16(8, true) !== count) {
      throw new BadZip("it is one of several parts");
    }
    let directoryLength = end.getUint32(12, true);
    let directory = end.getUint32(16, true);
    let directoryEnd = size - END_LENGTH;
    if (count === MAX16 || directoryLength === MAX32 || directory === MAX32) {
      const locator = await this.#at(directoryEnd - LOCATOR64_LENGTH, LOCATOR64_LENGTH);
      directoryEnd -= LOCATOR64_LENGTH + END64_LENGTH;
      const end64 = await this.#at(directoryEnd, END64_LENGTH);
      count = u64(end64, 32);
      if (
        locator.getUint32(0, true) !== LOCATOR64_MAGIC ||
        locator.getUint32(4, true) !== 0 ||
        u64(locator, 8) !== directoryEnd ||
        locator.getUint32(16, true) !== 1 ||
        end64.getUint32(0, true) !== END64_MAGIC ||
        u64(end64, 4) !== END64_LENGTH - 12 ||
        end64.getUint32(16, true) !== 0 ||
        end64.getUint32(20, true) !== 0 ||
        u64(end64, 24) !== count
      ) {
        throw new BadZip("its zip64 end record is not well-formed");
      }
      directoryLength = u64(end64, 40);
      directory = u64(end64, 48);
      if (count < MAX16 && directory < MAX32 && directoryLength < MAX32) {
        throw new BadZip("it uses zip64 without need");
      }
    }
    if (directoryLength > MAX_DIRECTORY || directory + directoryLength !== directoryEnd) {
      throw new BadZip("its directory does not stand before the end record");
    }
    return { offset: directory, length: directoryLength, count };
  }

  async #readDirectory({ offset, length, count }) {
    const listed = readCentral(await this.#at(offset, length), count);
    listed.sort((a, b) => a.header - b.header);
    let expected = 0;
    for (const member of listed) {
      if (member.header !== expected) {
        throw new BadZip("there is data outside members, or members overlap");
      }
      member.data = await this.#checkLocal(member);
      expected = await this.#checkDescriptor(member, member.data + member.packed);
      this.members.set(member.name, member);
      this.bytes += member.size;
    }
    if (expected !== offset) {
      throw new BadZip("there is data outside members");
    }
  }

  /** Holds a local header against the directory's; gives where the data begins. */
  async #checkLocal(member) {
    const { name } = member;
    let header = await this.#at(member.header, LOCAL_LENGTH);
    if (header.getUint32(0, true) !== LOCAL_MAGIC) {
      throw new BadZip(`${name} has no local header`);
    }
    const nameLength = header.getUint16(26, true);
    const extraLength = header.getUint16(28, true);
    header = await this.#at(member.header, LOCAL_LENGTH + nameLength + extraLength);
    const crc = header.getUint32(14, true);
    const sizes = [header.getUint32(22, true), header.getUint32(18, true), 0];
    const isDescribed = (member.flags & HAS_DESCRIPTOR) !== 0;
    const isZip64 = member.size >= MAX32 || member.packed >= MAX32;
    let agrees =
      header.getUint16(6, true) === member.flags &&
      header.getUint16(8, true) === member.method &&
      nameAt(header, LOCAL_LENGTH, nameLength) === name;
    if (!isDescribed || !isZip64) {
      readExtra(header, LOCAL_LENGTH + nameLength, extraLength, sizes, name);
    }
    if (!isDescribed) {
      agrees &&= crc === member.crc && sizes[0] === member.size && sizes[1] === member.packed;
    } else {
      agrees &&= crc === 0 || crc === member.crc;
      agrees &&= isZip64 || sizes[0] === 0 || sizes[0] === member.size;
      agrees &&= isZip64 || sizes[1] === 0 || sizes[1] === member.packed;
    }
    if (!agrees) {
      throw new BadZip(`directory and local header of ${name} do not agree`);
    }
    if (member.method === STORED && member.packed !== member.size) {
      throw new BadZip(`${name} is stored with two sizes`);
    }
    return member.header + LOCAL_LENGTH + nameLength + extraLength;
  }

  /** Checks the data descriptor, where there is one; gives where the member ends. */
  async #checkDescriptor(member, end) {
    if ((member.flags & HAS_DESCRIPTOR) === 0) {
      return end;
    }
    const isZip64 = member.size >= MAX32 || member.packed >= MAX32;
    const isSigned = (await this.#at(end, 4)).getUint32(0, true) === DESCRIPTOR_MAGIC;
    const from = isSigned ? 4 : 0;
    const length = from + (isZip64 ? 20 : 12);
    const view = await this.#at(end, length);
    const packed = isZip64 ? u64(view, from + 4) : view.getUint32(from + 4, true);
    const size = isZip64 ? u64(view, from + 12) : view.getUint32(from + 8, true);
    if (
      view.getUint32(from, true) !== member.crc ||
      packed !== member.packed ||
      size !== member.size
    ) {
      throw new BadZip(`directory and data descriptor of ${member.name} do not agree`);
    }
    return end + length;
  }

  /** A file's content, piece by piece; Unreadable where it is not as the zip states. */
  async *read(name) {
    const member = this.members.get(name);
    if (member === undefined) {
      throw new Unreadable("it is missing");
    }
    let size = 0;
    let crc = 0;
    for await (const piece of member.method === STORED
      ? this.#packed(member)
      : this.#inflated(member)) {
      size += piece.length;
      if (size > member.size) {
        throw new Unreadable("it holds more than its header states");
      }
      crc = crc32(piece, crc);
      this.bytesRead += piece.length;
      yield piece;
    }
    if (size !== member.size || crc !== member.crc) {
      throw new Unreadable("its size or checksum is not that of its header");
    }
  }

  async *#packed(member) {
    const end = member.data + member.packed;
    for (let at = member.data; at < end; at += WINDOW) {
      const window = await readSlice(this.#blob, at, Math.min(at + WINDOW, end));
      for (let from = 0; from < window.length; from += PIECE) {
        yield window.subarray(from, from + PIECE);
      }
    }
  }

  async *#inflated(member) {
    const inflater = new DecompressionStream("deflate-raw");
    const reader = inflater.readable.getReader();
    const feeding = this.#feed(member, inflater.writable.getWriter());
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        yield next.value;
      }
    } catch {
      throw (await feeding) ?? new Unreadable("its compressed data is damaged, or not whole");
    } finally {
      await reader.cancel().catch(() => {}); // it may have failed already, which was told
    }
  }

  /** Gives packed data to an inflater; the error where there was no more to be read, else null. */
  async #feed(member, writer) {
    try {
      for await (const piece of this.#packed(member)) {
        await writer.write(piece);
      }
      await writer.close();
      return null;
    } catch (e) {
      await writer.abort(e).catch(() => {}); // likewise
      return e instanceof LostFile ? e : null;
    }
  }

  /** A whole file of at most so many bytes. */
  async readWhole(name, most) {
    const pieces = [];
    let size = 0;
    for await (const piece of this.read(name)) {
      size += piece.length;
      if (size > most) {
        throw new Unreadable(`it has more than ${most} bytes`);
      }
      pieces.push(piece);
    }
    return concatBytes(...pieces);
  }
}

async function readSlice(blob, from, to) {
  try {
    return new Uint8Array(await blob.slice(from, to).arrayBuffer());
  } catch (e) {
    throw new LostFile(`the zip cannot be read: ${e.message}`);
  }
}

/** A number of 64 bits; past 2^53 it is none that a zip can have. */
function u64(view, at) {
  const value = view.getBigUint64(at, true);
  if (value > BigInt(MAX_SAFE)) {
    throw new BadZip("it states a size that cannot be");
  }
  return Number(value);
}

function nameAt(view, at, length) {
  const bytes = new Uint8Array(view.buffer, view.byteOffset + at, length);
  const name = octets.decode(bytes);
  if (!isFileName(name)) {
    throw new BadZip(`no file of a bundle is called ${shown(name)}`);
  }
  return name;
}

function readCentral(view, count) {
  const listed = [];
  const seen = new Set();
  const length = view.byteLength;
  for (let at = 0; at < length; ) {
    if (length - at < CENTRAL_LENGTH || view.getUint32(at, true) !== CENTRAL_MAGIC) {
      throw new BadZip("its directory is not well-formed");
    }
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const extra = at + CENTRAL_LENGTH + nameLength;
    // No comment, and all on the first disk.
    if (view.getUint32(at + 32, true) !== 0 || extra + extraLength > length) {
      throw new BadZip("its directory is not well-formed");
    }
    const name = nameAt(view, at + CENTRAL_LENGTH, nameLength);
    const flags = view.getUint16(at + 8, true);
    const method = view.getUint16(at + 10, true);
    if ((flags & ~KNOWN_FLAGS) !== 0) {
      throw new BadZip(`${name} is encrypted, or uses what a bundle may not`);
    }
    if (method !== STORED && method !== DEFLATED) {
      throw new BadZip(`${name} is neither stored nor deflated`);
    }
    const isUnix = view.getUint8(at + 5) === 3;
    const type = view.getUint16(at + 40, true) & 0xf000;
    if (isUnix && type !== 0 && type !== 0x8000) {
      throw new BadZip(`${name} is a link, or no file`);
    }
    // In the order of the zip64 field.
    const sizes = [
      view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true),
    ];
    readExtra(view, extra, extraLength, sizes, name);
    if (seen.has(name)) {
      throw new BadZip(`${name} stands in it twice`);
    }
    seen.add(name);
    const [size, packed, header] = sizes;
    listed.push({ name, flags, method, crc: view.getUint32(at + 16, true), size, packed, header });
    at = extra + extraLength;
  }
  if (listed.length !== count) {
    throw new BadZip("its directory does not have as many members as it says");
  }
  return listed;
}

/** Reads extra fields; sizes too large for 32 bits are taken from there. */
function readExtra(view, from, length, sizes, name) {
  let hasZip64 = false;
  const end = from + length;
  for (let at = from; at < end; ) {
    if (end - at < 4 || at + 4 + view.getUint16(at + 2, true) > end) {
      throw new BadZip(`the extra fields of ${name} are not well-formed`);
    }
    const id = view.getUint16(at, true);
    const next = at + 4 + view.getUint16(at + 2, true);
    if (id === EXTRA_UNICODE_NAME) {
      throw new BadZip(`${name} has a second name`);
    }
    if (id === EXTRA_ZIP64) {
      if (hasZip64) {
        throw new BadZip(`${name} has two zip64 fields`);
      }
      hasZip64 = true;
      let value = at + 4;
      for (let i = 0; i < sizes.length; i++) {
        if (sizes[i] === MAX32) {
          if (value + 8 > next || u64(view, value) < MAX32) {
            throw new BadZip(`${name} uses zip64 without need`);
          }
          sizes[i] = u64(view, value);
          value += 8;
        }
      }
      if (value === at + 4 || value !== next) {
        throw new BadZip(`${name} uses zip64 without need`);
      }
    }
    at = next;
  }
  if (!hasZip64 && sizes.includes(MAX32)) {
    throw new BadZip(`${name} lacks its zip64 field`);
  }
}

/**
 * Gives each line of a file to a function: (bytes, from, length without line feed, whether it has
 * one), and waits where that gives a promise. Of a line that is too long only MAX_LINE as its
 * length is told. At bounded memory.
 */
async function eachLine(pieces, take) {
  let buffer = new Uint8Array(1 << 16);
  let from = 0; // first byte that was not handed out
  let filled = 0;
  let isOversized = false;
  for await (const piece of pieces) {
    for (let taken = 0; taken < piece.length; ) {
      if (filled === buffer.length && from > 0) {
        buffer.copyWithin(0, from, filled);
        filled -= from;
        from = 0;
      } else if (filled === buffer.length) {
        const larger = new Uint8Array(2 * buffer.length);
        larger.set(buffer);
        buffer = larger;
      }
      const seen = filled;
      const count = Math.min(piece.length - taken, buffer.length - filled);
      buffer.set(piece.subarray(taken, taken + count), filled);
      filled += count;
      taken += count;
      const ready = buffer.subarray(0, filled);
      let end = ready.indexOf(LINE_FEED, seen);
      while (end >= 0) {
        const waiting = take(buffer, from, isOversized ? MAX_LINE : end - from, true);
        if (waiting !== undefined) {
          await waiting;
        }
        isOversized = false;
        from = end + 1;
        end = ready.indexOf(LINE_FEED, from);
      }
      if (filled - from > MAX_LINE) {
        isOversized = true; // what it holds is of no more interest, only where it ends
        filled = from;
      }
    }
  }
  if (filled > from || isOversized) {
    await take(buffer, from, isOversized ? MAX_LINE : filled - from, false);
  }
}
