// A client of revision 2026-07-28. Usage: client-2026.mjs SCENARIO COMMAND ARGUMENT…
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { run } from './scenarios.mjs';

const [scenario, command, ...args] = process.argv.slice(2);
const client = new Client(
  { name: 'client-2026', version: '1.0.0' },
  { capabilities: { elicitation: {} }, versionNegotiation: { mode: 'auto' } },
);
client.setRequestHandler('elicitation/create', async () => ({ action: 'accept', content: { confirm: true } }));
const transport = new StdioClientTransport({
  command, args, env: process.env, stderr: 'inherit', maxBufferSize: 64 * 1024 * 1024,
});
await client.connect(transport);
await run(scenario, client, transport);
