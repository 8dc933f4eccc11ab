import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Tool } from '../../src/cli/mcp/protocol.ts';
import { McpServer } from '../../src/cli/mcp/protocol.ts';
import { TOOLS } from '../../src/cli/mcp/tools.ts';

const echo: Tool = {
  name: 'echo',
  description: 'says it again',
  inputSchema: { type: 'object' },
  async call({ arguments: values, progress }) {
    if (values['fail']) throw new Error('it failed');
    progress(1, 2, 'half');
    return { text: JSON.stringify(values), structured: values };
  },
};
const forever: Tool = {
  name: 'forever',
  description: 'waits until it is told to stop',
  inputSchema: { type: 'object' },
  call: ({ signal }) =>
    new Promise((resolve) => signal.addEventListener('abort', () => resolve({ text: 'stopped' }))),
};

function server() {
  const sent: Record<string, unknown>[] = [];
  const mcp = new McpServer([echo, forever], '1.2.3', (line) =>
    sent.push(JSON.parse(line) as Record<string, unknown>),
  );
  const ask = async (message: unknown): Promise<Record<string, unknown> | undefined> => {
    await mcp.line(JSON.stringify(message));
    return sent.at(-1);
  };
  return { mcp, sent, ask };
}

test('a client initializes, lists the tools and calls one', async () => {
  const { ask } = server();
  const hello = await ask({
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-03-26', capabilities: {}, clientInfo: { name: 'x' } },
  });
  assert.deepEqual(hello?.['result'], {
    protocolVersion: '2025-03-26',
    capabilities: { tools: {} },
    serverInfo: { name: 'kernelscope', version: '1.2.3' },
  });
  const list = (await ask({ jsonrpc: '2.0', id: 2, method: 'tools/list' }))?.['result'] as {
    tools: { name: string }[];
  };
  assert.deepEqual(list.tools.map((t) => t.name), ['echo', 'forever']); // prettier-ignore
  const called = await ask({
    jsonrpc: '2.0',
    id: 'a',
    method: 'tools/call',
    params: { name: 'echo', arguments: { x: 1 } },
  });
  assert.equal(called?.['id'], 'a');
  assert.deepEqual(called?.['result'], {
    content: [{ type: 'text', text: '{"x":1}' }],
    structuredContent: { x: 1 },
  });
});

test('progress goes to who asked for it, a failing tool is an answer, a cancelled call ends', async () => {
  const { ask, sent, mcp } = server();
  await ask({
    jsonrpc: '2.0',
    id: 3,
    method: 'tools/call',
    params: { name: 'echo', arguments: {}, _meta: { progressToken: 'p' } },
  });
  assert.equal(sent[0]?.['method'], 'notifications/progress');
  const failed = await ask({
    jsonrpc: '2.0',
    id: 4,
    method: 'tools/call',
    params: { name: 'echo', arguments: { fail: true } },
  });
  assert.deepEqual(failed?.['result'], { content: [{ type: 'text', text: 'it failed' }], isError: true });
  const waiting = mcp.line(
    JSON.stringify({ jsonrpc: '2.0', id: 5, method: 'tools/call', params: { name: 'forever' } }),
  );
  await mcp.line(
    JSON.stringify({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 5 } }),
  );
  await waiting;
  assert.equal(sent.at(-1)?.['id'], 5);
});

test('whatever a client sends is answered or ignored, never an exception', async () => {
  const { mcp, ask } = server();
  const codeOf = (answer: Record<string, unknown> | undefined): unknown =>
    (answer?.['error'] as { code?: number } | undefined)?.code;
  assert.equal(codeOf(await ask({ jsonrpc: '2.0', id: 1, method: 'nothing' })), -32601);
  const unknownTool = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'no' } };
  assert.equal(codeOf(await ask(unknownTool)), -32602);
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.string(), fc.json()), (line) => mcp.line(line)),
    { numRuns: 300 },
  );
  const method = fc.constantFrom(
    'initialize',
    'ping',
    'tools/list',
    'tools/call',
    'notifications/cancelled',
    'x',
  );
  const message = fc.record({
    jsonrpc: fc.constant('2.0'),
    id: fc.oneof(fc.integer(), fc.string(), fc.constant(null)),
    method,
    params: fc.anything(),
  });
  await fc.assert(
    fc.asyncProperty(message, (m) => mcp.line(JSON.stringify(m))),
    { numRuns: 300 },
  );
});

test('every tool says what it takes, and refuses what it does not', async () => {
  for (const tool of TOOLS) {
    assert.ok(tool.description.length > 40 && tool.inputSchema['type'] === 'object');
    await assert.rejects(
      tool.call({ arguments: {}, signal: new AbortController().signal, progress: () => undefined }),
      /is missing/,
    );
  }
});
