// What is wrong with a bundle (section 8).

/** Of each kind the finding with the lowest number and the first of the whole (section 8). */
class Findings {
  #placed = new Map();
  #whole = new Map();

  add(kind, seq, detail, count = 1) {
    const kept = seq === null ? this.#whole : this.#placed;
    const old = kept.get(kind);
    if (old === undefined) {
      kept.set(kind, { count, seq, detail });
      return;
    }
    old.count += count;
    if (seq !== null && seq < old.seq) {
      old.seq = seq;
      old.detail = detail;
    }
  }

  /** Takes another's findings over. */
  addAll(other) {
    for (const kept of [other.#placed, other.#whole]) {
      for (const [kind, { count, seq, detail }] of kept) {
        this.add(kind, seq, detail, count);
      }
    }
  }

  get isEmpty() {
    return this.#placed.size === 0 && this.#whole.size === 0;
  }

  /** Those of an entry in the order of their numbers, then those of the whole. */
  toList() {
    const placed = [...this.#placed].sort(([, a], [, b]) => a.seq - b.seq);
    return [...placed, ...this.#whole].map(([kind, { count, seq, detail }]) => ({
      kind,
      seq,
      count,
      detail: printable(detail),
    }));
  }
}
