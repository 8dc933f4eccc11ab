import { spawn } from 'node:child_process';
import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';

/** Output of a program, or the last lines of its complaint. */
export function outputOf(
  command: string,
  args: readonly string[],
  limitMs: number,
  place: { readonly cwd?: string; readonly shell?: boolean } = {},
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
    child.on('close', (code) =>
      resolve(
        code === 0
          ? ok(output.stdout)
          : err(output.stderr.trim().split('\n').slice(-3).join(' ') || `exit code ${code}`),
      ),
    );
  });
}
