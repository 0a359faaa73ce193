// The worker: verifies while the page stays free to show how far it is.

const PROGRESS_INTERVAL = 100; // ms

function withoutFailure(work) {
  return async ({ data }) => {
    try {
      await work(data);
    } catch (e) {
      // Nothing that was not judged to its end may look judged.
      const isPolicy = e instanceof Refused;
      postMessage({ about: isPolicy ? "refusal" : "failure", detail: printable(String(e.message)) });
    }
  };
}

function describePolicy(bytes) {
  const policy = new TrustPolicy(bytes);
  const described = (key) => ({ name: `${key}`, id: hex(key.id) });
  return {
    about: "policy",
    logs: policy.logs.map(described),
    witnesses: policy.witnesses().map(described),
    quorum: policy.quorumName && printable(policy.quorumName),
  };
}

async function verify({ bundle, policy }) {
  const begun = performance.now();
  let told = -Infinity; // the first word at once
  const result = await verifyBundle(bundle, policy, (entries, fraction) => {
    const now = performance.now();
    if (now - told >= PROGRESS_INTERVAL) {
      told = now;
      postMessage({ about: "progress", entries, fraction, seconds: (now - begun) / 1000 });
    }
  });
  result.seconds = (performance.now() - begun) / 1000;
  postMessage({ about: "result", result });
}

addEventListener(
  "message",
  withoutFailure(async (data) => {
    if (data.bundle) {
      await verify(data);
    } else {
      postMessage(describePolicy(data.policy));
    }
  }),
);
