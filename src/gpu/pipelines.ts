/** Compiled kernels, by their text. */
import { calm } from './calm.ts';
import { DeviceError, type FailureLatch } from './failure.ts';
import { explainCompile, kernelName, kernelText, type Binding, type KernelDef } from './kernel.ts';

export interface CompiledKernel {
  readonly pipeline: GPUComputePipeline;
  readonly layout: GPUBindGroupLayout;
}

const TYPE_OF: Readonly<Record<Binding, GPUBufferBindingType>> = {
  in: 'read-only-storage',
  out: 'storage',
  params: 'uniform',
};
const COMPUTE_STAGE = 4;

export class Pipelines {
  readonly #device: GPUDevice;
  readonly #latch: FailureLatch;
  readonly #byText = new Map<string, CompiledKernel>();
  readonly #layouts = new Map<
    string,
    { readonly group: GPUBindGroupLayout; readonly pipeline: GPUPipelineLayout }
  >();
  #pending: Promise<void>[] = [];

  constructor(device: GPUDevice, latch: FailureLatch) {
    this.#device = device;
    this.#latch = latch;
  }

  get count(): number {
    return this.#byText.size;
  }

  get(kernel: KernelDef): CompiledKernel {
    const text = kernelText(kernel);
    const known = this.#byText.get(text);
    if (known) return known;
    const made = this.#compile(kernel, text);
    this.#byText.set(text, made);
    return made;
  }

  /** Waits until every kernel asked for has been checked. The latch holds what was found. */
  async settled(): Promise<void> {
    const waiting = this.#pending;
    this.#pending = [];
    await Promise.all(waiting);
  }

  #compile(kernel: KernelDef, code: string): CompiledKernel {
    const device = this.#device;
    const label = kernelName(kernel);
    const layout = this.#layout(kernel.bindings);
    device.pushErrorScope('validation');
    const module = device.createShaderModule({ label, code });
    const pipeline = device.createComputePipeline({
      label,
      layout: layout.pipeline,
      compute: { module, entryPoint: 'main' },
    });
    this.#pending.push(this.#check(kernel, module, device.popErrorScope()));
    return { pipeline, layout: layout.group };
  }

  async #check(kernel: KernelDef, module: GPUShaderModule, scope: Promise<GPUError | null>): Promise<void> {
    const error = await calm(scope);
    if (!error) return;
    const info = await calm(module.getCompilationInfo());
    const explained = explainCompile(kernel, info.messages);
    this.#latch.fail(
      new DeviceError(`kernel ${kernelName(kernel)} does not compile:\n${explained || error.message}`),
    );
  }

  #layout(bindings: readonly Binding[]): {
    readonly group: GPUBindGroupLayout;
    readonly pipeline: GPUPipelineLayout;
  } {
    const key = bindings.join(',');
    let made = this.#layouts.get(key);
    if (!made) {
      const group = this.#device.createBindGroupLayout({
        label: key,
        entries: bindings.map((binding, index) => ({
          binding: index,
          visibility: COMPUTE_STAGE,
          buffer: { type: TYPE_OF[binding] },
        })),
      });
      made = {
        group,
        pipeline: this.#device.createPipelineLayout({ label: key, bindGroupLayouts: [group] }),
      };
      this.#layouts.set(key, made);
    }
    return made;
  }
}
