// manifest.json (section 6).

const FORMAT = 1;
const MAX_MANIFEST = 4 << 20; // bytes
const MANIFEST_MEMBERS = new Set([
  "counts", "end_seq", "files", "filter", "first_seq", "format", "framework", "kind", "ledger",
  "log_keys", "made_by", "mapping", "origin", "payloads", "request", "requested_by", "sample",
  "time_from", "time_to",
]);
const COUNTS = ["entries", "matching", "redacted", "skeletons"];

/** The members that a filter may name: those that skeletons keep. */
const FILTER_MEMBERS = new Map([
  ["action", ACTION], ["actor", ACTOR], ["session", SESSION], ["source", SOURCE],
  ["status", STATUS], ["target", TARGET], ["tool", TOOL],
]);

/** The format is not one that this verifier knows: then nothing is judged. */
class OtherFormat extends Refused {}

const isFilledText = (value) => typeof value === "string" && value !== "";
const isHash = (value) => typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
const isTimestamp = (value) => typeof value === "string" && isTime(value);
const isOneOf = (...texts) => (value) => texts.includes(value);

class Manifest {
  /** Parses the file; Refused where it is no manifest. */
  constructor(bytes) {
    const { value: json, isCanonical } = parseJson(bytes.subarray(0, -1));
    const format = json instanceof Map ? json.get("format") : undefined;
    if (Number.isInteger(format) && format !== FORMAT) {
      throw new OtherFormat(`format ${format} is not known`);
    }
    if (!isCanonical || bytes.at(-1) !== LINE_FEED) {
      throw new Refused("it is not canonical JSON and one line feed");
    }
    if (!(json instanceof Map)) {
      throw new Refused("it is no JSON object");
    }
    for (const name of json.keys()) {
      if (!MANIFEST_MEMBERS.has(name)) {
        throw new Refused(`there is no member ${shown(name)}`);
      }
    }
    take(json, "format", isInteger);
    this.isSample = take(json, "kind", isOneOf("range", "sample")) === "sample";
    this.isWithheld = take(json, "payloads", isOneOf("full", "withheld")) === "withheld";
    this.first = take(json, "first_seq", isInteger);
    this.end = take(json, "end_seq", isInteger);
    this.counts = takeObject(json, "counts", COUNTS);
    COUNTS.forEach((name) => take(this.counts, name, isInteger));
    const ledger = takeObject(json, "ledger", ["root", "size"]);
    take(ledger, "root", isFilledText);
    this.ledgerSize = take(ledger, "size", isInteger);
    this.files = takeObject(json, "files");
    for (const name of this.files.keys()) {
      take(this.files, name, isHash);
    }
    this.filter = takeObject(json, "filter");
    this.#conditions = readFilter(this.filter);
    this.logKeys = take(json, "log_keys", (keys) => Array.isArray(keys) && keys.every(isFilledText));
    this.origin = take(json, "origin", isFilledText);
    this.madeBy = take(json, "made_by", isFilledText);
    this.requestedBy = take(json, "requested_by", isFilledText);
    this.request = takeObject(json, "request");
    this.framework = takeOptional(json, "framework", isFilledText);
    this.timeFrom = takeOptional(json, "time_from", isTimestamp);
    this.timeTo = takeOptional(json, "time_to", isTimestamp);
    if (json.has("mapping")) {
      this.mapping = takeObject(json, "mapping", ["id", "sha256", "version"]);
      take(this.mapping, "id", isFilledText);
      take(this.mapping, "version", isFilledText);
      take(this.mapping, "sha256", isHash);
    }
    if (json.has("sample")) {
      this.sample = takeObject(json, "sample", ["n", "population", "seed"]);
      take(this.sample, "n", isInteger);
      take(this.sample, "population", isHash);
      take(this.sample, "seed", isFilledText);
    }
    if (this.first >= this.end) {
      throw new Refused("first_seq is not below end_seq");
    }
    if ((this.timeFrom === undefined) !== (this.timeTo === undefined)) {
      throw new Refused("time_from and time_to come both or not at all");
    }
    if (this.timeFrom >= this.timeTo) {
      throw new Refused("time_from is not before time_to");
    }
    if ((this.sample !== undefined) !== this.isSample) {
      throw new Refused("a sample, and nothing else, says how it was drawn");
    }
    this.#from = this.timeFrom && ascii(this.timeFrom);
    this.#to = this.timeTo && ascii(this.timeTo);
  }

  #conditions;
  #from;
  #to;

  /** Whether a line that was scanned lies in time and filter. */
  matches(line) {
    if (this.#from && (this.isBeforeTimeFrom(line) || !this.isBeforeTimeTo(line))) {
      return false;
    }
    return this.#conditions.every(({ member, items }) =>
      line.has(member) && items.some(({ spelled, isPrefix }) => {
        const length = line.ends[member] - line.starts[member];
        return (
          (isPrefix || length === spelled.length) &&
          standsAt(line.bytes, line.starts[member], line.ends[member], spelled)
        );
      }),
    );
  }

  isBeforeTimeFrom(line) {
    return compareTime(line.bytes, line.starts[TIMESTAMP], this.#from) < 0;
  }

  isBeforeTimeTo(line) {
    return compareTime(line.bytes, line.starts[TIMESTAMP], this.#to) < 0;
  }
}

/** Order of the timestamp at a place and another. */
function compareTime(bytes, at, other) {
  for (let i = 0; i < TIMESTAMP_LENGTH; i++) {
    if (bytes[at + i] !== other[i]) {
      return bytes[at + i] - other[i];
    }
  }
  return 0;
}

function take(object, name, isGood) {
  const value = object.get(name);
  if (!isGood(value)) {
    throw new Refused(`${shown(name)} is missing, or not as it must be`);
  }
  return value;
}

function takeOptional(object, name, isGood) {
  return object.has(name) ? take(object, name, isGood) : undefined;
}

/** A member that is an object, with these members and no others where they are named. */
function takeObject(object, name, members) {
  const value = object.get(name);
  const isGood =
    value instanceof Map &&
    (members === undefined ||
      (value.size === members.length && members.every((member) => value.has(member))));
  if (!isGood) {
    throw new Refused(`${shown(name)} is missing, or no such object as it must be`);
  }
  return value;
}

/** The filter as what must stand in a line: canonical spellings, so that bytes can be compared. */
function readFilter(filter) {
  return [...filter].map(([name, items]) => {
    if (!FILTER_MEMBERS.has(name)) {
      throw new Refused(`a filter has no member ${shown(name)}`);
    }
    if (!Array.isArray(items) || items.length === 0 || !items.every(isFilledText)) {
      throw new Refused(`filter.${name} is no list of texts`);
    }
    if (items.some((item, i) => i > 0 && compareCodePoints(items[i - 1], item) >= 0)) {
      throw new Refused(`filter.${name} is not sorted, each item once`);
    }
    return {
      member: FILTER_MEMBERS.get(name),
      items: items.map((item) => {
        const isPrefix = item.endsWith("*");
        const text = isPrefix ? item.slice(0, -1) : item;
        return { isPrefix, spelled: utf8.encode(JSON.stringify(text).slice(1, -1)) };
      }),
    };
  });
}
