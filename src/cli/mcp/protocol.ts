/**
 * The Model Context Protocol over stdio: JSON-RPC 2.0, one message a line (modelcontextprotocol.io, revision 2025-06-18; tools
 * only). What a client may send is untrusted: every message is checked, and a bad one gets an error, never an exception.
 */

export const PROTOCOL_VERSIONS = ['2025-06-18', '2025-03-26', '2024-11-05'] as const;

export interface ToolResult {
  readonly text: string;
  readonly structured?: unknown;
  readonly isError?: boolean;
}

export interface ToolCall {
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly signal: AbortSignal;
  progress(done: number, total: number, message: string): void;
}

export interface Tool {
  readonly name: string;
  readonly description: string;
  /** JSON schema of the arguments. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
  call(call: ToolCall): Promise<ToolResult>;
}

const ERRORS = { parse: -32700, request: -32600, method: -32601, params: -32602 } as const;

type Id = string | number;

/** Answers a client's messages; `send` writes one line. */
export class McpServer {
  readonly #tools: readonly Tool[];
  readonly #version: string;
  readonly #send: (line: string) => void;
  readonly #running = new Map<Id, AbortController>();

  constructor(tools: readonly Tool[], version: string, send: (line: string) => void) {
    this.#tools = tools;
    this.#version = version;
    this.#send = send;
  }

  /** Takes one line. Resolves when its answer, if it has one, was sent. */
  async line(text: string): Promise<void> {
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      return this.#error(null, ERRORS.parse, 'not JSON');
    }
    if (typeof message !== 'object' || message === null || Array.isArray(message))
      return this.#error(null, ERRORS.request, 'not a JSON-RPC message');
    const { id, method, params } = message as Record<string, unknown>;
    const values = typeof params === 'object' && params !== null ? (params as Record<string, unknown>) : {};
    if (typeof method !== 'string') {
      // A message without a method is an answer to us; we ask nothing.
      if (id === undefined) this.#error(null, ERRORS.request, 'no method');
      return;
    }
    if (typeof id !== 'string' && typeof id !== 'number') return this.#notified(method, values);
    await this.#requested(id, method, values);
  }

  /** Ends what runs: the client is gone. */
  stop(): void {
    for (const controller of this.#running.values()) controller.abort();
  }

  #notified(method: string, params: Readonly<Record<string, unknown>>): void {
    if (method === 'notifications/cancelled') this.#running.get(params['requestId'] as Id)?.abort();
  }

  async #requested(id: Id, method: string, params: Readonly<Record<string, unknown>>): Promise<void> {
    switch (method) {
      case 'initialize': {
        const asked = params['protocolVersion'];
        const protocolVersion =
          PROTOCOL_VERSIONS.find((version) => version === asked) ?? PROTOCOL_VERSIONS[0];
        return this.#answer(id, {
          protocolVersion,
          capabilities: { tools: {} },
          serverInfo: { name: 'kernelscope', version: this.#version },
        });
      }
      case 'ping':
        return this.#answer(id, {});
      case 'tools/list':
        return this.#answer(id, {
          tools: this.#tools.map(({ name, description, inputSchema }) => ({
            name,
            description,
            inputSchema,
          })),
        });
      case 'tools/call':
        return this.#call(id, params);
      default:
        return this.#error(id, ERRORS.method, `no method ${method}`);
    }
  }

  async #call(id: Id, params: Readonly<Record<string, unknown>>): Promise<void> {
    const tool = this.#tools.find(({ name }) => name === params['name']);
    if (!tool)
      return this.#error(
        id,
        ERRORS.params,
        `no tool ${String(params['name'])}; there are ${this.#tools.map(({ name }) => name).join(', ')}`,
      );
    const given = params['arguments'] ?? {};
    if (typeof given !== 'object' || Array.isArray(given))
      return this.#error(id, ERRORS.params, 'arguments is not an object');
    const token = (params['_meta'] as { progressToken?: unknown } | undefined)?.progressToken;
    const controller = new AbortController();
    this.#running.set(id, controller);
    try {
      const result = await tool.call({
        arguments: given as Record<string, unknown>,
        signal: controller.signal,
        progress: (done, total, message) => {
          if (token !== undefined)
            this.#write({
              method: 'notifications/progress',
              params: { progressToken: token, progress: done, total, message },
            });
        },
      });
      this.#answer(id, this.#content(result));
    } catch (error) {
      this.#answer(
        id,
        this.#content({ text: error instanceof Error ? error.message : String(error), isError: true }),
      );
    } finally {
      this.#running.delete(id);
    }
  }

  #content({ text, structured, isError }: ToolResult): unknown {
    return {
      content: [{ type: 'text', text }],
      ...(structured === undefined ? {} : { structuredContent: structured }),
      ...(isError ? { isError } : {}),
    };
  }

  #answer(id: Id, result: unknown): void {
    this.#write({ id, result });
  }

  #error(id: Id | null, code: number, message: string): void {
    this.#write({ id, error: { code, message } });
  }

  #write(message: Readonly<Record<string, unknown>>): void {
    this.#send(JSON.stringify({ jsonrpc: '2.0', ...message }));
  }
}
