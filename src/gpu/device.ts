/** Opens the device: the one the host offers as `navigator.gpu`, else Dawn's own. */
import { factsOf, type DeviceFacts } from './facts.ts';

export interface OpenDeviceOptions {
  /** Dawn flags, used only when there is no `navigator.gpu`. `backend=null` gives a device that compiles but computes nothing. */
  readonly dawnFlags?: readonly string[];
  readonly powerPreference?: GPUPowerPreference;
}

export interface OpenedDevice {
  readonly device: GPUDevice;
  readonly facts: DeviceFacts;
}

/** Without it every timestamp is rounded to 65.536 us. */
const EXACT_TIMESTAMPS = 'disable-dawn-features=timestamp_quantization';

const WANTED_FEATURES = ['timestamp-query', 'shader-f16', 'subgroups'] as const;

/** Dawn's node binding lets go of a GPU object nobody holds, pending work included. */
const pinned: unknown[] = [];

async function findGpu(options: OpenDeviceOptions): Promise<GPU> {
  const offered = (globalThis as { navigator?: { gpu?: GPU } }).navigator?.gpu;
  if (offered && !options.dawnFlags) return offered;
  const dawn = await import('webgpu');
  for (const [name, value] of Object.entries(dawn.globals))
    if (!(name in globalThis))
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  const gpu = dawn.create([EXACT_TIMESTAMPS, ...(options.dawnFlags ?? [])]);
  pinned.push(gpu);
  return gpu;
}

/**
 * A device with every limit the adapter has and the features the engine can use.
 * @throws when there is no adapter, saying how to get one.
 */
export async function openDevice(options: OpenDeviceOptions = {}): Promise<OpenedDevice> {
  const gpu = await findGpu(options);
  const adapter = await gpu.requestAdapter({
    powerPreference: options.powerPreference ?? 'high-performance',
  });
  if (!adapter)
    throw new Error(
      'no WebGPU adapter found; `kernelscope doctor` lists the drivers and names the command that mends it',
    );
  const device = await adapter.requestDevice({
    label: 'kernelscope',
    requiredFeatures: WANTED_FEATURES.filter((name) => adapter.features.has(name)),
    requiredLimits: everyLimit(adapter.limits),
  });
  pinned.push(adapter, device);
  return { device, facts: factsOf(device, adapter.info) };
}

function everyLimit(limits: GPUSupportedLimits): Record<string, number> {
  const all: Record<string, number> = {};
  for (const name in limits) {
    const value = (limits as unknown as Record<string, unknown>)[name];
    if (typeof value === 'number') all[name] = value;
  }
  return all;
}
