/** Notes the wall clock and the processor's time at each line that the script prints, and leaves them in a file. */
import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const file = process.env['KERNELSCOPE_BENCH_MARKS'];
if (isMainThread && file !== undefined) {
  const marks: object[] = [];
  const { log } = console;
  console.log = (...args: unknown[]) => {
    const { user, system } = process.cpuUsage();
    marks.push({ wallMs: performance.now(), processorMs: (user + system) / 1e3 });
    log(...args);
  };
  process.on('exit', () => writeFileSync(file, JSON.stringify(marks)));
}
