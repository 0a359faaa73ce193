// A bundle, verified (sections 6 and 8). Every file is read once, a line at a time.

const MAX_NOTE = 1 << 20; // bytes
const MAX_PROOF = 1 << 20;
const LISTED = ["annotations.ndjson", "context.ndjson", "entries.ndjson"];
const UNLISTED = new Set(["manifest.json", "export.ndjson", "checkpoint", "range.proof"]);
const PROOFS = "proofs/";

const FIRST_MATCHES = 100; // matching entries that are shown
const SHOWN_PAYLOAD = 400; // bytes of their payloads that are shown

class BundleVerifier {
  #zip;
  #trust; // TrustPolicy, or null where none was brought
  #progress;
  #findings = new Findings();
  #notChecked = [];
  #notes = [];
  #line = new EntryLine();
  #hash = new Uint8Array(32); // of that line, recomputed
  #manifest;
  #checkpoint; // null where it could not be read
  #keys = [];

  #known = new KnownLines();
  #missing = []; // places of lines without payload, once all lines are read
  #proven = new Set(); // names of proofs that belong to a line
  #uncheckedCauses = 0;
  #closedAt;

  /** Of a ZipFile and a policy or null; progress is called often, with entries read and the part of all done. */
  constructor(zip, trust, progress) {
    this.#zip = zip;
    this.#trust = trust;
    this.#progress = progress;
  }

  async verify() {
    const findings = this.#findings;
    if (this.#zip.unreadable !== null) {
      this.#notChecked.push(`anything: ${this.#zip.unreadable}`);
      return this.#result(null);
    }
    if (this.#zip.fault !== null) {
      findings.add("bad_manifest", null, `the zip: ${this.#zip.fault}`);
    }
    const bytes = await this.#read("manifest.json", MAX_MANIFEST);
    if (bytes !== null) {
      try {
        this.#manifest = new Manifest(bytes);
      } catch (e) {
        if (e instanceof OtherFormat) {
          return this.#otherFormat(e);
        }
        this.#refusedAs("bad_manifest", "manifest.json", e);
      }
    }
    this.#checkpoint = await this.#readCheckpoint();
    const manifest = this.#manifest;
    if (manifest === undefined) {
      return this.#result(null);
    }
    const size = this.#checkpoint?.size ?? MAX_SAFE;
    if (manifest.end > size || manifest.ledgerSize > size) {
      findings.add("bad_manifest", null, "manifest.json speaks of entries past the checkpoint");
    }
    await this.#checkEntries();
    this.#missing = this.#known.table.places(PRESENT | WITHOUT_PAYLOAD);
    await this.#checkContext();
    const counts = {
      entries: this.#known.count,
      matching: this.#known.matching,
      redacted: this.#countExplained(),
      skeletons: this.#missing.length,
    };
    if (COUNTS.some((name) => counts[name] !== manifest.counts.get(name))) {
      const stated = writeJson(manifest.counts);
      findings.add("bad_manifest", null, `counted ${JSON.stringify(counts)}, stated ${stated}`);
    }
    await this.#checkAnnotations();
    const isClosed = await this.#checkExport(bytes);
    await this.#checkSample();
    await this.#checkFileList(isClosed);
    return this.#result(counts);
  }

  // --- the result

  #otherFormat(e) {
    this.#manifest = undefined;
    this.#notChecked.push(`anything: its ${e.message} here`);
    return this.#result(null);
  }

  #result(counts) {
    const manifest = this.#manifest;
    if (this.#trust === null) {
      this.#notChecked.push("the checkpoint's signatures: no trust policy was given");
    } else if (manifest !== undefined) {
      const stated = [...new Set(manifest.logKeys)].sort();
      if (stated.join() !== this.#trust.logs.map((key) => key.vkey).sort().join()) {
        this.#notes.push("the manifest states other log keys than the trust policy");
      }
    }
    if (manifest?.isSample) {
      this.#notes.push(
        "a sample: each line is proven to stand in the ledger, but nothing says that these are" +
          " all; the population's bundle does",
      );
    }
    const checkpoint = this.#checkpoint ?? null;
    const isClean = this.#findings.isEmpty;
    const unsure = this.#notChecked.length > 0 ? "unverifiable" : "intact";
    return {
      verdict: isClean ? unsure : "tampered",
      self_consistent: isClean && counts !== null,
      kind: manifest && (manifest.isSample ? "sample" : "range"),
      origin: manifest && printable(manifest.origin),
      counts: counts ?? undefined,
      unchecked_causes: this.#uncheckedCauses,
      findings: this.#findings.toList(),
      checkpoint: checkpoint && {
        origin: checkpoint.origin,
        size: checkpoint.size,
        root: toBase64(checkpoint.root),
      },
      not_checked: this.#notChecked,
      notes: this.#notes,
      keys: this.#keys,
      facts: manifest && this.#facts(),
      first_matches: this.#known.firstMatches,
    };
  }

  /** What a person may want to know of the bundle; texts in it are fit to be shown. */
  #facts() {
    const manifest = this.#manifest;
    const text = (value) => (typeof value === "string" ? printable(value) : value);
    const object = (map) => map && Object.fromEntries([...map].map(([k, v]) => [k, text(v)]));
    return {
      first_seq: manifest.first,
      end_seq: manifest.end,
      time_from: manifest.timeFrom,
      time_to: manifest.timeTo,
      filter: [...manifest.filter].map(([member, items]) => [member, items.map(text)]),
      payloads: manifest.isWithheld ? "withheld" : "full",
      first_timestamp: this.#known.firstTime,
      last_timestamp: this.#known.lastTime,
      closed_at: this.#closedAt,
      capture_gaps: this.#known.gaps,
      sample: object(manifest.sample),
      claims: {
        requested_by: text(manifest.requestedBy),
        made_by: text(manifest.madeBy),
        framework: text(manifest.framework),
        mapping: object(manifest.mapping),
        request: text(writeJson(manifest.request)),
      },
    };
  }

  // --- single files

  /** A file's bytes; null, and a finding, where it is missing or cannot be read. */
  async #read(name, most) {
    try {
      return await this.#zip.readWhole(name, most);
    } catch (e) {
      this.#refusedAs("unreadable", name, e);
      return null;
    }
  }

  #refusedAs(kind, name, e) {
    if (!(e instanceof Refused)) {
      throw e;
    }
    this.#findings.add(kind, null, `${name}: ${e.message}`);
  }

  async #readCheckpoint() {
    const bytes = await this.#read("checkpoint", MAX_NOTE);
    if (bytes === null) {
      return null;
    }
    let checkpoint;
    try {
      checkpoint = parseCheckpoint(bytes);
    } catch (e) {
      this.#refusedAs("unreadable", "checkpoint", e);
      return null;
    }
    const origin = this.#manifest?.origin ?? checkpoint.origin;
    if (origin !== checkpoint.origin) {
      const detail = `manifest.json is of ${origin}, the checkpoint of ${checkpoint.origin}`;
      this.#findings.add("bad_origin", null, detail);
    }
    if (this.#trust !== null) {
      const { findings, keys, unmet } = await this.#trust.check(checkpoint);
      findings.forEach(({ kind, detail }) => this.#findings.add(kind, null, detail));
      this.#keys = keys;
      if (unmet !== null) {
        this.#notChecked.push(unmet);
      }
    }
    return checkpoint;
  }

  /**
   * Gives each line of a file to a function and holds the file against its hash; whether it could
   * be read. One that cannot be read to its end is judged as one that is missing: how much of it can
   * be had before that differs between readers, and verdicts must not.
   */
  async #eachLineOf(name, take) {
    const others = this.#findings;
    this.#findings = new Findings();
    const hash = new Sha256();
    try {
      await eachLine(this.#hashed(name, hash), take);
      others.addAll(this.#findings);
    } catch (e) {
      this.#findings = others;
      this.#refusedAs("unreadable", name, e);
      return false;
    }
    this.#findings = others;
    this.#checkHash(name, hash.digest());
    return true;
  }

  /** A file's content, hashed as it is read. */
  async *#hashed(name, hash) {
    for await (const piece of this.#zip.read(name)) {
      hash.update(piece);
      this.#progress(this.#known.count, this.#zip.bytesRead / this.#zip.bytes);
      yield piece;
    }
  }

  #checkHash(name, digest) {
    const stated = this.#manifest.files.get(name);
    if (stated !== undefined && stated !== hex(digest)) {
      const detail = `${name} has not the SHA-256 that manifest.json states`;
      this.#findings.add("bad_manifest", null, detail);
    }
  }

  // --- lines

  /**
   * Reads a line into #line and its hash into #hash; whether it is an entry. Faults are told, with
   * the number due where the line has none.
   */
  #readLine(bytes, from, length, due, prefix) {
    const line = this.#line;
    if (length >= MAX_LINE) {
      line.seq = -1;
      line.refusedHash = null;
      this.#findings.add("bad_member", due, `${prefix}a line has more than ${MAX_LINE} bytes`);
      return false;
    }
    if (!line.scan(bytes, from, from + length)) {
      this.#findings.add(line.problem, line.seq < 0 ? due : line.seq, prefix + line.detail);
      return false;
    }
    line.entryHashInto(this.#hash, 0);
    if (!isHexOf(bytes, line.starts[ENTRY_HASH], this.#hash, 0)) {
      const detail = `${prefix}entry_hash is not the hash of the entry`;
      this.#findings.add("bad_hash", line.seq, detail);
    }
    if (line.hasPayload && !line.payloadHashMatches()) {
      const detail = `${prefix}payload_hash is not the hash of payload_salt and payload`;
      this.#findings.add("bad_payload_hash", line.seq, detail);
    }
    if (!line.hasPayload && line.isContext) {
      const detail = `${prefix}a context entry has no payload, and cannot be redacted`;
      this.#findings.add("payload_missing", line.seq, detail);
    }
    return true;
  }

  async #checkEntries() {
    const manifest = this.#manifest;
    const range = manifest.isSample ? null : await this.#rangeCheck();
    const order = new LineOrder(manifest, (...finding) => this.#findings.add(...finding));
    const line = this.#line;
    const none = new Uint8Array(32);
    const isWhole = await this.#eachLineOf("entries.ndjson", (bytes, from, length, hasLineFeed) => {
      this.#known.count++;
      const due = order.due;
      const isEntry = this.#readLine(bytes, from, length, due, "");
      if (!hasLineFeed) {
        this.#findings.add("unreadable", due, "the last line has no line feed");
      }
      order.place(line.seq);
      if (isEntry) {
        order.follow(line);
        this.#keep();
        this.#checkCauses();
      } else {
        order.breakOff();
      }
      range?.append(isEntry ? this.#hash : (line.refusedHash ?? none));
    });
    if (!isWhole) {
      this.#known = new KnownLines();
      this.#uncheckedCauses = 0;
      return;
    }
    this.#known.firstTime = order.firstTime;
    this.#known.lastTime = order.lastTime;
    order.end();
    if (range !== null && !range.leadsToRoot()) {
      this.#findings.add("bad_proof", null, "the entries do not lead to the checkpoint's root");
    }
  }

  /** What the lines of a range must lead to; null, and mostly a finding, where that is not told. */
  async #rangeCheck() {
    const bytes = await this.#read("range.proof", MAX_PROOF);
    if (bytes === null || this.#checkpoint === null) {
      return null;
    }
    let proof;
    try {
      proof = parseRangeProof(bytes);
    } catch (e) {
      this.#refusedAs("bad_proof", "range.proof", e);
      return null;
    }
    if (!isSame(proof.checkpoint.note, this.#checkpoint.note)) {
      this.#findings.add("bad_proof", null, "range.proof ends in another checkpoint");
      return null;
    }
    if (proof.first !== this.#manifest.first || proof.end !== this.#manifest.end) {
      this.#findings.add("bad_proof", null, "range.proof is of another range");
      return null;
    }
    return new RangeCheck(proof);
  }

  /** Notes a line of entries.ndjson, and holds it against range and filter. */
  #keep() {
    const manifest = this.#manifest;
    const findings = this.#findings;
    const line = this.#line;
    const { seq, hasPayload } = line;
    if (seq < manifest.first || seq >= manifest.end) {
      findings.add("bad_manifest", null, `entry ${seq} is outside the range`);
      return;
    }
    const matches = manifest.matches(line);
    const place = manifest.isSample ? this.#known.sampleSeqs.length : seq - manifest.first;
    const isInPlace = manifest.isSample
      ? place === 0 || this.#known.sampleSeqs[place - 1] < seq
      : place < this.#known.count && this.#known.table.state(place) === 0;
    if (isInPlace) { // else there is a finding of a lower number already
      if (manifest.isSample) {
        this.#known.sampleSeqs.push(seq);
      }
      const state = PRESENT | (hasPayload ? 0 : WITHOUT_PAYLOAD) | (matches ? MATCHING : 0);
      this.#known.table.put(place, state, this.#hash);
    }
    if (matches) {
      this.#known.matching++;
      this.#keepMatch();
    }
    if (hasPayload && !line.isContext && (!matches || manifest.isWithheld)) {
      findings.add("filter_mismatch", seq, "it stands whole, and should be a skeleton");
    }
    if (manifest.isSample && !matches) {
      findings.add("filter_mismatch", seq, "a sample holds matching entries alone");
    }
    if (line.isControl) {
      const action = line.text(ACTION);
      if (action === "ledger_redact") {
        this.#known.redactions.push(...this.#redactedRange());
      }
      this.#known.gaps += action === "capture_gap" ? 1 : 0;
    }
    const isMaking = line.isContext && line.text(ACTION) === "ledger_create";
    if (seq === 0 && !(isMaking && line.text(TARGET) === manifest.origin)) {
      findings.add("bad_origin", 0, "entry 0 is not the making of this origin");
    }
  }

  #keepMatch() {
    if (this.#known.firstMatches.length === FIRST_MATCHES) {
      return;
    }
    const line = this.#line;
    const text = (member) => (line.has(member) ? printable(line.text(member)) : undefined);
    this.#known.firstMatches.push({
      seq: line.seq,
      timestamp: text(TIMESTAMP),
      actor: text(ACTOR),
      action: text(ACTION),
      tool: text(TOOL),
      target: text(TARGET),
      status: text(STATUS),
      source: text(SOURCE),
      payload: line.hasPayload ? this.#payloadHead() : undefined,
    });
  }

  #payloadHead() {
    const from = this.#line.starts[PAYLOAD];
    const length = this.#line.ends[PAYLOAD] - from;
    const head = this.#line.bytes.subarray(from, from + Math.min(length, SHOWN_PAYLOAD));
    return printable(new TextDecoder().decode(head)) + (length > SHOWN_PAYLOAD ? "…" : "");
  }

  /** The range that the line, a redaction, names; empty where it names none. */
  #redactedRange() {
    const range = redactedRange(this.#line.text(TARGET), this.#line.seq);
    return range === null ? [] : [range];
  }

  #checkCauses() {
    const line = this.#line;
    const { bytes, seq: own } = line;
    for (let i = 0; i < line.causeCount; i++) {
      const start = line.causeStarts[i];
      const origin = asciiText(bytes, start, start + line.causeOriginLengths[i]);
      const seq = line.causeSeqs[i];
      if (origin === this.#manifest.origin) {
        const detail = "caused_by spells out this ledger's own origin";
        this.#findings.add("bad_cause", own, detail);
      } else if (origin !== "") {
        this.#uncheckedCauses++;
      } else if (seq >= own) {
        const detail = `caused_by names entry ${seq}, which is not earlier`;
        this.#findings.add("bad_cause", own, detail);
      } else if (!this.#isPresent(seq)) {
        this.#uncheckedCauses++;
      } else if (!isHexOf(bytes, line.causeHashes[i], this.#known.table.hash(this.#placeOf(seq)), 0)) {
        const detail = `caused_by names entry ${seq} by another hash`;
        this.#findings.add("bad_cause", own, detail);
      }
    }
  }

  /** The place of the first line with this number or a larger one, as far as there are any. */
  #placeOf(seq) {
    return this.#manifest.isSample
      ? lowerBound(this.#known.sampleSeqs, seq)
      : Math.max(0, Math.min(seq - this.#manifest.first, this.#known.count));
  }

  #seqAt(place) {
    return this.#manifest.isSample ? this.#known.sampleSeqs[place] : this.#manifest.first + place;
  }

  #isPresent(seq) {
    const place = this.#placeOf(seq);
    return this.#known.table.state(place) !== 0 && this.#seqAt(place) === seq;
  }

  // --- context.ndjson and what it explains

  /** Reads a line outside the range and checks its proof and causes; whether it is an entry. */
  async #lonelyLine(bytes, from, length, hasLineFeed, file) {
    if (!hasLineFeed) {
      this.#findings.add("unreadable", null, `${file}: the last line has no line feed`);
    }
    if (!this.#readLine(bytes, from, length, null, `${file}: `)) {
      return false;
    }
    await this.#checkProof(this.#line.seq, this.#hash);
    this.#checkCauses();
    return true;
  }

  async #checkProof(seq, entryHash) {
    const name = `${PROOFS}${seq}.tlog-proof`;
    this.#proven.add(name);
    const bytes = await this.#read(name, MAX_PROOF);
    if (bytes === null || this.#checkpoint === null) {
      return;
    }
    let proof;
    try {
      proof = parseInclusionProof(bytes);
    } catch (e) {
      this.#refusedAs("bad_proof", name, e);
      return;
    }
    if (!isSame(proof.checkpoint.note, this.#checkpoint.note)) {
      this.#findings.add("bad_proof", null, `${name} ends in another checkpoint`);
      return;
    }
    const root = proof.index === seq ? inclusionRoot(proof, entryHash) : null;
    if (root === null || !isSame(root, proof.checkpoint.root)) {
      this.#findings.add("bad_proof", null, `${name} does not lead to the checkpoint's root`);
    }
  }

  async #checkContext() {
    const manifest = this.#manifest;
    const line = this.#line;
    const redactions = [];
    let last = -1;
    const isRead = await this.#eachLineOf("context.ndjson", async (bytes, from, length, hasLineFeed) => {
      if (!(await this.#lonelyLine(bytes, from, length, hasLineFeed, "context.ndjson"))) {
        return;
      }
      const { seq } = line;
      if (seq <= last) {
        const detail = "context.ndjson is not in the order of its entries";
        this.#findings.add("bad_manifest", null, detail);
      }
      last = seq;
      const isOutside = seq >= manifest.end || (manifest.isSample && !this.#isPresent(seq));
      const isRedaction = line.text(ACTION) === "ledger_redact";
      const ranges = isRedaction && isOutside ? this.#redactedRange() : [];
      redactions.push(...ranges);
      if (!ranges.some((range) => this.#namesMissing(range))) {
        const detail = `entry ${seq} in context.ndjson explains no payload that is missing`;
        this.#findings.add("bad_manifest", null, detail);
      }
    });
    if (isRead) {
      this.#known.redactions.push(...redactions);
    }
  }

  #namesMissing({ first, last }) {
    const found = lowerBound(this.#missing, this.#placeOf(first));
    return found < this.#missing.length && this.#missing[found] < this.#placeOf(last + 1);
  }

  /** How many matching lines without payload redactions explain; tells of the others. */
  #countExplained() {
    const ranges = this.#known.redactions
      .map(({ first, last }) => ({ from: this.#placeOf(first), to: this.#placeOf(last + 1) }))
      .sort((a, b) => a.from - b.from);
    let explained = 0;
    let next = 0;
    let coveredTo = 0;
    for (const place of this.#known.table.places(PRESENT | WITHOUT_PAYLOAD | MATCHING)) {
      for (; next < ranges.length && ranges[next].from <= place; next++) {
        coveredTo = Math.max(coveredTo, ranges[next].to);
      }
      if (place < coveredTo) {
        explained++;
      } else if (!this.#manifest.isWithheld) {
        const detail = "it matches, and has no payload though no redaction names it";
        this.#findings.add("filter_mismatch", this.#seqAt(place), detail);
      }
    }
    return explained;
  }

  // --- the other files

  async #checkAnnotations() {
    let last = -1;
    await this.#eachLineOf("annotations.ndjson", (bytes, from, length, hasLineFeed) => {
      const isLine = hasLineFeed && length < MAX_LINE;
      const seq = isLine ? annotatedSeq(bytes, from, from + length) : -1;
      if (seq <= last || !this.#isPresent(seq)) {
        const detail =
          `annotations.ndjson: a line after ${last} is no annotation of a line in entries.ndjson`;
        this.#findings.add("bad_manifest", null, detail);
      } else {
        last = seq;
      }
    });
  }

  /** Checks the line that closes the export; whether there is one. */
  async #checkExport(manifestBytes) {
    const manifest = this.#manifest;
    if (manifest.isSample && !this.#zip.members.has("export.ndjson")) {
      return false;
    }
    let closing = null;
    let count = 0;
    const isRead = await this.#eachLineOf("export.ndjson", async (...line) => {
      count++;
      closing = (await this.#lonelyLine(...line, "export.ndjson")) ? this.#closing() : null;
    });
    if (!isRead) {
      return false;
    }
    const wrong = [];
    if (count !== 1) {
      wrong.push(`it holds ${count} lines, not one`);
    }
    if (closing !== null) {
      const { seq, action, status, timestamp, payload, firstCauseIsLocal } = closing;
      this.#closedAt = timestamp;
      if (action !== "ledger_export" || status !== "ok") {
        wrong.push("it is no ledger_export with status ok");
      }
      if (textOf(payload, "manifest_sha256") !== hex(sha256(manifestBytes))) {
        wrong.push("it does not name this manifest.json");
      }
      const counts = payload?.get("counts");
      const isSameCounts =
        counts instanceof Map && writeJson(counts) === writeJson(manifest.counts);
      if (!isSameCounts) {
        wrong.push("its counts are not those of manifest.json");
      }
      if (seq < manifest.end || timestamp < (manifest.timeTo ?? "")) {
        wrong.push("it stands before the range's end");
      }
      if (!firstCauseIsLocal) {
        wrong.push("it does not name the entry that began the export");
      }
    }
    wrong.forEach((each) => this.#findings.add("bad_manifest", null, `export.ndjson: ${each}`));
    return closing !== null;
  }

  /** What must be known of a line once others are read. */
  #closing() {
    const line = this.#line;
    return {
      seq: line.seq,
      action: line.text(ACTION),
      status: line.text(STATUS),
      timestamp: line.text(TIMESTAMP),
      payload: line.payload(),
      firstCauseIsLocal: line.causeCount > 0 && line.causeOriginLengths[0] === 0,
    };
  }

  async #checkSample() {
    const { isSample, sample } = this.#manifest;
    if (!isSample) {
      return;
    }
    if (sample.get("n") !== this.#known.count) {
      const detail = `the sample has ${this.#known.count} lines, and manifest.json says another number`;
      this.#findings.add("bad_manifest", null, detail);
    }
    if (this.#zip.members.has("range.proof")) {
      this.#findings.add("bad_manifest", null, "a sample has no range.proof");
    }
    for (const [place, seq] of this.#known.sampleSeqs.entries()) {
      await this.#checkProof(seq, this.#known.table.hash(place));
    }
  }

  async #checkFileList(isClosed) {
    const { files, isSample } = this.#manifest;
    const wrong = (detail) => this.#findings.add("bad_manifest", null, detail);
    for (const name of LISTED) {
      if (!files.has(name)) {
        wrong(`manifest.json does not list ${name}`);
      }
    }
    for (const name of files.keys()) {
      if (!isListable(name)) {
        wrong(`manifest.json lists ${shown(name)}, which is not for it to list`);
      } else if (!LISTED.includes(name)) {
        await this.#checkOther(name);
      }
    }
    for (const name of this.#zip.members.keys()) {
      const belongs = name.startsWith(PROOFS)
        ? this.#proven.has(name)
        : !isListable(name) || files.has(name);
      if (!belongs) {
        wrong(`${name} does not belong to the bundle`);
      }
    }
    if (!isClosed && !isSample) {
      wrong("no entry closes the export");
    }
  }

  async #checkOther(name) {
    const hash = new Sha256();
    try {
      for await (const piece of this.#zip.read(name)) {
        hash.update(piece);
      }
    } catch (e) {
      this.#refusedAs("unreadable", name, e);
      return;
    }
    this.#checkHash(name, hash.digest());
  }
}

function isListable(name) {
  return isFileName(name) && !UNLISTED.has(name) && !name.startsWith(PROOFS);
}

/** Verifies a bundle zip (a Blob) under the bytes of a policy, or null. */
async function verifyBundle(blob, policy, progress) {
  const trust = policy === null ? null : new TrustPolicy(policy);
  const zip = await ZipFile.open(blob);
  return new BundleVerifier(zip, trust, progress).verify();
}
