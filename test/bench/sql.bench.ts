/** `npm run bench -- sql`: from the click on the SQL tab to its tables, for a trace of a million dispatches, and a first question. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { SqlSession } from '../../src/sql/session.ts';
import { TraceBuilder } from '../../src/trace/builder.ts';
import { writeTraceFile } from '../../src/trace/codec.ts';

const GOAL_SECONDS = 3;

export async function run({ json = false }: { readonly json?: boolean } = {}): Promise<void> {
  execFileSync(process.execPath, ['build.mjs', 'sql-process']);
  const dispatches = Number(process.env['SQL_ROWS'] ?? 1_000_000);
  const trace = writeTraceFile(manyDispatches(dispatches));
  const start = performance.now();
  const session = new SqlSession({ programs: path.resolve('dist'), packages: '', trace, title: 'many', others: [] }); // prettier-ignore
  try {
    const opened = await session.opened;
    const openSeconds = (performance.now() - start) / 1000;
    if (opened.type !== 'opened')
      throw new Error(opened.type === 'failed' ? opened.message : 'DuckDB is missing');
    const outcome = await session.run('select kernel, layer, count(*), sum(durationNs) from dispatches group by 1, 2', 60); // prettier-ignore
    if (outcome.kind !== 'rows') throw new Error(JSON.stringify(outcome));
    if (json) console.log(JSON.stringify({ dispatches, openSeconds, queryMs: outcome.ms }));
    else
      console.log(
        `${dispatches} dispatches: ${openSeconds.toFixed(2)} s to the tables (goal ${GOAL_SECONDS} s), time by kernel and layer in ${outcome.ms.toFixed(0)} ms`,
      );
  } finally {
    session.dispose();
  }
}

/** Steps of 400 launches of 40 kernels in 60 layers. */
function manyDispatches(count: number): ReturnType<TraceBuilder['build']> {
  const builder = new TraceBuilder();
  builder.add('tracks', { name: 'queue', kind: 'gpu-queue', group: 'GPU' });
  for (let i = 0; i < 40; i++) builder.add('kernels', { name: `gemm/tile-${i}/f32`, family: 'gemm', workgroupSize: [64, 1, 1], workgroupBytes: 4096 }); // prettier-ignore
  for (let i = 0; i < 30; i++) builder.add('locations', { file: 'train.ts', line: i + 1, column: 1 });
  for (let i = 0; i < 60; i++) builder.add('layers', { path: `encoder.${i}`, type: 'Linear', parent: -1, location: i % 30 }); // prettier-ignore
  for (let i = 0; i < 400; i++)
    builder.row('launches', {
      kernel: i % 40,
      layer: i % 60,
      op: builder.string(`op${i % 20}`),
      phase: i % 5,
      location: i % 30,
      workgroupsX: i + 1,
      workgroupsY: 1,
      workgroupsZ: 1,
      flops: 1e6 * i,
      bytesMoved: 1e4 * i,
    });
  for (let i = 0; i < Math.ceil(count / 400); i++)
    builder.row('steps', { index: i, startNs: i * 4e6, endNs: i * 4e6 + 3.9e6, flags: 1, loss: 1 / (i + 1), samples: 32 }); // prettier-ignore
  for (let i = 0; i < count; i++) {
    const startNs = i * 1e4 + 500;
    builder.row('dispatches', { launch: i % 400, step: Math.floor(i / 400), queue: 0, flags: 1, cpuNs: i * 1e4, startNs, endNs: startNs + 8500 + (i % 97) }); // prettier-ignore
  }
  return builder.build();
}
