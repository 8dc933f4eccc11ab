/** What the trace says of the adapter. WebGPU tells little, so the names it gives are read for what they imply. */
import { availableParallelism } from 'node:os';
import type { AdapterInfo } from '../trace/model.ts';

const SOFTWARE = /llvmpipe|lavapipe|swiftshader|\bwarp\b|software|basic render/i;

export function adapterInfo(adapter: GPUAdapter): AdapterInfo {
  const { info } = adapter;
  const text = `${info.description} ${info.device} ${info.architecture}`;
  const software = info.isFallbackAdapter || SOFTWARE.test(text);
  const { subgroupMinSize, subgroupMaxSize } = info;
  return {
    name: info.description || info.device || info.vendor || 'unknown adapter',
    vendor: info.vendor,
    architecture: info.architecture,
    backend: backend(),
    software,
    driver: info.description,
    features: [...adapter.features].sort(),
    limits: numbersOf(adapter.limits),
    ...(subgroupMinSize ? { subgroupMinSize } : {}),
    ...(subgroupMaxSize ? { subgroupMaxSize } : {}),
    memoryBytes: null,
    ...(software ? { hostCores: availableParallelism() } : {}),
  };
}

/** Dawn does not say which it took; it takes the platform's own. */
function backend(): string {
  return process.platform === 'darwin' ? 'Metal' : process.platform === 'win32' ? 'D3D12' : 'Vulkan';
}

function numbersOf(limits: GPUSupportedLimits): Record<string, number> {
  const numbers: Record<string, number> = {};
  // Limits are getters on the prototype.
  for (const name in limits) {
    const value = (limits as unknown as Record<string, unknown>)[name];
    if (typeof value === 'number') numbers[name] = value;
  }
  return numbers;
}
