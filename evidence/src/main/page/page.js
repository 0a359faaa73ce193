"use strict";

// The page: takes files, hands them to the worker, shows what it says. Whatever comes out of a
// bundle is put in as text, never as markup.

const byId = (id) => document.getElementById(id);

const VERDICTS = {
  intact: { symbol: "✔", words: "Intact" },
  tampered: { symbol: "✘", words: "Tampered" },
  unverifiable: { symbol: "?", words: "Not to be judged" },
};

const KINDS = {
  bad_hash: "An entry is not what it was when it was sealed: its hash differs.",
  bad_payload_hash: "A payload is not what was sealed: its hash differs.",
  broken_link: "An entry does not follow on the one before it.",
  missing_seq: "Entries are missing.",
  duplicate_seq: "An entry's number stands twice, or out of order.",
  not_canonical: "A line is not spelled as a ledger writes it.",
  bad_member: "A line is not an entry as a ledger writes it.",
  time_reversed: "Time goes back from one entry to the next.",
  payload_missing: "A payload is missing that may not be removed.",
  bad_cause: "An entry names a cause that is not what it says.",
  truncated: "There are fewer entries than a checkpoint says.",
  root_mismatch: "The entries do not give the checkpoint's root.",
  bad_signature: "A signature under the checkpoint does not hold.",
  unknown_key: "A key that you trust has not signed the checkpoint.",
  rollback: "An older checkpoint does not fit.",
  bad_origin: "It is of another ledger.",
  bad_manifest: "The bundle is not what its manifest, or the ledger, says.",
  filter_mismatch: "The filter was not applied as stated: something left out, or let out.",
  bad_proof: "A proof does not lead to the checkpoint.",
  unreadable: "A file or line cannot be read.",
};

const KEY_STATES = { verified: "signed", missing: "did not sign", bad: "signature does not hold" };

/** An element with properties and children; text children are text. */
function element(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

const number = (value) => value.toLocaleString("en-US");
const plural = (count, one, many) => `${number(count)} ${count === 1 ? one : many}`;

function size(bytes) {
  const unit = ["bytes", "kB", "MB", "GB"][Math.min(3, Math.floor(Math.log10(bytes + 1) / 3))];
  const value = bytes / { bytes: 1, kB: 1e3, MB: 1e6, GB: 1e9 }[unit];
  return `${value.toLocaleString("en-US", { maximumFractionDigits: 1 })} ${unit}`;
}

// --- the worker

// A Blob, since a page opened from file:// may load no other file.
const workerUrl = (() => {
  const source = new Blob([byId("verifier").textContent], { type: "text/javascript" });
  const url = URL.createObjectURL(source);
  return window.trustedTypes
    ? window.trustedTypes.createPolicy("verifier", { createScriptURL: () => url }).createScriptURL("")
    : url;
})();

let worker;

function startWorker() {
  try {
    worker = new Worker(workerUrl);
  } catch (e) {
    showFailure(`this browser starts no worker here: ${e.message}`);
    byId("form").inert = true;
    return;
  }
  worker.addEventListener("message", ({ data }) => answers[data.about](data));
  worker.addEventListener("error", (e) => answers.failure({ detail: e.message ?? "no reason told" }));
}

const answers = {
  policy: showPolicy,
  progress: showProgress,
  result: ({ result }) => showResult(result),
  refusal: ({ detail }) => showBadPolicy(detail),
  failure: ({ detail }) => {
    worker.terminate();
    if (document.body.dataset.state === "running") {
      startWorker(); // one that already fails to start is not tried again
    }
    showFailure(detail);
  },
};

// --- what is chosen

const chosen = { bundle: null, policy: null };

function setState(state) {
  document.body.dataset.state = state;
  const isRunning = state === "running";
  byId("progress").hidden = !isRunning;
  byId("stop").hidden = !isRunning;
  byId("verify").disabled = isRunning || chosen.bundle === null;
  byId("result").hidden = state !== "done" && state !== "failed";
}

function setChosen(what, text, isWrong = false) {
  const told = byId(`${what}-chosen`);
  told.textContent = text;
  told.classList.toggle("wrong", isWrong);
  byId(`${what}-choice`).classList.toggle("filled", chosen[what] !== null);
}

function chooseBundle(file) {
  if (document.body.dataset.state === "running") {
    stop();
  }
  chosen.bundle = file;
  setChosen("bundle", file === null ? "" : `${file.name}, ${size(file.size)}`);
  setState("idle");
}

async function choosePolicy(file) {
  if (document.body.dataset.state === "running") {
    stop();
  }
  chosen.policy = null;
  setChosen("policy", "");
  setState("idle");
  if (file === null) {
    return;
  }
  try {
    // One byte more than a policy may have: the worker says so.
    const bytes = new Uint8Array(await file.slice(0, (1 << 20) + 1).arrayBuffer());
    chosen.policy = { name: file.name, bytes };
    worker.postMessage({ policy: bytes });
  } catch (e) {
    setChosen("policy", `${file.name} cannot be read: ${e.message}`, true);
  }
}

function showPolicy({ logs, witnesses, quorum }) {
  if (chosen.policy === null) {
    return; // another was chosen meanwhile
  }
  const keys = [...logs, ...witnesses].map(({ name, id }) => `${name}, key ${id}`);
  const asks = quorum === null ? "no witness asked for" : `asks the witnesses of ${quorum}`;
  setChosen("policy", [`${chosen.policy.name}: ${asks}`, ...keys].join("\n"));
}

function showBadPolicy(detail) {
  if (chosen.policy === null) {
    return;
  }
  setChosen("policy", `${chosen.policy.name} is no trust policy: ${detail}`, true);
  chosen.policy = null;
  setState("idle");
}

for (const [what, choose] of [["bundle", chooseBundle], ["policy", choosePolicy]]) {
  const box = byId(`${what}-choice`);
  byId(what).addEventListener("change", (e) => choose(e.target.files[0] ?? null));
  box.addEventListener("dragover", () => box.classList.add("over"));
  box.addEventListener("dragleave", () => box.classList.remove("over"));
  box.addEventListener("drop", (e) => {
    e.stopPropagation();
    e.preventDefault();
    box.classList.remove("over");
    if (e.dataTransfer.files.length > 0) {
      byId(what).value = "";
      choose(e.dataTransfer.files[0]);
    }
  });
}
// Without this a file that is dropped beside would be opened instead of the page.
addEventListener("dragover", (e) => e.preventDefault());
addEventListener("drop", (e) => e.preventDefault());

byId("form").addEventListener("submit", (e) => {
  e.preventDefault();
  if (chosen.bundle === null || document.body.dataset.state === "running") {
    return;
  }
  setState("running");
  byId("bar").removeAttribute("value");
  byId("progress-text").textContent = "Reading the zip";
  byId("announcer").textContent = "Verifying";
  worker.postMessage({ bundle: chosen.bundle, policy: chosen.policy?.bytes ?? null });
});

byId("stop").addEventListener("click", () => {
  stop();
  byId("verify").focus(); // since what had it is hidden now
});

function stop() {
  worker.terminate();
  startWorker();
  setState("idle");
  byId("announcer").textContent = "Stopped. Nothing was judged.";
}

// --- what comes out

function showProgress({ entries, fraction, seconds }) {
  byId("bar").value = fraction;
  byId("progress-text").textContent =
    `${plural(entries, "entry", "entries")} checked, ${Math.floor(100 * fraction)} %, ` +
    `${seconds.toFixed(1)} s`;
}

function showFailure(detail) {
  const result = {
    verdict: "unverifiable",
    findings: [],
    not_checked: [`anything: the verification broke off: ${detail}`],
    notes: [],
    keys: [],
    first_matches: [],
  };
  showResult(result, "failed");
}

function showResult(result, state = "done") {
  const { symbol, words } = VERDICTS[result.verdict];
  const took = result.seconds === undefined ? "" : `, in ${result.seconds.toFixed(1)} s`;
  byId("result").className = result.verdict;
  byId("symbol").textContent = symbol;
  byId("verdict").textContent = words;
  byId("meaning").textContent = meaning(result);
  byId("details").replaceChildren(
    ...[
      findingsSection(result),
      result.verdict === "unverifiable" ? notCheckedSection(result) : null,
      provedSection(result),
      result.verdict !== "unverifiable" ? notCheckedSection(result) : null,
      claimsSection(result),
      keysSection(result),
      matchesSection(result),
    ].filter((section) => section !== null),
  );
  const json = JSON.stringify(result, null, 2);
  byId("json").textContent = json;
  URL.revokeObjectURL(byId("save").href);
  byId("save").href = URL.createObjectURL(new Blob([json], { type: "application/json" }));
  byId("announcer").textContent = "";
  byId("when").textContent = `${chosen.bundle?.name ?? "Nothing"}, judged ${new Date().toISOString()}${took}`;
  setState(state);
  byId("result").focus();
}

function lowestSeq({ findings }) {
  return findings.find(({ seq }) => seq !== null)?.seq;
}

function meaning(result) {
  if (result.verdict === "tampered") {
    const lowest = lowestSeq(result);
    const where = lowest === undefined ? "" : ` The lowest entry concerned is ${number(lowest)}.`;
    return (
      "Bytes of this bundle are not what they must be." + where +
      " This does not say who changed them, or whether a failing disk or transfer did."
    );
  }
  if (result.verdict === "unverifiable") {
    return result.self_consistent
      ? "Nothing was found, but nobody that you trust vouches for it: see what was not checked."
      : "Nothing can be said about it: see what was not checked.";
  }
  const entries = plural(result.counts.entries, "entry stands", "entries stand");
  return result.kind === "sample"
    ? `${entries} as sealed in the ledger whose keys you trust. It is a sample: it does not show` +
        " that these are all."
    : `${entries} as sealed in the ledger whose keys you trust, and none of the range is left out.`;
}

function section(title, ...children) {
  return element("section", {}, element("h3", { textContent: title }), ...children);
}

/** A table that scrolls by itself; it has a name, since it can be focused. */
function table(name, heads, rows) {
  const cells = (tag, texts) =>
    texts.map((text, i) =>
      element(tag, {
        textContent: text ?? "",
        className: heads[i].className ?? "",
        ...(tag === "th" ? { scope: "col" } : {}),
      }),
    );
  const head = element("tr", {}, ...cells("th", heads.map(({ title }) => title)));
  const body = rows.map((row) => element("tr", {}, ...cells("td", row)));
  const made = element("table", {}, element("thead", {}, head), element("tbody", {}, ...body));
  const scroll = element("div", { className: "scroll", tabIndex: 0 }, made);
  // As attributes: Firefox before 119 has no properties for them.
  scroll.setAttribute("role", "region");
  scroll.setAttribute("aria-label", name);
  return scroll;
}

const MAX_TEXT = 2_000; // characters of one thing that are shown; the JSON has it whole

function cut(value) {
  const text = String(value);
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

function list(texts) {
  return element("ul", {}, ...texts.map((text) => element("li", { textContent: cut(text) })));
}

function facts(pairs) {
  const shown = pairs.filter(([, value]) => value !== undefined && value !== null);
  return element(
    "dl",
    {},
    ...shown.flatMap(([name, value]) => [
      element("dt", { textContent: name }),
      element("dd", { textContent: cut(value) }),
    ]),
  );
}

function findingsSection({ findings }) {
  if (findings.length === 0) {
    return null;
  }
  const heads = [
    { title: "Entry", className: "number" },
    { title: "Finding", className: "kept" },
    { title: "What it means", className: "long" },
    { title: "In detail", className: "long" },
    { title: "Times", className: "number" },
  ];
  const rows = findings.map(({ kind, seq, count, detail }) => [
    seq === null ? "–" : number(seq),
    kind,
    KINDS[kind],
    detail,
    number(count),
  ]);
  const hint =
    "Of each kind the one with the lowest entry is shown. Where no entry is named, the bundle as a" +
    " whole is concerned.";
  return section("Findings", table("Findings", heads, rows), element("p", { className: "hint", textContent: hint }));
}

function notCheckedSection(result) {
  const texts = [...result.not_checked, ...result.notes];
  if (result.unchecked_causes > 0) {
    const causes = plural(result.unchecked_causes, "cause leads", "causes lead");
    texts.push(`${causes} out of the bundle or to another ledger: counted, not followed`);
  }
  if (result.verdict === "intact") {
    texts.push(
      "whether what was recorded is true, or all that happened: only what was sealed is proved",
      "whether the ledger was rewritten before this checkpoint by a holder of its keys: an older" +
        " checkpoint in other hands, or witnesses, would show it",
    );
  }
  return texts.length === 0 ? null : section("Not checked, and to be known", list(texts));
}

function filterInWords(filter) {
  if (filter.length === 0) {
    return "everything";
  }
  const conditions = filter.map(([member, items]) => {
    if (items.includes("*")) {
      return `${member} is there at all`;
    }
    const whole = items.filter((item) => !item.endsWith("*"));
    const prefixes = items.filter((item) => item.endsWith("*")).map((item) => item.slice(0, -1));
    const words = [
      whole.length > 0 ? `is ${whole.length > 1 ? "one of " : ""}${whole.join(", ")}` : "",
      prefixes.length > 0 ? `begins with ${prefixes.join(" or ")}` : "",
    ];
    return `${member} ${words.filter(Boolean).join(" or ")}`;
  });
  return conditions.join(";\nand ");
}

function age(timestamp) {
  const days = Math.floor((Date.now() - Date.parse(`${timestamp.slice(0, 23)}Z`)) / 86_400_000);
  if (days < 0) {
    return "which is later than this machine's clock";
  }
  const ago = days === 0 ? "less than a day" : plural(days, "day", "days");
  return `${ago} ago by this machine's clock`;
}

function provedSection({ kind, origin, counts, checkpoint, facts: known, verdict }) {
  if (!known || !counts) {
    return null;
  }
  const isSample = kind === "sample";
  const { entries, matching, skeletons, redacted } = counts;
  const numbers = `${number(known.first_seq)} to ${number(known.end_seq - 1)}`;
  const range = verdict === "intact" ? "a range, complete" : "a range";
  const title = verdict === "intact" ? "What is proved" : "What it says, as far as it can be read";
  return section(
    title,
    facts([
      ["Ledger", origin],
      ["Kind", isSample ? "a sample: single entries, without completeness" : range],
      ["Entries", `${number(entries)}, ${isSample ? "out of" : "numbers"} ${numbers}`],
      ["Time asked for", known.time_from && `${known.time_from} to before ${known.time_to} (UTC)`],
      ["First and last line", known.first_timestamp && `${known.first_timestamp} to ${known.last_timestamp}`],
      ["Filter", filterInWords(known.filter)],
      ["Matching it", number(matching)],
      ["Payloads", known.payloads === "full" ? "with those that match" : "withheld from all"],
      ["Without payload", number(skeletons)],
      ["Removed on record", `${number(redacted)} of the matching, by redactions that the bundle shows`],
      ["Gaps in capture", `${number(known.capture_gaps)} recorded (capture_gap)`],
      ["Sample", known.sample && `${number(known.sample.n)} lines, seed "${known.sample.seed}"`],
      ["Population", known.sample && `the bundle whose manifest has the SHA-256 ${known.sample.population}`],
      ["Checkpoint", checkpoint && `of ${number(checkpoint.size)} entries, root ${checkpoint.root}`],
      ["As of", known.closed_at && `${known.closed_at}, ${age(known.closed_at)}`],
    ]),
  );
}

function claimsSection({ facts: known }) {
  if (!known) {
    return null;
  }
  const { claims } = known;
  const mapping = claims.mapping;
  const hint =
    "The manifest that says this is authentic if the bundle is intact; that it is true, nobody checked.";
  return section(
    "What the bundle claims",
    facts([
      ["Requested by", claims.requested_by],
      ["Request", claims.request],
      ["Made by", claims.made_by],
      ["Framework", claims.framework],
      ["Mapping", mapping && `${mapping.id}, version ${mapping.version}, SHA-256 ${mapping.sha256}`],
    ]),
    element("p", { className: "hint", textContent: hint }),
  );
}

function keysSection({ keys }) {
  if (keys.length === 0) {
    return null;
  }
  const heads = ["Role", "Key", "Key ID", "Checkpoint"].map((title) => ({ title }));
  const rows = keys.map(({ role, name, id, state }) => [role, name, id, KEY_STATES[state]]);
  return section("Keys that you trust", table("Keys that you trust", heads, rows));
}

function matchesSection({ first_matches: matches, counts }) {
  if (matches.length === 0) {
    return null;
  }
  const heads = [
    { title: "Entry", className: "number" },
    { title: "Time", className: "kept" },
    { title: "Action, status, source", className: "kept" },
    { title: "Actor", className: "long" },
    { title: "Tool, target", className: "long" },
    { title: "Payload", className: "long" },
  ];
  const lines = (...texts) => texts.filter((text) => text !== undefined).join("\n");
  const rows = matches.map((match) => [
    number(match.seq),
    match.timestamp.replace("T", "\n"),
    lines(`${match.action}, ${match.status}`, match.source),
    match.actor,
    lines(match.tool, match.target),
    match.payload ?? "(without)",
  ]);
  const of = counts ? ` of ${number(counts.matching)}` : "";
  const title = `The first ${number(matches.length)}${of} matching entries`;
  return element("details", {}, element("summary", { textContent: title }), table(title, heads, rows));
}

setState("idle");
startWorker();
