// SHA-256 (FIPS 180-4), synchronous. WebCrypto's is asynchronous: a promise a line is too slow for
// millions of lines, and it cannot hash a file piece by piece.

const SHA256_START = Int32Array.of(
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
);

/** The fractional parts of the cube roots of the first 64 primes. */
const SHA256_ROUNDS = Int32Array.of(
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
);

function mixA(x) {
  return ((x >>> 2) | (x << 30)) ^ ((x >>> 13) | (x << 19)) ^ ((x >>> 22) | (x << 10));
}

function mixE(x) {
  return ((x >>> 6) | (x << 26)) ^ ((x >>> 11) | (x << 21)) ^ ((x >>> 25) | (x << 7));
}

/** Hashes what it is given, piece by piece; after a digest it begins anew. */
class Sha256 {
  #state = new Int32Array(8);
  #words = new Int32Array(64);
  #block = new Uint8Array(64);
  #held = 0; // bytes in the block
  #length = 0; // bytes in all

  constructor() {
    this.#state.set(SHA256_START);
  }

  /** Takes bytes[from, to). */
  update(bytes, from = 0, to = bytes.length) {
    let at = from;
    this.#length += to - from;
    if (this.#held > 0) {
      while (at < to && this.#held < 64) {
        this.#block[this.#held++] = bytes[at++];
      }
      if (this.#held < 64) {
        return this;
      }
      this.#compress(this.#block, 0);
      this.#held = 0;
    }
    for (; to - at >= 64; at += 64) {
      this.#compress(bytes, at);
    }
    while (at < to) {
      this.#block[this.#held++] = bytes[at++];
    }
    return this;
  }

  /** Writes the 32 bytes of the digest to target from at on. */
  digestInto(target, at) {
    const block = this.#block;
    block[this.#held++] = 0x80;
    if (this.#held > 56) {
      block.fill(0, this.#held);
      this.#compress(block, 0);
      this.#held = 0;
    }
    block.fill(0, this.#held);
    const high = Math.floor(this.#length / 0x20000000);
    const low = this.#length << 3;
    for (let i = 0; i < 4; i++) {
      block[56 + i] = high >>> (24 - 8 * i);
      block[60 + i] = low >>> (24 - 8 * i);
    }
    this.#compress(block, 0);
    for (let i = 0; i < 8; i++) {
      const word = this.#state[i];
      target[at + 4 * i] = word >>> 24;
      target[at + 4 * i + 1] = word >>> 16;
      target[at + 4 * i + 2] = word >>> 8;
      target[at + 4 * i + 3] = word;
    }
    this.#state.set(SHA256_START);
    this.#held = 0;
    this.#length = 0;
  }

  digest() {
    const digest = new Uint8Array(32);
    this.digestInto(digest, 0);
    return digest;
  }

  #compress(bytes, at) {
    const w = this.#words;
    const k = SHA256_ROUNDS;
    const state = this.#state;
    for (let i = 0, p = at; i < 16; i++, p += 4) {
      w[i] = (bytes[p] << 24) | (bytes[p + 1] << 16) | (bytes[p + 2] << 8) | bytes[p + 3];
    }
    for (let i = 16; i < 64; i++) {
      const x = w[i - 15];
      const y = w[i - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      w[i] = (((((w[i - 16] + s0) | 0) + w[i - 7]) | 0) + s1) | 0;
    }
    let a = state[0];
    let b = state[1];
    let c = state[2];
    let d = state[3];
    let e = state[4];
    let f = state[5];
    let g = state[6];
    let h = state[7];
    // One round a turn, each sum cut to 32 bits: unrolled, or with longer sums, Firefox takes more than
    // twice the time, and Chromium gains little.
    for (let i = 0; i < 64; i++) {
      const choice = g ^ (e & (f ^ g));
      const majority = (a & b) | (c & (a | b));
      const t = (((((((h + mixE(e)) | 0) + choice) | 0) + k[i]) | 0) + w[i]) | 0;
      const u = (mixA(a) + majority) | 0;
      h = g;
      g = f;
      f = e;
      e = (d + t) | 0;
      d = c;
      c = b;
      b = a;
      a = (t + u) | 0;
    }
    state[0] = (state[0] + a) | 0;
    state[1] = (state[1] + b) | 0;
    state[2] = (state[2] + c) | 0;
    state[3] = (state[3] + d) | 0;
    state[4] = (state[4] + e) | 0;
    state[5] = (state[5] + f) | 0;
    state[6] = (state[6] + g) | 0;
    state[7] = (state[7] + h) | 0;
  }
}

/** The SHA-256 of pieces of bytes, one after the other. */
function sha256(...pieces) {
  const hash = new Sha256();
  pieces.forEach((piece) => hash.update(piece));
  return hash.digest();
}
