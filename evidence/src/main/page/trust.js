// Keys, signed notes, checkpoints and policies (section 3; C2SP signed-note, tlog-policy).
// Signatures by the vendored library's arithmetic. Not by WebCrypto: browsers judge odd Ed25519
// keys and signatures differently, and verdicts must not.

const MAX_POLICY = 1 << 20; // bytes
const MAX_SIGNATURES = 100;
const SUBTREE_LABEL = ascii("subtree/v1\n\0");

const ED25519 = 0x01; // of a log, over the note's text
const COSIGNATURE = 0x04; // of a witness, over a time and the note's text
const ML_DSA_44 = 0x06; // of a log or a witness, over origin, size and root
const KEY_KINDS = {
  [ED25519]: { algorithm: "Ed25519", keyLength: 32, signatureLength: 64 },
  [COSIGNATURE]: { algorithm: "Ed25519", keyLength: 32, signatureLength: 8 + 64 },
  [ML_DSA_44]: { algorithm: "ML-DSA-44", keyLength: 1312, signatureLength: 8 + 2420 },
};

const ED25519_ORDER = (1n << 252n) + 27742317777372353535851937790883648493n;

function littleEndian(bytes) {
  return BigInt(`0x${hex(bytes.slice().reverse())}`);
}

/** RFC 8032 without cofactor: S below the order, and R the very bytes of S·B - k·A. */
function ed25519Verifies(raw, signature, message) {
  const r = signature.subarray(0, 32);
  const s = littleEndian(signature.subarray(32));
  if (s >= ED25519_ORDER) {
    return false;
  }
  const { Point, sha512 } = vendored;
  const k = littleEndian(sha512(concatBytes(r, raw, message))) % ED25519_ORDER;
  const expected = Point.BASE.multiply(s, false).subtract(Point.fromBytes(raw).multiply(k, false));
  return isSame(expected.toBytes(), r);
}

/** Whether these are a point's bytes, and not of small order, where anybody can sign. */
function isEd25519Key(raw) {
  try {
    return !vendored.Point.fromBytes(raw).isSmallOrder();
  } catch {
    return false;
  }
}

function isKeyName(name) {
  return name !== "" && !/[\u0000-\u001f+\u0085\p{Z}]/u.test(name);
}

/** A public key with its name, by its vkey NAME+KEYID+BASE64. */
class Key {
  constructor(vkey) {
    const [name, id, ...rest] = vkey.split("+");
    const typed = fromBase64(rest.join("+"));
    if (rest.length === 0 || typed === null || typed.length < 2 || !/^[0-9a-f]{8}$/.test(id)) {
      throw new Refused(`a vkey reads NAME+KEYID+BASE64: ${shown(vkey)}`);
    }
    const kind = KEY_KINDS[typed[0]];
    if (kind === undefined) {
      throw new Refused("unknown kind of key; known are 0x01, 0x04 and 0x06");
    }
    if (!isKeyName(name)) {
      throw new Refused("a key's name is not empty and has no space and no plus");
    }
    this.vkey = vkey;
    this.name = name;
    this.type = typed[0];
    this.raw = typed.slice(1);
    this.algorithm = kind.algorithm;
    this.signatureLength = kind.signatureLength;
    this.id = sha256(utf8.encode(`${name}\n`), typed).slice(0, 4);
    if (
      this.raw.length !== kind.keyLength ||
      (this.type !== ML_DSA_44 && !isEd25519Key(this.raw))
    ) {
      throw new Refused(`not an ${kind.algorithm} key: ${shown(vkey)}`);
    }
    if (hex(this.id) !== id) {
      throw new Refused(`the key ID is not that of this name and key: ${shown(vkey)}`);
    }
  }

  isSameKey(other) {
    return this.algorithm === other.algorithm && isSame(this.raw, other.raw);
  }

  isNamedBy(line) {
    return line.name === this.name && isSame(line.id, this.id);
  }

  /** When a line says that it was signed, seconds since 1970; 0 where it says nothing. */
  timestamp({ signature }) {
    return this.type === ED25519 || signature.length !== this.signatureLength
      ? 0n
      : new DataView(signature.buffer, signature.byteOffset).getBigInt64(0);
  }

  async verifies(line, checkpoint) {
    const { signature } = line;
    const time = this.timestamp(line);
    if (signature.length !== this.signatureLength || time < 0n) {
      return false;
    }
    switch (this.type) {
      case ED25519:
        return ed25519Verifies(this.raw, signature, utf8.encode(checkpoint.text));
      case COSIGNATURE:
        return ed25519Verifies(
          this.raw,
          signature.slice(8),
          utf8.encode(`cosignature/v1\ntime ${time}\n${checkpoint.text}`),
        );
      default:
        return vendored.ml_dsa44.verify(
          signature.slice(8),
          subtreeMessage(this.name, time, checkpoint),
          this.raw,
        );
    }
  }

  toString() {
    return `${printable(this.name)} (${this.algorithm})`;
  }
}

/** The C2SP subtree/v1 message for a whole tree. */
function subtreeMessage(cosigner, time, checkpoint) {
  const name = utf8.encode(cosigner);
  const origin = utf8.encode(checkpoint.origin);
  return concatBytes(
    SUBTREE_LABEL,
    Uint8Array.of(name.length),
    name,
    bigEndian(time),
    Uint8Array.of(origin.length),
    origin,
    bigEndian(0n),
    bigEndian(BigInt(checkpoint.size)),
    checkpoint.root,
  );
}

function bigEndian(number) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, number);
  return bytes;
}

/** The text of a signed note and its signature lines. */
function parseNote(bytes) {
  const note = decodeUtf8(bytes);
  if (note === null) {
    throw new Refused("the note is not UTF-8");
  }
  if (/[\u0000-\u0009\u000b-\u001f]/.test(note)) {
    throw new Refused("the note holds a control character");
  }
  const split = note.lastIndexOf("\n\n");
  if (split < 0) {
    throw new Refused("no empty line stands between the note's text and its signatures");
  }
  const lines = note.slice(split + 2).split("\n");
  if (lines.pop() !== "" || lines.length === 0) {
    throw new Refused("the note has no signature line that ends in a line feed");
  }
  if (lines.length > MAX_SIGNATURES) {
    throw new Refused(`the note has more than ${MAX_SIGNATURES} signature lines`);
  }
  return { text: note.slice(0, split + 1), signatures: lines.map(parseSignatureLine) };
}

function parseSignatureLine(line) {
  const space = line.indexOf(" ", 2);
  const name = line.slice(2, space);
  if (!line.startsWith("\u2014 ") || space < 0 || !isKeyName(name)) {
    throw new Refused('a signature line does not read "\u2014 NAME BASE64"');
  }
  const blob = fromBase64(line.slice(space + 1));
  if (blob === null || blob.length <= 4) {
    throw new Refused("a signature line holds no key ID and signature in strict base64");
  }
  return { name, id: blob.slice(0, 4), signature: blob.slice(4) };
}

const ORIGIN = /^[a-z0-9][a-z0-9._/:-]{0,254}$/;

/** A checkpoint and the note that states it. */
function parseCheckpoint(bytes) {
  const { text, signatures } = parseNote(bytes);
  const lines = text.split("\n");
  if (lines.length !== 4) {
    throw new Refused("a checkpoint has three lines, origin, size and root");
  }
  const [origin, sizeText, rootText] = lines;
  const size = entryNumber(sizeText);
  const root = hashFromBase64(rootText);
  if (!ORIGIN.test(origin)) {
    throw new Refused(`the checkpoint's first line is not an origin: ${shown(origin)}`);
  }
  if (size === null) {
    throw new Refused(`the checkpoint's second line is not a size: ${shown(sizeText)}`);
  }
  if (root === null) {
    throw new Refused(`the checkpoint's third line is not a root: ${shown(rootText)}`);
  }
  return { origin, size, root, text, signatures, note: bytes };
}

/** Whom the auditor trusts: log keys, all demanded, and witnesses with a quorum. */
class TrustPolicy {
  logs = [];
  #voters = []; // {name, key} or {name, threshold, members}: a witness or a group
  #quorum; // index of a voter; null for none
  #names = new Map();
  #grouped = new Set();

  /** Parses a policy file; Refused, with the line's number, where it is none. */
  constructor(bytes) {
    if (bytes.length > MAX_POLICY) {
      throw new Refused(`a trust policy has at most ${MAX_POLICY} bytes`);
    }
    // Octets, not characters: names are opaque, and each byte stays as it is.
    const lines = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("").split("\n");
    lines.forEach((line, index) => {
      try {
        this.#line(line);
      } catch (e) {
        throw e instanceof Refused ? new Refused(`line ${index + 1}: ${e.message}`) : e;
      }
    });
    if (this.#quorum === undefined) {
      throw new Refused('the policy has no quorum line; without witnesses: "quorum none"');
    }
    if (this.logs.length === 0) {
      throw new Refused("the policy names no log key, so nothing could be trusted");
    }
  }

  #line(content) {
    if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(content)) {
      throw new Refused("holds a control character; lines end in a line feed alone");
    }
    const words = content.split(/[ \t]+/).filter((word) => word !== "");
    const [word] = words;
    if (word === undefined || word.startsWith("#")) {
      return;
    }
    if (word === "log" && (words.length === 2 || words.length === 3)) {
      this.#log(parsePolicyKey(words[1]));
    } else if (word === "witness" && (words.length === 3 || words.length === 4)) {
      this.#witness(words[1], parsePolicyKey(words[2]));
    } else if (word === "group" && words.length >= 4) {
      this.#group(words[1], words[2], words.slice(3));
    } else if (word === "quorum" && words.length === 2) {
      if (this.#quorum !== undefined) {
        throw new Refused("a second quorum line");
      }
      this.#quorum = words[1] === "none" ? null : this.#defined(words[1]);
    } else {
      throw new Refused(
        "is none of: log VKEY [URL]; witness NAME VKEY [URL];" +
          ` group NAME any|all|K NAME\u2026; quorum NAME|none: ${shown(word)}`,
      );
    }
  }

  #log(key) {
    if (key.type === COSIGNATURE) {
      throw new Refused("a key of type 0x04 is a witness's, not a log's");
    }
    if (this.logs.some((other) => other.isSameKey(key))) {
      throw new Refused("this log key stands in an earlier line already");
    }
    if (this.witnesses().some((other) => other.vkey === key.vkey)) {
      throw new Refused("this log key is a witness's already");
    }
    this.logs.push(key);
  }

  #witness(name, key) {
    if (key.type === ED25519) {
      throw new Refused("a key of type 0x01 is a log's, not a witness's");
    }
    if (this.witnesses().some((other) => other.isSameKey(key))) {
      throw new Refused("this witness's key stands in an earlier line already");
    }
    if (this.logs.some((other) => other.vkey === key.vkey)) {
      throw new Refused("this witness's key is a log's already");
    }
    this.#define(name, { name, key });
  }

  #group(name, wanted, memberNames) {
    const members = memberNames.map((memberName) => {
      const member = this.#defined(memberName);
      if (this.#grouped.has(member)) {
        throw new Refused(`${shown(memberName)} is a member of a group already`);
      }
      this.#grouped.add(member);
      return member;
    });
    const threshold = wanted === "any" ? 1 : wanted === "all" ? members.length : decimal(wanted);
    if (threshold === null || threshold < 1 || threshold > members.length) {
      throw new Refused("a group asks for any, all or a number of its members");
    }
    this.#define(name, { name, threshold, members });
  }

  #define(name, voter) {
    if (name === "none" || this.#names.has(name)) {
      throw new Refused(`the name ${shown(name)} is taken`);
    }
    this.#names.set(name, this.#voters.length);
    this.#voters.push(voter);
  }

  #defined(name) {
    const index = this.#names.get(name);
    if (index === undefined) {
      throw new Refused(`the name ${shown(name)} is not defined above`);
    }
    return index;
  }

  witnesses() {
    return this.#voters.map((voter) => voter.key).filter((key) => key !== undefined);
  }

  origins() {
    return [...new Set(this.logs.map((key) => key.name))];
  }

  /** The witness or group that must have cosigned; null where none must. */
  get quorumName() {
    return this.#quorum === null ? null : this.#voters[this.#quorum].name;
  }

  #isQuorum(cosigners) {
    if (this.#quorum === null) {
      return true;
    }
    const witnessed = [];
    for (const { key, threshold, members } of this.#voters.slice(0, this.#quorum + 1)) {
      witnessed.push(
        key !== undefined
          ? cosigners.has(key)
          : members.filter((member) => witnessed[member]).length >= threshold,
      );
    }
    return witnessed[this.#quorum];
  }

  /** Checks a checkpoint's signatures: findings, what of a quorum is unmet, and each key's state. */
  async check(checkpoint) {
    const at = `the checkpoint of size ${checkpoint.size} `;
    const findings = [];
    const keys = [];
    const cosigners = new Set();
    if (!this.logs.some((key) => key.name === checkpoint.origin)) {
      const detail = `the checkpoint is of ${checkpoint.origin}, which no trusted key is for`;
      findings.push({ kind: "bad_origin", detail });
    }
    for (const key of [...this.logs, ...this.witnesses()]) {
      const isLog = this.logs.includes(key);
      const state = await keyState(key, checkpoint, isLog);
      keys.push({ role: isLog ? "log" : "witness", name: `${key}`, id: hex(key.id), state });
      if (state === "bad") {
        const detail = `${at}has a signature by ${key} that does not verify`;
        findings.push({ kind: "bad_signature", detail });
      } else if (state === "missing" && isLog) {
        const detail = `${at}has no signature by the trusted key ${key}`;
        findings.push({ kind: "unknown_key", detail });
      } else if (state === "verified" && !isLog) {
        cosigners.add(key);
      }
    }
    const unmet = this.#isQuorum(cosigners)
      ? null
      : `${at}lacks the cosignatures that quorum ${shown(this.quorumName)} asks`;
    return { findings, keys, unmet };
  }
}

/** What a note says of a key: verified where all of the key's lines verify, bad, or missing. */
async function keyState(key, checkpoint, isLog) {
  let state = "missing";
  for (const line of checkpoint.signatures) {
    if (!key.isNamedBy(line)) {
      continue;
    }
    const isTimeless = !isLog || key.timestamp(line) === 0n; // a log states no time
    if (!isTimeless || !(await key.verifies(line, checkpoint))) {
      return "bad";
    }
    state = "verified";
  }
  return state;
}

function parsePolicyKey(characters) {
  const text = decodeUtf8(Uint8Array.from(characters, (c) => c.charCodeAt(0)));
  if (text === null) {
    throw new Refused("the vkey is not UTF-8");
  }
  return new Key(text);
}
