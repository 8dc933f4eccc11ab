import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gpuAgainstCpu } from '../../src/analysis/gpu-against-cpu.ts';
import type { Trace } from '../../src/trace/model.ts';
import { makeTrace } from '../webview/made-trace.ts';

const onGpu = (trace: Trace): Trace => ({
  ...trace,
  meta: { ...trace.meta, adapter: { ...trace.meta.adapter!, name: 'a GPU', software: false } },
});

test('a GPU pays when the same script takes longer on the processor, whichever of the runs comes first', () => {
  const slow = { convolution: 4, gemm: 4, normalization: 4, 'element-wise': 4 } as const;
  const cpu = makeTrace({ steps: 40, slower: slow });
  const gpu = onGpu(makeTrace({ steps: 40 }));
  for (const [one, other] of [[cpu, gpu], [gpu, cpu]] as const) {
    const known = gpuAgainstCpu(one, other);
    assert.ok(known && known.ratio.low > 1 && known.cpuNs > known.gpuNs);
  } // prettier-ignore
  const small = gpuAgainstCpu(onGpu(makeTrace({ steps: 40, slower: slow })), makeTrace({ steps: 40 }));
  assert.ok(small && small.ratio.high < 1, 'the processor is faster: this model is too small for that GPU');
});

test('nothing is said of two runs on one kind of adapter, or of two scripts', () => {
  const trace = makeTrace({ steps: 10 });
  assert.equal(gpuAgainstCpu(trace, trace), null);
  assert.equal(gpuAgainstCpu(onGpu(trace), onGpu(trace)), null);
  const other = { ...trace, meta: { ...trace.meta, script: '/elsewhere.ts' } };
  assert.equal(gpuAgainstCpu(onGpu(trace), other), null);
});
