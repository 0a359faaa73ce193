// The tools that both test servers offer.
import { z } from 'zod';

const text = (value) => ({ content: [{ type: 'text', text: value }] });
export function registerTools(server) {
  const register = (name, members, run) =>
    server.registerTool(name, { description: `${name} of the test`, inputSchema: z.object(members) }, run);
  register('echo', { message: z.string() }, async ({ message }) => text(message));
  register('wait', { ms: z.number(), say: z.string() }, async ({ ms, say }) => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return text(say);
  });
  register('big', { bytes: z.number() }, async ({ bytes }) => text('x'.repeat(bytes)));
  register('fail', {}, async () => ({ ...text('it failed'), isError: true }));
  register('die', { signal: z.string() }, async ({ signal }) => {
    process.kill(process.pid, signal);
    return new Promise(() => {});
  });
  register('exit', { code: z.number() }, async ({ code }) => process.exit(code));
  register('add_tool', {}, async () => {
    register('late_tool', {}, async () => text('late'));
    return text('added');
  });
}
