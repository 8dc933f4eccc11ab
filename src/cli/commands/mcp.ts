import { createInterface } from 'node:readline';
import type { Command } from '../command.ts';
import { EXIT, parseCommand } from '../command.ts';
import { McpServer } from '../mcp/protocol.ts';
import { TOOLS } from '../mcp/tools.ts';
import { version } from '../version.ts';

export const mcp: Command = {
  name: 'mcp',
  summary: 'serve profiling, explanation and proof to language models (MCP over stdio)',
  usage: `kernelscope mcp

A Model Context Protocol server on stdin and stdout with the tools
${TOOLS.map(({ name }) => `  ${name}`).join('\n')}`,
  async run({ argv, signal }) {
    parseCommand(argv, {}, { least: 0, most: 0, what: 'nothing' });
    const server = new McpServer(TOOLS, version(), (line) => process.stdout.write(`${line}\n`));
    const lines = createInterface({ input: process.stdin, terminal: false });
    signal.addEventListener('abort', () => lines.close(), { once: true });
    // Calls run side by side with reading on: a cancellation must reach a call that runs.
    const open = new Set<Promise<void>>();
    lines.on('line', (line) => {
      if (line.trim() === '') return;
      const done = server.line(line).finally(() => open.delete(done));
      open.add(done);
    });
    await new Promise<void>((resolve) => lines.once('close', resolve));
    server.stop();
    await Promise.all(open);
    return EXIT.done;
  },
};
