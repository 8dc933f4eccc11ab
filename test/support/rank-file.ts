/** The trace of one rank, as PyTorch's profiler writes it: one step, one kernel. */
export function rank(number: number, startUs: number): Uint8Array {
  const at = (us: number): number => startUs + us;
  return new TextEncoder().encode(
    JSON.stringify({
      schemaVersion: 1,
      distributedInfo: { backend: 'nccl', rank: number, world_size: 2 },
      traceEvents: [
        { ph: 'X', cat: 'user_annotation', name: 'ProfilerStep#1', pid: 7, tid: 7, ts: at(0), dur: 100 },
        {
          ph: 'X',
          cat: 'python_function',
          name: 'nn.Module: Linear_0',
          pid: 7,
          tid: 7,
          ts: at(1),
          dur: 90,
          args: { 'Python module id': 1 },
        },
        {
          ph: 'X',
          cat: 'cpu_op',
          name: 'aten::mm',
          pid: 7,
          tid: 7,
          ts: at(5),
          dur: 50,
          args: { 'External id': 1 },
        },
        {
          ph: 'X',
          cat: 'cuda_runtime',
          name: 'cudaLaunchKernel',
          pid: 7,
          tid: 7,
          ts: at(10),
          dur: 5,
          args: { correlation: 3 },
        },
        {
          ph: 'X',
          cat: 'kernel',
          name: 'gemm',
          pid: 0,
          tid: 7,
          ts: at(20),
          dur: 10 + number,
          args: { device: number, stream: 7, correlation: 3, grid: [1, 1, 1], block: [32, 1, 1] },
        },
      ],
    }),
  );
}
