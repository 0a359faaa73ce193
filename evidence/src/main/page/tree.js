// The Merkle tree (section 3, RFC 6962) and the proofs that end in a checkpoint.

const PREFIX_LEAF = Uint8Array.of(0);
const PREFIX_NODE = Uint8Array.of(1);
const treeHash = new Sha256();

function leafHash(entryHash) {
  return treeHash.update(PREFIX_LEAF).update(entryHash).digest();
}

function nodeHash(left, right) {
  return treeHash.update(PREFIX_NODE).update(left).update(right).digest();
}

/** A growing tree: only the roots of its complete subtrees are kept. */
class Tree {
  size = 0;
  #roots = []; // from left to right, levels falling
  #levels = [];

  append(entryHash) {
    let root = leafHash(entryHash);
    let level = 0;
    while (this.#levels.at(-1) === level) {
      root = nodeHash(this.#roots.pop(), root);
      this.#levels.pop();
      level++;
    }
    this.#roots.push(root);
    this.#levels.push(level);
    this.size++;
  }

  /** The root; only of a tree that has entries. */
  root() {
    return this.#roots.reduceRight((right, left) => nodeHash(left, right));
  }
}

/** The lines before the empty one of a proof, and the checkpoint after it. */
function parseProof(bytes) {
  const split = bytes.findIndex((b, i) => b === LINE_FEED && bytes[i + 1] === LINE_FEED);
  if (split < 0) {
    throw new Refused("no empty line stands between the proof and its checkpoint");
  }
  const text = decodeUtf8(bytes.subarray(0, split));
  if (text === null) {
    throw new Refused("the proof is not UTF-8");
  }
  return { lines: text.split("\n"), checkpoint: parseCheckpoint(bytes.subarray(split + 2)) };
}

function proofNumber(text) {
  const number = entryNumber(text);
  if (number === null) {
    throw new Refused(`not a number from 0 to 2^53-1: ${shown(text)}`);
  }
  return number;
}

function proofHashes(lines) {
  const hashes = lines.map(hashFromBase64);
  if (hashes.includes(null)) {
    throw new Refused("a line is not a hash of 32 bytes in strict base64");
  }
  return hashes;
}

/** A C2SP tlog-proof: {index, hashes, checkpoint}. */
function parseInclusionProof(bytes) {
  const { lines, checkpoint } = parseProof(bytes);
  if (lines[0] !== "c2sp.org/tlog-proof@v1") {
    throw new Refused("the first line is not c2sp.org/tlog-proof@v1");
  }
  let at = 1;
  if (lines[at]?.startsWith("extra ")) {
    if (fromBase64(lines[at].slice("extra ".length)) === null) {
      throw new Refused("the extra line is not strict base64");
    }
    at++;
  }
  if (!lines[at]?.startsWith("index ")) {
    throw new Refused('a line does not read "index N"');
  }
  const index = proofNumber(lines[at].slice("index ".length));
  return { index, hashes: proofHashes(lines.slice(at + 1)), checkpoint };
}

/** The root that an inclusion proof leads to (RFC 9162, 2.1.3.2); null where it leads nowhere. */
function inclusionRoot(proof, entryHash) {
  const { size } = proof.checkpoint;
  if (proof.index >= size) {
    return null;
  }
  let node = proof.index;
  let last = size - 1;
  let root = leafHash(entryHash);
  for (const sibling of proof.hashes) {
    if (last === 0) {
      return null;
    }
    if (node % 2 === 1 || node === last) {
      root = nodeHash(sibling, root);
      while (node % 2 === 0 && node !== 0) {
        node /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      root = nodeHash(root, sibling);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? root : null;
}

/** A range proof: {first, end, hashes, checkpoint}. */
function parseRangeProof(bytes) {
  const { lines, checkpoint } = parseProof(bytes);
  if (lines[0] !== "osmoda.io/range-proof/v1") {
    throw new Refused("the first line is not osmoda.io/range-proof/v1");
  }
  const words = (lines[1] ?? "").split(" ");
  if (words.length !== 3 || words[0] !== "range") {
    throw new Refused('the second line does not read "range FIRST END"');
  }
  const first = proofNumber(words[1]);
  const end = proofNumber(words[2]);
  if (first >= end || end > checkpoint.size) {
    throw new Refused("no range of entries within the checkpoint's size");
  }
  return { first, end, hashes: proofHashes(lines.slice(2)), checkpoint };
}

/** Takes the entry hashes of a range as they are read, and tells whether they lead to the root. */
class RangeCheck {
  #proof;
  #parts = []; // the largest subtrees that lie in the range, from left to right
  #roots = [];
  #tree = new Tree();
  #surplus = false;

  constructor(proof) {
    this.#proof = proof;
    this.#divide(0, proof.checkpoint.size);
  }

  append(entryHash) {
    if (this.#roots.length === this.#parts.length) {
      this.#surplus = true;
      return;
    }
    this.#tree.append(entryHash);
    if (this.#tree.size === this.#parts[this.#roots.length]) {
      this.#roots.push(this.#tree.root());
      this.#tree = new Tree();
    }
  }

  leadsToRoot() {
    const { hashes, checkpoint } = this.#proof;
    if (this.#surplus || this.#roots.length < this.#parts.length) {
      return false;
    }
    const outside = hashes.values();
    const inside = this.#roots.values();
    const root = this.#root(0, checkpoint.size, outside, inside);
    return root !== null && isSame(root, checkpoint.root) && outside.next().done === true;
  }

  #divide(low, high) {
    const { first, end } = this.#proof;
    if (high <= first || low >= end) {
      return;
    }
    if (low >= first && high <= end) {
      this.#parts.push(high - low);
      return;
    }
    const middle = low + largestPowerBelow(high - low);
    this.#divide(low, middle);
    this.#divide(middle, high);
  }

  /** root(low, high) of section 3; null where hashes run out. */
  #root(low, high, outside, inside) {
    const { first, end } = this.#proof;
    if (high <= first || low >= end) {
      return outside.next().value ?? null;
    }
    if (low >= first && high <= end) {
      return inside.next().value;
    }
    const middle = low + largestPowerBelow(high - low);
    const left = this.#root(low, middle, outside, inside);
    const right = left === null ? null : this.#root(middle, high, outside, inside);
    return right === null ? null : nodeHash(left, right);
  }
}

/** The largest power of two below a number that is larger than 1. */
function largestPowerBelow(number) {
  let power = 1;
  while (2 * power < number) {
    power *= 2;
  }
  return power;
}
