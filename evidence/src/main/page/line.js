// One line of a ledger (section 1): its form, checked in place, and its hashes.

const MAX_LINE = 1_048_576; // bytes with the line feed
const MAX_CAUSES = 64;
const MAX_ID = 256;
const MAX_TARGET = 1024;
const MAX_REASON = 4096;
const MAX_NAME = 64;
const MAX_ORIGIN = 255;
const TIMESTAMP_LENGTH = 30;
const HASH_DIGITS = 64;

// The members, in canonical order.
const MEMBER_NAMES = [
  "action", "actor", "caused_by", "entry_hash", "occurred_at", "payload", "payload_hash",
  "payload_salt", "prev_hash", "reason", "seq", "session", "source", "status", "target",
  "timestamp", "tool", "trace",
];
const [
  ACTION, ACTOR, CAUSED_BY, ENTRY_HASH, OCCURRED_AT, PAYLOAD, PAYLOAD_HASH,
  PAYLOAD_SALT, PREV_HASH, REASON, SEQ, SESSION, SOURCE, STATUS, TARGET,
  TIMESTAMP, TOOL, TRACE,
] = MEMBER_NAMES.keys();

/** What stands before each member's value, from the brace or comma on. */
const OPENINGS = MEMBER_NAMES.map((name, member) => {
  const value = { caused_by: "[", payload: "", seq: "", trace: "{" }[name] ?? '"';
  return ascii(`${member === ACTION ? "{" : ","}"${name}":${value}`);
});

const PARENT_SPAN_ID = ascii('"parent_span_id":"');
const SPAN_ID = ascii('"span_id":"');
const TRACE_ID = ascii('"trace_id":"');
const STATUSES = [
  "ok", "pending", "error", "denied", "timeout", "cancelled", "crashed", "unknown",
].map((status) => ascii(`${status}"`));
const ACTOR_KINDS = ["agent:", "user:", "ssh:", "system:", "mesh:"].map(ascii);
const LEDGER_SOURCE = ascii("ledger");
const LEDGER_ACTOR = ascii("system:ledger");
const CONTROL_PREFIXES = ["ledger_", "capture_", "witness_"].map(ascii);
const CONTROL_ACTIONS = ["key_rotate", "clock_step"].map(ascii);

/** Control entries that stand whole in every export and are never redacted. */
const CONTEXT_ACTIONS = new Set([
  "ledger_create", "ledger_recover", "ledger_redact", "ledger_restore", "key_rotate",
  "clock_step", "capture_start", "capture_stop", "capture_gap", "capture_state",
]);

const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

// Classes of bytes in names and origins.
const LOWER = 1;
const DIGIT = 2;
const UNDERSCORE = 4;
const ORIGIN_MARK = 8;
const CLASSES = new Uint8Array(256);
CLASSES.fill(LOWER, 0x61, 0x7b).fill(DIGIT, ZERO, NINE + 1);
CLASSES[0x5f] = UNDERSCORE | ORIGIN_MARK;
ascii("./:-").forEach((mark) => (CLASSES[mark] = ORIGIN_MARK));

/** Whether the 30 bytes from a place on are a real time, YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ. */
function isTimeAt(bytes, at) {
  if (
    bytes[at + 4] !== 0x2d || bytes[at + 7] !== 0x2d || bytes[at + 10] !== 0x54 ||
    bytes[at + 13] !== COLON || bytes[at + 16] !== COLON || bytes[at + 19] !== 0x2e ||
    bytes[at + 29] !== 0x5a || scanDigits(bytes, at + 20, at + 29) !== at + 29
  ) {
    return false;
  }
  const century = twoDigits(bytes, at);
  const yearOfCentury = twoDigits(bytes, at + 2);
  const month = twoDigits(bytes, at + 5);
  const day = twoDigits(bytes, at + 8);
  const hour = twoDigits(bytes, at + 11);
  const minute = twoDigits(bytes, at + 14);
  const second = twoDigits(bytes, at + 17);
  if (
    (century | yearOfCentury | month | day | hour | minute | second) < 0 ||
    month < 1 || month > 12 || day < 1 || day > MONTH_DAYS[month - 1] ||
    hour > 23 || minute > 59 || second > 59
  ) {
    return false;
  }
  const year = 100 * century + yearOfCentury;
  return month !== 2 || day < 29 || (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0));
}

function isTime(text) {
  return text.length === TIMESTAMP_LENGTH && isTimeAt(ascii(text), 0);
}

function twoDigits(bytes, at) {
  const tens = bytes[at] - ZERO;
  const ones = bytes[at + 1] - ZERO;
  return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? -1 : 10 * tens + ones;
}

/**
 * Reads one line in place. After a good scan its fields tell of the line, and refer to the bytes
 * that were scanned; after another one only problem, detail and seq (-1 where it has none).
 */
class EntryLine {
  starts = new Int32Array(MEMBER_NAMES.length);
  ends = new Int32Array(MEMBER_NAMES.length);
  causeCount = 0;
  causeStarts = new Int32Array(MAX_CAUSES);
  causeHashes = new Int32Array(MAX_CAUSES); // where the 64 digits begin
  causeSeqs = new Float64Array(MAX_CAUSES);
  causeOriginLengths = new Int32Array(MAX_CAUSES);
  seq = -1;
  isControl = false;
  isContext = false;
  problem = "";
  detail = "";
  bytes = new Uint8Array(0);
  #from = 0;
  #end = 0;
  #present = 0; // a bit a member
  #refusal = "";
  #salt = new Uint8Array(16);
  #sha256 = new Sha256();
  #digest = new Uint8Array(32);

  /** Scans bytes[from, to), a line without its line feed; whether it is an entry. */
  scan(bytes, from, to) {
    this.bytes = bytes;
    this.#from = from;
    this.#end = to;
    this.#present = 0;
    this.causeCount = 0;
    this.seq = -1;
    const after = this.#members(bytes, from);
    if (after === to) {
      return true;
    }
    if (after >= 0) {
      this.#refuse("there is more after the entry");
    }
    this.#explain();
    return false;
  }

  has(member) {
    return ((this.#present >>> member) & 1) !== 0;
  }

  get hasPayload() {
    return this.has(PAYLOAD);
  }

  /** Whether a member is there and spelled so. */
  is(member, spelled) {
    return (
      this.has(member) &&
      this.ends[member] - this.starts[member] === spelled.length &&
      standsAt(this.bytes, this.starts[member], this.ends[member], spelled)
    );
  }

  /** A string member's text; undefined where there is none. */
  text(member) {
    if (!this.has(member)) {
      return undefined;
    }
    const spelled = decodeUtf8(this.bytes.subarray(this.starts[member], this.ends[member]));
    return spelled.includes("\\") ? JSON.parse(`"${spelled}"`) : spelled;
  }

  /** The payload's value; undefined where there is none. */
  payload() {
    return this.hasPayload
      ? parseJson(this.bytes.subarray(this.starts[PAYLOAD], this.ends[PAYLOAD])).value
      : undefined;
  }

  /** Writes SHA-256 of the entry without entry_hash, payload and payload_salt. */
  entryHashInto(target, at) {
    const { bytes, starts, ends } = this;
    const hash = this.#sha256;
    hash.update(bytes, this.#from, this.#openingOf(ENTRY_HASH));
    let from = ends[ENTRY_HASH] + 1;
    if (this.hasPayload) {
      hash.update(bytes, from, this.#openingOf(PAYLOAD));
      hash.update(bytes, ends[PAYLOAD], this.#openingOf(PAYLOAD_SALT));
      from = ends[PAYLOAD_SALT] + 1;
    }
    hash.update(bytes, from, this.#end);
    hash.digestInto(target, at);
  }

  /** Whether salt and payload, which must be there, hash to payload_hash. */
  payloadHashMatches() {
    const { bytes, starts } = this;
    for (let i = 0; i < 16; i++) {
      const at = starts[PAYLOAD_SALT] + 2 * i;
      this.#salt[i] = (HEX_VALUES[bytes[at]] << 4) | HEX_VALUES[bytes[at + 1]];
    }
    this.#sha256.update(this.#salt).update(bytes, starts[PAYLOAD], this.ends[PAYLOAD]);
    this.#sha256.digestInto(this.#digest, 0);
    return isHexOf(bytes, starts[PAYLOAD_HASH], this.#digest, 0);
  }

  #openingOf(member) {
    return this.starts[member] - OPENINGS[member].length;
  }

  // Each of these takes the index where something should stand and gives the index after it, or
  // -1 where it does not; -1 goes through them all.

  #members(bytes, from) {
    let at = this.#name(bytes, from, ACTION);
    at = this.#actor(bytes, at);
    at = this.#stands(bytes, at, CAUSED_BY) ? this.#causes(bytes, at) : at;
    at = this.#hex(bytes, at, ENTRY_HASH, HASH_DIGITS);
    at = this.#stands(bytes, at, OCCURRED_AT) ? this.#time(bytes, at, OCCURRED_AT) : at;
    at = this.#stands(bytes, at, PAYLOAD) ? this.#payloadObject(bytes, at) : at;
    at = this.#hex(bytes, at, PAYLOAD_HASH, HASH_DIGITS);
    at = this.has(PAYLOAD) ? this.#hex(bytes, at, PAYLOAD_SALT, 32) : at;
    at = this.#hex(bytes, at, PREV_HASH, HASH_DIGITS);
    at = this.#optionalText(bytes, at, REASON, MAX_REASON);
    at = this.#sequence(bytes, at);
    at = this.#optionalText(bytes, at, SESSION, MAX_ID);
    at = this.#name(bytes, at, SOURCE);
    at = this.#status(bytes, at);
    at = this.#optionalText(bytes, at, TARGET, MAX_TARGET);
    at = this.#time(bytes, at, TIMESTAMP);
    at = this.#optionalText(bytes, at, TOOL, MAX_ID);
    at = this.#stands(bytes, at, TRACE) ? this.#trace(bytes, at) : at;
    if (at < 0) {
      return -1;
    }
    if (at >= this.#end || bytes[at] !== 0x7d) {
      return this.#refuse("an entry has no other members, or not in this place");
    }
    return this.#isSealedByTheRightOne() ? at + 1 : -1;
  }

  /** Control entries are sealed by the ledger alone, and it seals no others. */
  #isSealedByTheRightOne() {
    const { bytes, starts, ends } = this;
    const begins = (prefix) => standsAt(bytes, starts[ACTION], ends[ACTION], prefix);
    this.isControl =
      CONTROL_PREFIXES.some(begins) || CONTROL_ACTIONS.some((name) => this.is(ACTION, name));
    this.isContext =
      this.isControl &&
      CONTEXT_ACTIONS.has(asciiText(bytes, starts[ACTION], ends[ACTION]));
    if (
      this.isControl === this.is(SOURCE, LEDGER_SOURCE) &&
      this.isControl === this.is(ACTOR, LEDGER_ACTOR)
    ) {
      return true;
    }
    this.#refuse("control entries, and no others, are by system:ledger from the source ledger");
    return false;
  }

  #stands(bytes, at, member) {
    return standsAt(bytes, at, this.#end, OPENINGS[member]);
  }

  #open(bytes, at, member) {
    if (at < 0) {
      return -1;
    }
    return this.#stands(bytes, at, member)
      ? at + OPENINGS[member].length
      : this.#refuse(`expected the member ${MEMBER_NAMES[member]}`);
  }

  #note(member, from, to) {
    this.starts[member] = from;
    this.ends[member] = to;
    this.#present |= 1 << member;
  }

  /** Notes a member whose closing quote should stand at a place. */
  #close(bytes, from, quote, member) {
    if (quote >= this.#end || bytes[quote] !== QUOTE) {
      return this.#refuse(`${MEMBER_NAMES[member]} does not end where it should`);
    }
    this.#note(member, from, quote);
    return quote + 1;
  }

  #name(bytes, at, member) {
    const from = this.#open(bytes, at, member);
    if (from < 0) {
      return -1;
    }
    let to = from;
    if (to < this.#end && CLASSES[bytes[to]] === LOWER) {
      to++;
      while (to < this.#end && (CLASSES[bytes[to]] & (LOWER | DIGIT | UNDERSCORE)) !== 0) {
        to++;
      }
    }
    return to > from && to - from <= MAX_NAME
      ? this.#close(bytes, from, to, member)
      : this.#refuse(`${MEMBER_NAMES[member]} must match [a-z][a-z0-9_]{0,63}`);
  }

  #actor(bytes, at) {
    const from = this.#open(bytes, at, ACTOR);
    if (from < 0) {
      return -1;
    }
    for (const kind of ACTOR_KINDS) {
      if (standsAt(bytes, from, this.#end, kind)) {
        return this.#text(bytes, from + kind.length, ACTOR, from, MAX_ID);
      }
    }
    return this.#refuse("actor must read kind:id, of the kind agent, user, ssh, system or mesh");
  }

  #optionalText(bytes, at, member, most) {
    if (!this.#stands(bytes, at, member)) {
      return at;
    }
    const from = at + OPENINGS[member].length;
    return this.#text(bytes, from, member, from, most);
  }

  #text(bytes, at, member, from, most) {
    const after = scanText(bytes, at, this.#end, most, member === REASON);
    if (after < 0) {
      return this.#refuse(
        `${MEMBER_NAMES[member]} must have 1 to ${most} bytes` +
          (member === REASON ? "" : " and no control characters"),
      );
    }
    this.#note(member, from, after - 1);
    return after;
  }

  #hex(bytes, at, member, digits) {
    const from = this.#open(bytes, at, member);
    if (from < 0) {
      return -1;
    }
    return this.#end - from >= digits && isHexAt(bytes, from, digits)
      ? this.#close(bytes, from, from + digits, member)
      : this.#refuse(`${MEMBER_NAMES[member]} must be ${digits} lower-case hex digits`);
  }

  #time(bytes, at, member) {
    const from = this.#open(bytes, at, member);
    if (from < 0) {
      return -1;
    }
    return this.#end - from >= TIMESTAMP_LENGTH && isTimeAt(bytes, from)
      ? this.#close(bytes, from, from + TIMESTAMP_LENGTH, member)
      : this.#refuse(
          `${MEMBER_NAMES[member]} must be a real UTC time, YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ`,
        );
  }

  #payloadObject(bytes, at) {
    const from = at + OPENINGS[PAYLOAD].length;
    if (from >= this.#end || bytes[from] !== 0x7b) {
      return this.#refuse("payload must be an object");
    }
    const after = scanValue(bytes, from, this.#end);
    if (after < 0) {
      return this.#refuse("payload is not in canonical form");
    }
    this.#note(PAYLOAD, from, after);
    return after;
  }

  #sequence(bytes, at) {
    const from = this.#open(bytes, at, SEQ);
    if (from < 0) {
      return -1;
    }
    const after = scanEntryNumber(bytes, from, this.#end);
    if (after < 0) {
      return this.#refuse("seq must be an integer from 0 to 2^53-1");
    }
    this.#note(SEQ, from, after);
    this.seq = numberAt(bytes, from, after);
    return after;
  }

  #status(bytes, at) {
    const from = this.#open(bytes, at, STATUS);
    if (from < 0) {
      return -1;
    }
    for (const status of STATUSES) {
      if (standsAt(bytes, from, this.#end, status)) {
        return this.#close(bytes, from, from + status.length - 1, STATUS);
      }
    }
    return this.#refuse("status must be one of the eight that there are");
  }

  #trace(bytes, opening) {
    const from = opening + OPENINGS[TRACE].length;
    let at = from;
    if (standsAt(bytes, at, this.#end, PARENT_SPAN_ID)) {
      at = this.#traceId(bytes, at, PARENT_SPAN_ID, 16, COMMA);
    }
    at = this.#traceId(bytes, at, SPAN_ID, 16, COMMA);
    at = this.#traceId(bytes, at, TRACE_ID, 32, 0x7d);
    if (at < 0) {
      return this.#refuse(
        "trace must hold trace_id, span_id and at most parent_span_id, none all zero",
      );
    }
    this.#note(TRACE, from - 1, at);
    return at;
  }

  #traceId(bytes, at, opening, digits, next) {
    const from = at + opening.length;
    const quote = from + digits;
    return standsAt(bytes, at, this.#end, opening) &&
      this.#end - quote >= 2 &&
      isHexAt(bytes, from, digits) &&
      bytes.subarray(from, quote).some((digit) => digit !== ZERO) &&
      bytes[quote] === QUOTE &&
      bytes[quote + 1] === next
      ? quote + 2
      : -1;
  }

  #causes(bytes, opening) {
    let at = opening + OPENINGS[CAUSED_BY].length;
    const list = at - 1;
    for (let count = 0; count < MAX_CAUSES; count++) {
      at = this.#cause(bytes, at, count);
      if (at < 0) {
        return -1;
      }
      for (let earlier = 0; earlier < count; earlier++) {
        if (this.#isSameCause(bytes, earlier, count)) {
          return this.#refuse("caused_by holds a reference twice");
        }
      }
      if (at < this.#end && bytes[at] === 0x5d) {
        this.#note(CAUSED_BY, list, at + 1);
        this.causeCount = count + 1;
        return at + 1;
      }
      if (at >= this.#end || bytes[at] !== COMMA) {
        return this.#refuse("caused_by does not end where it should");
      }
      at++;
    }
    return this.#refuse(`caused_by holds more than ${MAX_CAUSES} references`);
  }

  /** One reference, ORIGIN#SEQ@ENTRY_HASH in quotes. */
  #cause(bytes, at, index) {
    const from = at + 1;
    let sign = from;
    if (at < this.#end && bytes[at] === QUOTE) {
      while (
        sign < this.#end &&
        (CLASSES[bytes[sign]] & (sign === from ? LOWER | DIGIT : LOWER | DIGIT | ORIGIN_MARK)) !== 0
      ) {
        sign++;
      }
      const after =
        sign < this.#end && bytes[sign] === 0x23 ? scanEntryNumber(bytes, sign + 1, this.#end) : -1;
      const quote = after + 1 + HASH_DIGITS;
      if (
        after >= 0 && sign - from <= MAX_ORIGIN && quote < this.#end && bytes[after] === 0x40 &&
        isHexAt(bytes, after + 1, HASH_DIGITS) && bytes[quote] === QUOTE
      ) {
        this.causeStarts[index] = from;
        this.causeOriginLengths[index] = sign - from;
        this.causeSeqs[index] = numberAt(bytes, sign + 1, after);
        this.causeHashes[index] = after + 1;
        return quote + 1;
      }
    }
    return this.#refuse("caused_by must hold references that read ORIGIN#SEQ@ENTRY_HASH");
  }

  #isSameCause(bytes, a, b) {
    const length = this.causeHashes[a] - this.causeStarts[a];
    return (
      this.causeSeqs[a] === this.causeSeqs[b] &&
      length === this.causeHashes[b] - this.causeStarts[b] &&
      isSame(
        bytes.subarray(this.causeStarts[a], this.causeHashes[a] + HASH_DIGITS),
        bytes.subarray(this.causeStarts[b], this.causeHashes[b] + HASH_DIGITS),
      )
    );
  }

  #refuse(why) {
    this.#refusal = why;
    return -1;
  }

  /** Finds out, the slow way, what a refused line is: no JSON, not canonical, or a bad member. */
  #explain() {
    this.seq = -1;
    this.refusedHash = null;
    let parsed;
    try {
      // The payload counts as level 1, so the whole entry may be one level deeper.
      parsed = parseJson(this.bytes.subarray(this.#from, this.#end), MAX_DEPTH + 1);
    } catch (e) {
      if (!(e instanceof BadJson)) {
        throw e;
      }
      this.problem = "unreadable";
      this.detail = `the line is no JSON that the format accepts: ${e.message}`;
      return;
    }
    if (parsed.value instanceof Map) {
      const hashed = new Map(parsed.value);
      ["entry_hash", "payload", "payload_salt"].forEach((name) => hashed.delete(name));
      this.refusedHash = sha256(utf8.encode(writeJson(hashed)));
    }
    const seq = parsed.value instanceof Map ? parsed.value.get("seq") : undefined;
    this.seq = isInteger(seq) ? seq + 0 : -1; // + 0 makes 0 of -0
    this.problem = parsed.isCanonical ? "bad_member" : "not_canonical";
    this.detail = parsed.isCanonical
      ? this.#refusal
      : `the line is not in canonical form (RFC 8785): ${this.#refusal}`;
  }
}

/** The index after an integer from 0 to 2^53-1 without leading zeros, or -1. */
function scanEntryNumber(bytes, from, end) {
  const after = scanDigits(bytes, from, Math.min(end, from + 17));
  const digits = after - from;
  return digits >= 1 &&
    digits <= 16 &&
    (digits === 1 || bytes[from] !== ZERO) &&
    numberAt(bytes, from, after) <= MAX_SAFE
    ? after
    : -1;
}

/** The number that decimal digits bytes[from, to) spell. */
function numberAt(bytes, from, to) {
  let value = 0;
  for (let i = from; i < to; i++) {
    value = 10 * value + (bytes[i] - ZERO);
  }
  return value;
}
