import { spawn } from 'node:child_process';
import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';

/** Output of a program, or the last lines of its complaint: three in one, or `lines` as they are. */
export function outputOf(
  command: string,
  args: readonly string[],
  limitMs: number,
  { lines, ...place }: { readonly cwd?: string; readonly shell?: boolean; readonly lines?: number } = {},
): Promise<Result<string, string>> {
  return new Promise((resolve) => {
    const env = { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' };
    const child = spawn(command, args, {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: limitMs,
      ...place,
    });
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8');
      child[name].on('data', (text: string) => (output[name] += text));
    }
    child.on('error', (error) => resolve(err(error.message)));
    const endedBy = (code: number | null, signal: string | null): string =>
      signal ? `ended with ${signal} (at most ${limitMs / 1000} s)` : `exit code ${code}`;
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(ok(output.stdout));
      const all = output.stderr.trim().split('\n');
      const complaint = lines === undefined ? all.slice(-3).join(' ') : all.slice(-lines).join('\n');
      resolve(err(complaint || endedBy(code, signal)));
    });
  });
}
