/** Counts what a library asks of WebGPU, by wrapping the methods of Dawn's classes: the same for every peer. */

export interface StepCounts {
  dispatches: number;
  passes: number;
  submits: number;
  buffers: number;
  bindGroups: number;
  writes: number;
}

export interface MemoryCounts {
  liveBytes: number;
  peakBytes: number;
  pipelines: number;
}

const none = (): StepCounts => ({
  dispatches: 0,
  passes: 0,
  submits: 0,
  buffers: 0,
  bindGroups: 0,
  writes: 0,
});

export const memory: MemoryCounts = { liveBytes: 0, peakBytes: 0, pipelines: 0 };

let counts: StepCounts | null = null;

type Method = (this: unknown, ...inputs: unknown[]) => unknown;
type Classes = Readonly<Record<string, { prototype: object }>>;

/** Has `seen` told of every call of a method and its result. */
function wrap(
  classes: Classes,
  name: string,
  method: string,
  seen: (inputs: unknown[], result: unknown, self: unknown) => void,
): void {
  const prototype = classes[name]?.prototype as Record<string, Method> | undefined;
  const original = prototype?.[method];
  if (!prototype || !original) return;
  prototype[method] = function (...inputs) {
    const result = original.apply(this, inputs);
    seen(inputs, result, this);
    return result;
  };
}

/** Wraps the classes. Memory is counted from here on, per-step counts between `startCounting` and `stopCounting`. */
export function watchClasses(classes: Classes): void {
  const sizes = new WeakMap<object, { size: number }>();
  const freed = new FinalizationRegistry<{ size: number }>((record) => release(record));
  const release = (record: { size: number }): void => {
    memory.liveBytes -= record.size;
    record.size = 0;
  };
  wrap(classes, 'GPUDevice', 'createBuffer', ([descriptor], buffer) => {
    const record = { size: (descriptor as GPUBufferDescriptor).size };
    sizes.set(buffer as object, record);
    freed.register(buffer as object, record);
    memory.liveBytes += record.size;
    memory.peakBytes = Math.max(memory.peakBytes, memory.liveBytes);
    if (counts) counts.buffers++;
  });
  wrap(classes, 'GPUBuffer', 'destroy', (_, __, buffer) => {
    const record = sizes.get(buffer as object);
    if (record) release(record);
  });
  const count = (name: string, method: string, key: keyof StepCounts): void =>
    wrap(classes, name, method, () => {
      if (counts) counts[key]++;
    });
  count('GPUComputePassEncoder', 'dispatchWorkgroups', 'dispatches');
  count('GPUComputePassEncoder', 'dispatchWorkgroupsIndirect', 'dispatches');
  count('GPUCommandEncoder', 'beginComputePass', 'passes');
  count('GPUQueue', 'submit', 'submits');
  count('GPUQueue', 'writeBuffer', 'writes');
  count('GPUDevice', 'createBindGroup', 'bindGroups');
  for (const method of ['createComputePipeline', 'createComputePipelineAsync'])
    wrap(classes, 'GPUDevice', method, () => memory.pipelines++);
}

export function startCounting(): void {
  counts = none();
}

export function stopCounting(): StepCounts {
  const counted = counts ?? none();
  counts = null;
  return counted;
}
