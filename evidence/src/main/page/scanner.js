// Checks in place that bytes are JSON in canonical form. It accepts exactly what json.js reads and
// writes back unchanged, but builds nothing: this is where the time of a verification goes.

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const ZERO = 0x30;
const NINE = 0x39;

/** Digits that always survive a double, so that a plain decimal of so many is canonical. */
const EXACT_DIGITS = 15;
const MAX_NUMBER = 25; // characters of the longest canonical number

// Kinds of bytes in a string: 0 goes on, others want a closer look.
const STRING_KINDS = new Uint8Array(256);
STRING_KINDS.fill(1, 0, 0x20).fill(1, 0x80);
STRING_KINDS[QUOTE] = STRING_KINDS[BACKSLASH] = 1;

const TRUE = ascii("true");
const FALSE = ascii("false");
const NULL = ascii("null");
const SHORT_ESCAPES = ascii('"\\bfnrt');

/** Whether literal stands at a place, before end. */
function standsAt(bytes, at, end, literal) {
  const length = literal.length;
  if (at < 0 || end - at < length) {
    return false;
  }
  for (let i = 0; i < length; i++) {
    if (bytes[at + i] !== literal[i]) {
      return false;
    }
  }
  return true;
}

// Where the last name of each open object stands.
const keyStarts = new Int32Array(MAX_DEPTH);
const keyEnds = new Int32Array(MAX_DEPTH);
const isObjectLevel = new Uint8Array(MAX_DEPTH);

/** The index after the value that begins at a place, or -1 where it is not canonical. */
function scanValue(bytes, start, end) {
  let depth = 0;
  let at = start;
  while (true) {
    if (at >= end) {
      return -1;
    }
    const first = bytes[at];
    if (first === QUOTE) {
      at = scanString(bytes, at + 1, end);
    } else if (first === 0x7b || first === 0x5b) {
      if (depth === MAX_DEPTH) {
        return -1;
      }
      if (at + 1 < end && bytes[at + 1] === first + 2) {
        at += 2; // empty
      } else {
        isObjectLevel[depth] = first === 0x7b ? 1 : 0;
        at++;
        if (first === 0x7b) {
          keyStarts[depth] = -1;
          at = scanKey(bytes, at, end, depth);
          if (at < 0) {
            return -1;
          }
        }
        depth++;
        continue;
      }
    } else if (first === 0x74) {
      at = standsAt(bytes, at, end, TRUE) ? at + 4 : -1;
    } else if (first === 0x66) {
      at = standsAt(bytes, at, end, FALSE) ? at + 5 : -1;
    } else if (first === 0x6e) {
      at = standsAt(bytes, at, end, NULL) ? at + 4 : -1;
    } else {
      at = scanNumber(bytes, at, end);
    }
    // A value has ended before at: close what ends with it, up to the next comma.
    while (true) {
      if (at < 0 || depth === 0) {
        return at;
      }
      if (at >= end) {
        return -1;
      }
      const inObject = isObjectLevel[depth - 1] === 1;
      const next = bytes[at++];
      if (next === COMMA) {
        at = inObject ? scanKey(bytes, at, end, depth - 1) : at;
        if (at < 0) {
          return -1;
        }
        break;
      }
      if (next !== (inObject ? 0x7d : 0x5d)) {
        return -1;
      }
      depth--;
    }
  }
}

/** The index after a string whose opening quote stands before a place, or -1. */
function scanString(bytes, start, end) {
  let at = start;
  while (at >= 0) {
    while (at < end && STRING_KINDS[bytes[at]] === 0) {
      at++;
    }
    if (at >= end) {
      return -1;
    }
    const byte = bytes[at];
    if (byte === QUOTE) {
      return at + 1;
    }
    if (byte < 0x20) {
      return -1;
    }
    at = byte === BACKSLASH ? scanEscape(bytes, at, end) : scanCharacter(bytes, at, end);
  }
  return -1;
}

/** The index after an escape, or -1 unless it is the shortest for what needs one. */
function scanEscape(bytes, at, end) {
  if (at + 1 >= end) {
    return -1;
  }
  const kind = bytes[at + 1];
  if (SHORT_ESCAPES.includes(kind)) {
    return at + 2;
  }
  if (kind === 0x75 && at + 6 <= end && bytes[at + 2] === ZERO && bytes[at + 3] === ZERO) {
    const high = HEX_VALUES[bytes[at + 4]];
    const low = HEX_VALUES[bytes[at + 5]];
    const hasShorter = high === 0 && [8, 9, 10, 12, 13].includes(low);
    if ((high === 0 || high === 1) && low >= 0 && !hasShorter) {
      return at + 6;
    }
  }
  return -1;
}

/** The index after a character of two to four bytes of UTF-8, or -1. */
function scanCharacter(bytes, at, end) {
  const lead = bytes[at];
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (lead < 0xc2 || lead > 0xf4 || at + length > end) {
    return -1;
  }
  const second = bytes[at + 1];
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) {
    return -1;
  }
  for (let i = at + 2; i < at + length; i++) {
    if ((bytes[i] & 0xc0) !== 0x80) {
      return -1;
    }
  }
  return at + length;
}

/** The index after a member's name and colon, or -1; the name must come after the last one. */
function scanKey(bytes, at, end, level) {
  if (at >= end || bytes[at] !== QUOTE) {
    return -1;
  }
  const after = scanString(bytes, at + 1, end);
  if (after < 0 || after >= end || bytes[after] !== COLON) {
    return -1;
  }
  const before = keyStarts[level];
  if (before >= 0 && compareKeys(bytes, before, keyEnds[level], at + 1, after - 1) >= 0) {
    return -1;
  }
  keyStarts[level] = at + 1;
  keyEnds[level] = after - 1;
  return after + 1;
}

/** Compares two canonically spelled names by their UTF-16 code units. */
function compareKeys(bytes, a, aEnd, b, bEnd) {
  let i = a;
  let j = b;
  while (i < aEnd && j < bEnd) {
    const x = bytes[i];
    const y = bytes[j];
    const left = x === BACKSLASH ? unescaped(bytes, i) : rank(x);
    const right = y === BACKSLASH ? unescaped(bytes, j) : rank(y);
    if (left !== right) {
      return left - right;
    }
    i += x === BACKSLASH ? escapeLength(bytes, i) : 1;
    j += y === BACKSLASH ? escapeLength(bytes, j) : 1;
  }
  return aEnd - i - (bEnd - j);
}

/**
 * A byte of UTF-8 such that ranks order as UTF-16 does: there the characters past U+FFFF (lead
 * bytes F0 to F4) are surrogates and come before U+E000 to U+FFFF (lead bytes EE and EF).
 */
function rank(byte) {
  return byte === 0xee || byte === 0xef ? byte + 0x10 : byte;
}

function escapeLength(bytes, at) {
  return bytes[at + 1] === 0x75 ? 6 : 2;
}

function unescaped(bytes, at) {
  switch (bytes[at + 1]) {
    case 0x62:
      return 8;
    case 0x74:
      return 9;
    case 0x6e:
      return 10;
    case 0x66:
      return 12;
    case 0x72:
      return 13;
    case 0x75:
      return (HEX_VALUES[bytes[at + 4]] << 4) | HEX_VALUES[bytes[at + 5]];
    default:
      return bytes[at + 1]; // a quote or a backslash
  }
}

/** The index after a number in its canonical spelling, or -1. */
function scanNumber(bytes, at, end) {
  const isNegative = bytes[at] === 0x2d;
  const first = isNegative ? at + 1 : at;
  const point = scanDigits(bytes, first, end);
  const whole = point - first;
  if (whole === 0) {
    return -1;
  }
  const next = point < end ? bytes[point] : 0;
  const isZero = bytes[first] === ZERO;
  let after = point;
  if (next !== 0x2e && next !== 0x65 && next !== 0x45) {
    if (whole <= EXACT_DIGITS) {
      return isZero && (whole > 1 || isNegative) ? -1 : point;
    }
  } else {
    if (next === 0x2e) {
      after = scanDigits(bytes, point + 1, end);
      const hasExponent = after < end && (bytes[after] === 0x65 || bytes[after] === 0x45);
      if (!hasExponent && !isZero && after - first <= EXACT_DIGITS) {
        return after > point + 1 && bytes[after - 1] !== ZERO ? after : -1;
      }
    }
    if (after < end && (bytes[after] === 0x65 || bytes[after] === 0x45)) {
      after++;
      if (after < end && (bytes[after] === 0x2b || bytes[after] === 0x2d)) {
        after++;
      }
      after = scanDigits(bytes, after, end);
    }
  }
  if (after - at > MAX_NUMBER) {
    return -1;
  }
  const spelled = asciiText(bytes, at, after);
  const value = Number(spelled);
  return Number.isFinite(value) && String(value) === spelled ? after : -1;
}

function scanDigits(bytes, start, end) {
  let at = start;
  while (at < end && bytes[at] >= ZERO && bytes[at] <= NINE) {
    at++;
  }
  return at;
}

/**
 * The index after the text of an entry's member, whose opening quote stands before a place: 1 to
 * most bytes of UTF-8, counted without escapes, and control characters only where allowed. Or -1.
 */
function scanText(bytes, start, end, most, controlsAllowed) {
  let at = start;
  let escapes = 0; // bytes by which the spelling is longer than the text
  while (true) {
    if (at >= end) {
      return -1;
    }
    const byte = bytes[at];
    if (byte === QUOTE) {
      break;
    }
    let after = at + 1;
    if (byte === BACKSLASH) {
      after = scanEscape(bytes, at, end);
      if (!controlsAllowed && bytes[at + 1] !== QUOTE && bytes[at + 1] !== BACKSLASH) {
        return -1;
      }
      escapes += after - at - 1;
    } else if (byte >= 0x80) {
      after = scanCharacter(bytes, at, end);
      if (!controlsAllowed && byte === 0xc2 && bytes[at + 1] < 0xa0) {
        return -1;
      }
    } else if (byte < 0x20 || (byte === 0x7f && !controlsAllowed)) {
      return -1;
    }
    if (after < 0) {
      return -1;
    }
    at = after;
  }
  const length = at - start - escapes;
  return length >= 1 && length <= most ? at + 1 : -1;
}
