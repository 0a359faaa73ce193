// A server of the 2025 revisions, on @modelcontextprotocol/sdk.
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { registerTools } from './tools.mjs';

const server = new McpServer({ name: 'peer-2025', version: '1.0.0' });
registerTools(server);
console.error('server-2025 says hello on standard error');
await server.connect(new StdioServerTransport());
