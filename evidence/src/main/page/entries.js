// The lines of entries.ndjson: what is known of them, and what stands between them.

// What is known of a line.
const PRESENT = 1;
const WITHOUT_PAYLOAD = 2;
const MATCHING = 4;

/** States and hashes of lines by their place; few lines take little memory, wherever they stand. */
class LineTable {
  static #PAGE = 64;
  #pages = new Map();

  state(place) {
    return this.#page(place)?.states[place % LineTable.#PAGE] ?? 0;
  }

  put(place, state, hash) {
    let page = this.#page(place);
    if (page === undefined) {
      page = {
        states: new Uint8Array(LineTable.#PAGE),
        hashes: new Uint8Array(32 * LineTable.#PAGE),
      };
      this.#pages.set(Math.floor(place / LineTable.#PAGE), page);
    }
    page.states[place % LineTable.#PAGE] = state;
    page.hashes.set(hash, 32 * (place % LineTable.#PAGE));
  }

  /** The hash at a place where there is a line; valid until the next put. */
  hash(place) {
    const at = 32 * (place % LineTable.#PAGE);
    return this.#page(place).hashes.subarray(at, at + 32);
  }

  /** The places, ascending, of the lines with all these bits. */
  places(bits) {
    const places = [];
    for (const number of [...this.#pages.keys()].sort((a, b) => a - b)) {
      this.#pages.get(number).states.forEach((state, i) => {
        if ((state & bits) === bits) {
          places.push(LineTable.#PAGE * number + i);
        }
      });
    }
    return places;
  }

  #page(place) {
    return this.#pages.get(Math.floor(place / LineTable.#PAGE));
  }
}

/** What the lines of entries.ndjson told. A line's place is seq - first, in a sample its index. */
class KnownLines {
  table = new LineTable();
  sampleSeqs = [];
  redactions = [];
  count = 0;
  matching = 0;
  firstMatches = [];
  gaps = 0;
  firstTime;
  lastTime;
}

/** The index of the first of ascending numbers that is not below a value. */
function lowerBound(numbers, value) {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle] < value) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** The range that a target #A or #A-B below an entry names; null where it names none. */
function redactedRange(target, seq) {
  const found = /^#(0|[1-9][0-9]{0,15})(?:-(0|[1-9][0-9]{0,15}))?$/.exec(target ?? "");
  if (found === null) {
    return null;
  }
  const first = Number(found[1]);
  const last = Number(found[2] ?? found[1]);
  return first <= last && last < seq ? { first, last } : null;
}

/** What stands between the lines of entries.ndjson: numbers, links, times. */
class LineOrder {
  due; // the number that the next line should have
  #manifest;
  #add; // takes a finding
  #holes = 0; // lines since then without a readable number: each may have been one
  #tip = new Uint8Array(HASH_DIGITS); // the hash, in hex, that the next line must link to
  #isLinked; // whether there is one
  #time = new Uint8Array(TIMESTAMP_LENGTH); // of the line before
  #hasTime = false;
  firstTime;

  constructor(manifest, add) {
    this.due = manifest.first;
    this.#manifest = manifest;
    this.#add = add;
    this.#tip.fill(ZERO);
    this.#isLinked = manifest.first === 0 && !manifest.isSample;
  }

  get lastTime() {
    return this.#hasTime ? asciiText(this.#time, 0, TIMESTAMP_LENGTH) : undefined;
  }

  /** Takes the number of a line, -1 where it has none that is well-formed. */
  place(seq) {
    const { due } = this;
    const { isSample } = this.#manifest;
    if (seq < 0) {
      this.#holes++;
      return;
    }
    if (seq < due) {
      const detail = isSample ? "a sample's lines stand in order" : `number ${due} was due here`;
      this.#add("duplicate_seq", seq, detail);
    } else if (!isSample && seq > due + this.#holes) {
      this.#add("missing_seq", due, `the next line there is has number ${seq}`);
    }
    if (isSample && seq !== due) {
      this.#isLinked = false;
    }
    this.due = Math.max(due, seq + 1);
    this.#holes = 0;
  }

  /** Holds a line that is an entry against the one before. */
  follow(line) {
    const { bytes, starts, seq } = line;
    const manifest = this.#manifest;
    if (this.#isLinked && !standsAt(bytes, starts[PREV_HASH], bytes.length, this.#tip)) {
      const detail = "prev_hash is not the entry_hash of the line before";
      this.#add("broken_link", seq, detail);
    }
    if (!this.#hasTime) {
      this.firstTime = line.text(TIMESTAMP);
      const mayMissEarlier =
        manifest.timeFrom !== undefined && !manifest.isSample && seq !== 0 &&
        !manifest.isBeforeTimeFrom(line);
      if (mayMissEarlier) {
        const detail = "the first line is not from before time_from: earlier ones may be missing";
        this.#add("missing_seq", manifest.first, detail);
      }
    } else if (compareTime(bytes, starts[TIMESTAMP], this.#time) < 0) {
      this.#add("time_reversed", seq, "timestamp is before that of the line before");
    }
    copyInto(this.#tip, bytes, starts[ENTRY_HASH]);
    copyInto(this.#time, bytes, starts[TIMESTAMP]);
    this.#isLinked = true;
    this.#hasTime = true;
  }

  /** A line that is no entry: what comes after it links to nothing that is known. */
  breakOff() {
    this.#isLinked = false;
  }

  /** After the last line. */
  end() {
    const { isSample, end, timeTo } = this.#manifest;
    if (isSample) {
      return;
    }
    if (this.due < end) {
      this.#add("missing_seq", this.due, "the lines end before the range does");
    }
    if (timeTo !== undefined && !(this.lastTime >= timeTo)) {
      const detail = "the last line is from before time_to: later ones may be missing";
      this.#add("missing_seq", end, detail);
    }
  }
}

function copyInto(target, bytes, from) {
  for (let i = 0; i < target.length; i++) {
    target[i] = bytes[from + i];
  }
}

const CONTROLS = ascii('{"controls":[');
const CONTROL = ascii('{"control":"');
const FRAMEWORK = ascii(',"framework":"');
const ANNOTATED = ascii('],"seq":');

/** The number in a line of annotations, bytes[from, to): it has one spelling. -1 if it is none. */
function annotatedSeq(bytes, from, to) {
  if (!standsAt(bytes, from, to, CONTROLS)) {
    return -1;
  }
  let at = from + CONTROLS.length;
  while (true) {
    at = standsAt(bytes, at, to, CONTROL) ? scanString(bytes, at + CONTROL.length, to) : -1;
    at = standsAt(bytes, at, to, FRAMEWORK) ? scanString(bytes, at + FRAMEWORK.length, to) : -1;
    if (at < 0 || at >= to || bytes[at++] !== 0x7d) {
      return -1;
    }
    if (at >= to || bytes[at] !== COMMA) {
      break;
    }
    at++;
  }
  if (!standsAt(bytes, at, to, ANNOTATED)) {
    return -1;
  }
  const digits = at + ANNOTATED.length;
  const after = scanEntryNumber(bytes, digits, to);
  return after === to - 1 && bytes[after] === 0x7d ? numberAt(bytes, digits, after) : -1;
}
