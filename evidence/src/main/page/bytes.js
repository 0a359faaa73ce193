// Bytes and text.

const LINE_FEED = 0x0a;
const MAX_SAFE = Number.MAX_SAFE_INTEGER;

const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const octets = new TextDecoder("latin1"); // of ASCII: bytes past it never get here

/** What somebody else's bytes or text is refused with: the message is for a person. */
class Refused extends Error {}

/** The text that bytes spell in UTF-8, or null where they are none. */
function decodeUtf8(bytes) {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return null;
  }
}

function ascii(text) {
  return utf8.encode(text);
}

/** The text of ASCII bytes[from, to). */
function asciiText(bytes, from, to) {
  return octets.decode(bytes.subarray(from, to));
}

const HEX_DIGITS = ascii("0123456789abcdef");
const HEX_VALUES = new Int8Array(256).fill(-1);
HEX_DIGITS.forEach((digit, value) => (HEX_VALUES[digit] = value));

function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Whether there are so many lower-case hex digits from a place on. */
function isHexAt(bytes, at, digits) {
  for (let i = at; i < at + digits; i++) {
    if (HEX_VALUES[bytes[i]] < 0) {
      return false;
    }
  }
  return true;
}

/** Whether the hex digits from a place on spell the 32 bytes of a hash. */
function isHexOf(digits, at, hash, hashAt) {
  for (let i = 0; i < 32; i++) {
    const byte = hash[hashAt + i];
    if (
      digits[at + 2 * i] !== HEX_DIGITS[byte >>> 4] ||
      digits[at + 2 * i + 1] !== HEX_DIGITS[byte & 15]
    ) {
      return false;
    }
  }
  return true;
}

function isSame(a, b) {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function concatBytes(...pieces) {
  const all = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

function toBase64(bytes) {
  let binary = "";
  for (const byte of bytes) {
    binary += String.fromCharCode(byte);
  }
  return btoa(binary);
}

/** The bytes, or null where the text is anything but their one spelling (padded, bits zero). */
function fromBase64(text) {
  let binary;
  try {
    binary = atob(text);
  } catch {
    return null;
  }
  const bytes = Uint8Array.from(binary, (c) => c.charCodeAt(0));
  return toBase64(bytes) === text ? bytes : null;
}

/** The hash of 32 bytes that a text spells, or null. */
function hashFromBase64(text) {
  const bytes = fromBase64(text);
  return bytes !== null && bytes.length === 32 ? bytes : null;
}

/** The number that at most 16 digits without leading zeros give, or null. */
function decimal(text) {
  return /^(?:0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : null;
}

/** Whether a text is one of those that count entries: 0 to 2^53-1. */
function entryNumber(text) {
  const number = decimal(text);
  return number !== null && BigInt(text) <= BigInt(MAX_SAFE) ? number : null;
}

const MAX_SHOWN = 80;

/** Somebody else's text for a message: short, quoted, without control characters. */
function shown(text) {
  const cut = text.length > MAX_SHOWN ? "…" : "";
  return `"${printable(text.slice(0, MAX_SHOWN))}${cut}"`;
}

/** Text without anything that could move or hide what stands around it. */
function printable(text) {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (c) => `\\u{${c.codePointAt(0).toString(16)}}`);
}

/** Order by code point, which the format sorts filters by; text's own is by UTF-16 unit. */
function compareCodePoints(a, b) {
  const left = Array.from(a, (c) => c.codePointAt(0));
  const right = Array.from(b, (c) => c.codePointAt(0));
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    if (left[i] !== right[i]) {
      return left[i] - right[i];
    }
  }
  return left.length - right.length;
}
