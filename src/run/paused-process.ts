/** A script's process and all its threads, halted and let go on: on a software adapter the GPU is among them. POSIX only. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

export const CAN_PAUSE = process.platform !== 'win32';

/**
 * Ends the group when this process is gone, however it went: who is paused could not notice by itself, and would stay for good. It reads
 * a line that never comes, until the pipe closes.
 */
const GUARD = 'read -r _; kill -s CONT -- "-$1"; kill -s KILL -- "-$1"';

/** Leads a group of its own (spawned detached). */
export class PausedProcess {
  readonly #group: number;
  readonly #guard: ChildProcess;

  constructor(pid: number) {
    this.#group = -pid;
    this.#guard = spawn('/bin/sh', ['-c', GUARD, 'sh', String(pid)], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    // Without a guard there are trials all the same.
    this.#guard.on('error', () => undefined);
    this.#guard.unref();
  }

  pause(): void {
    this.#signal('SIGSTOP');
  }

  goOn(): void {
    this.#signal('SIGCONT');
  }

  /** When the process has ended: its number may become another's. */
  dispose(): void {
    this.#guard.kill('SIGKILL');
  }

  #signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    try {
      process.kill(this.#group, signal);
    } catch {
      // Gone already.
    }
  }
}
