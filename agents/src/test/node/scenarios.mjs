// What the clients do; each scenario ends in one line of JSON on standard output.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

const textOf = (result) => result.content.map((part) => part.text).join('');
const failure = async (promise) => {
  try {
    return { result: await promise };
  } catch (error) {
    return { code: error.code, message: error.message };
  }
};

// The 1.x SDK takes a result schema between the parameters and the options.
const call = (client, params, options) =>
  client.getNegotiatedProtocolVersion
    ? client.callTool(params, options)
    : client.callTool(params, undefined, options);

const scenarios = {
  // Lists, calls, a failing tool, 10 MB, and many calls at once whose results overtake each other.
  async work(client) {
    const tools = (await client.listTools()).tools.map((tool) => tool.name);
    const said = textOf(await client.callTool({ name: 'echo', arguments: { message: 'grüße 🦉' } }));
    const failed = (await client.callTool({ name: 'fail', arguments: {} })).isError;
    const bytes = 10 * 1024 * 1024;
    const big = textOf(await client.callTool({ name: 'big', arguments: { bytes } }));
    assert.equal(big.length, bytes);
    const count = 1000;
    const answers = await Promise.all(
      Array.from({ length: count }, (_, i) =>
        client.callTool({ name: 'wait', arguments: { ms: (i * 7919) % 97, say: `say ${i}` } }),
      ),
    );
    answers.forEach((answer, i) => assert.equal(textOf(answer), `say ${i}`));
    return { tools, said, failed, big: createHash('sha256').update(big).digest('hex'), count };
  },

  // The 2026 client's question to a person.
  async deploy(client) {
    return { said: textOf(await client.callTool({ name: 'deploy', arguments: { to: 'prod' } })) };
  },

  async version(client) {
    await client.callTool({ name: 'echo', arguments: { message: 'x' } });
    return { protocol: client.getNegotiatedProtocolVersion?.() ?? null };
  },

  // A call that a client gives up on, and one after it.
  async timeout(client) {
    const gone = await failure(
      call(client, { name: 'wait', arguments: { ms: 1500, say: 'late' } }, { timeout: 300 }),
    );
    const next = textOf(await client.callTool({ name: 'wait', arguments: { ms: 1500, say: 'next' } }));
    return { gone: gone.message, next };
  },

  async late_tool(client) {
    const before = (await client.listTools()).tools.length;
    await client.callTool({ name: 'add_tool', arguments: {} });
    const after = (await client.listTools()).tools.length;
    return { before, after };
  },

  // The server is killed in the middle of a call.
  async die(client) {
    return await failure(client.callTool({ name: 'die', arguments: { signal: 'SIGKILL' } }));
  },

  async exit(client) {
    return await failure(client.callTool({ name: 'exit', arguments: { code: 7 } }));
  },

  // Calls until one is refused; what comes before and after must work.
  async refused(client) {
    const outcomes = [];
    for (let i = 0; i < 4; i++) {
      const one = await failure(client.callTool({ name: 'echo', arguments: { message: `m${i}` } }));
      outcomes.push(one.result ? textOf(one.result) : one);
    }
    return { outcomes };
  },

  async echo_loop(client) {
    const times = [];
    const count = Number(process.env.LOOPS ?? 2000);
    for (let i = 0; i < count; i++) {
      const start = process.hrtime.bigint();
      await client.callTool({ name: 'echo', arguments: { message: 'm' } });
      times.push(Number(process.hrtime.bigint() - start) / 1000);
    }
    const tail = times.slice(count / 4).sort((a, b) => a - b);
    const at = (q) => Math.round(tail[Math.floor(tail.length * q)]);
    return { calls: tail.length, p50_us: at(0.5), p90_us: at(0.9), p99_us: at(0.99) };
  },

  // Everything that server-everything offers over standard input and output without a network.
  async everything(client) {
    const done = {};
    done.tools = (await client.listTools()).tools.length;
    done.echo = textOf(await client.callTool({ name: 'echo', arguments: { message: 'hi' } }));
    done.sum = textOf(await client.callTool({ name: 'get-sum', arguments: { a: 2, b: 3 } }));
    done.image = (await client.callTool({ name: 'get-tiny-image', arguments: {} })).content.length;
    done.sampled = textOf(await client.callTool({ name: 'trigger-sampling-request', arguments: { prompt: 'p', maxTokens: 5 } })).includes('sampled');
    done.elicited = textOf(await client.callTool({ name: 'trigger-elicitation-request', arguments: {} })).slice(0, 60);
    done.roots = textOf(await client.callTool({ name: 'get-roots-list', arguments: {} })).includes('file:///tmp');
    done.long = textOf(await call(client, { name: 'trigger-long-running-operation', arguments: { duration: 0.2, steps: 2 } }, { onprogress: () => {} }));
    done.prompts = (await client.listPrompts()).prompts.length;
    done.prompt = (await client.getPrompt({ name: 'simple-prompt' })).messages.length;
    const resources = (await client.listResources()).resources;
    done.resources = resources.length;
    done.read = (await client.readResource({ uri: resources[0].uri })).contents.length;
    done.research = await research(client);
    return done;
  },

  // Leaves without closing well: the pipe just breaks.
  async vanish(client) {
    await client.callTool({ name: 'echo', arguments: { message: 'bye' } });
    process.stdout.write('{"bye":true}\n');
    process.kill(process.pid, 'SIGKILL');
  },
};

// A tool that only runs as a task (2025-11-25).
async function research(client) {
  if (!client.experimental?.tasks) {
    return null;
  }
  const stream = client.experimental.tasks.callToolStream({ name: 'simulate-research-query', arguments: { topic: 'owls' } });
  for await (const message of stream) {
    if (message.type === 'result') {
      return textOf(message.result).length > 0;
    }
    if (message.type === 'error') {
      return message.error.message;
    }
  }
  return 'no result';
}

export async function run(scenario, client, transport) {
  const summary = await scenarios[scenario](client, transport);
  await client.close();
  console.log(JSON.stringify(summary));
  process.exit(0);
}
