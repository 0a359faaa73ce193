// A server of revision 2026-07-28, on @modelcontextprotocol/server.
import { McpServer, acceptedContent, inputRequired } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';
import { registerTools } from './tools.mjs';

serveStdio(() => {
  const server = new McpServer({ name: 'peer-2026', version: '1.0.0' }, { capabilities: { tools: {} } });
  registerTools(server);
  const confirmation = z.object({ confirm: z.boolean() });
  server.registerTool(
    'deploy',
    { description: 'Deploys once a person agrees', inputSchema: z.object({ to: z.string() }) },
    async ({ to }, context) => {
      const answer = acceptedContent(context.mcpReq.inputResponses, 'confirm', confirmation);
      if (answer?.confirm !== true) {
        return inputRequired({
          inputRequests: {
            confirm: inputRequired.elicit({
              message: `Deploy to ${to}?`,
              requestedSchema: confirmation,
            }),
          },
          requestState: `state of ${to}`,
        });
      }
      return { content: [{ type: 'text', text: `deployed to ${to}` }] };
    },
  );
  return server;
});
