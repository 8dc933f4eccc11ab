/** A running engine on a workload, spoken to line by line. It waits, using no processor, until it is asked. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';
import { MARK, type Reply, type Request } from './protocol.ts';

type Answer<Kind extends Reply['kind']> = Extract<Reply, { kind: Kind }>;

const KIND = { prepare: 'prepared', steps: 'stepped', count: 'counted' } as const;

export class PeerProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  #waiting: ((reply: Reply) => void) | null = null;
  #complaints = '';

  constructor(command: string, parameters: readonly string[], environment: Readonly<Record<string, string>>) {
    this.#child = spawn(command, parameters, { env: { ...process.env, ...environment } });
    this.#child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaints = (this.#complaints + text).slice(-2000);
    });
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      if (line.startsWith(MARK)) this.#settle(JSON.parse(line.slice(MARK.length)) as Reply);
    });
    this.#child.on('close', (code) =>
      this.#settle({
        kind: 'failed',
        reason: `ended with ${code}: ${this.#complaints.trim().split('\n').at(-1) ?? ''}`,
      }),
    );
    this.#child.stdin.on('error', () => undefined);
  }

  /** @throws Error with the peer's own words where it fails, or when it has not answered after `seconds`. */
  async ask<Asked extends Request['do']>(
    request: Extract<Request, { do: Asked }>,
    seconds: number,
  ): Promise<Answer<(typeof KIND)[Asked]>> {
    const reply = await new Promise<Reply>((resolve) => {
      const timer = setTimeout(
        () => resolve({ kind: 'failed', reason: `no answer to '${request.do}' within ${seconds} s` }),
        seconds * 1000,
      );
      this.#waiting = (answer) => {
        clearTimeout(timer);
        resolve(answer);
      };
      this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    });
    if (reply.kind === 'failed') throw new Error(reply.reason);
    return reply as Answer<(typeof KIND)[Asked]>;
  }

  stop(): void {
    this.#child.kill('SIGKILL');
  }

  #settle(reply: Reply): void {
    this.#waiting?.(reply);
    this.#waiting = null;
  }
}
