/** Puts WebGPU where a browser has it, before the script's first import, with what libraries expect beside it. */
import { availableParallelism } from 'node:os';
import * as webgpu from 'webgpu';
import type { WebGpuClasses } from '../probe/webgpu-classes.ts';

const DISABLED = 'disable-dawn-features=';
/** Timestamps are rounded to 65.536 us otherwise. */
const QUANTIZATION = 'timestamp_quantization';

const KEY = 'kernelscope.webgpu';
/**
 * What a script gets that imports the package `webgpu` itself: this one, whatever its workspace has or lacks. Another copy of the
 * package would be another set of classes, which nobody observes.
 */
export const WEBGPU_MODULE = `data:text/javascript,${encodeURIComponent(
  `export const { create, globals, isMac } = globalThis[Symbol.for('${KEY}')];`,
)}`;

/** Dawn crashes when what `create` gave is collected while a device of it lives, and scripts drop it. */
const created: GPU[] = [];

export function createGpu(flags: readonly string[] = []): GPU {
  const disabled = flags
    .filter((flag) => flag.startsWith(DISABLED))
    .map((flag) => flag.slice(DISABLED.length));
  const others = flags.filter((flag) => !flag.startsWith(DISABLED));
  const gpu = webgpu.create([
    `${DISABLED}${[...disabled, QUANTIZATION].join(',')}`,
    ...others,
  ]) as unknown as GPU;
  created.push(gpu);
  return gpu;
}

export function webGpuClasses(): WebGpuClasses {
  return webgpu.globals as unknown as WebGpuClasses;
}

/** `onNoAdapter`: the script has asked for an adapter, and there is none. */
export function installWebGpu(onNoAdapter: () => void = () => undefined): WebGpuClasses {
  const open = (flags?: readonly string[]): GPU => {
    const made = createGpu(flags);
    const requestAdapter = made.requestAdapter.bind(made);
    made.requestAdapter = async (options) => {
      const adapter = await requestAdapter(options);
      if (!adapter) onNoAdapter();
      return adapter;
    };
    return made;
  };
  const gpu = open();
  (globalThis as Record<symbol, unknown>)[Symbol.for(KEY)] = { ...webgpu, create: open };
  for (const [name, value] of Object.entries(webgpu.globals))
    if (!(name in globalThis))
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  const { navigator } = globalThis as { navigator?: object };
  // Node 21 and newer have a navigator without a GPU; libraries read the user agent and the core count.
  if (navigator) Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
  else
    Object.defineProperty(globalThis, 'navigator', {
      value: {
        gpu,
        userAgent: `Node.js/${process.versions.node}`,
        hardwareConcurrency: availableParallelism(),
      },
      configurable: true,
      writable: true,
    });
  return webGpuClasses();
}
