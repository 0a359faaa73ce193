// A client of the 2025 revisions. Usage: client-2025.mjs SCENARIO COMMAND ARGUMENT…
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema, CreateMessageRequestSchema, ListRootsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { run } from './scenarios.mjs';

const [scenario, command, ...args] = process.argv.slice(2);
const client = new Client(
  { name: 'client-2025', version: '1.0.0' },
  { capabilities: { sampling: {}, elicitation: {}, roots: { listChanged: true } } },
);
client.setRequestHandler(CreateMessageRequestSchema, async () => ({
  role: 'assistant', model: 'none', content: { type: 'text', text: 'sampled' },
}));
client.setRequestHandler(ElicitRequestSchema, async () => ({ action: 'decline' }));
client.setRequestHandler(ListRootsRequestSchema, async () => ({ roots: [{ uri: 'file:///tmp', name: 'tmp' }] }));
const transport = new StdioClientTransport({
  command, args, env: process.env, stderr: 'inherit', maxBufferSize: 64 * 1024 * 1024,
});
await client.connect(transport);
await run(scenario, client, transport);
