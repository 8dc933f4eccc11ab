/** Runs a user's script under the probe: in a process of its own, or, where the script starts a worker thread, in that thread. */
import { isMainThread } from 'node:worker_threads';
import { runScript } from './process.ts';
import { observeThread } from './thread.ts';

if (isMainThread) await runScript();
else observeThread();
