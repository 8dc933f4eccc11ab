/**
 * The engine's only door to WebGPU: memory, launches and transfers on one device. Work is eager and in order; what a step
 * needs (pipelines, uniform blocks, bind groups, buffers) is kept, so a step like the one before makes nothing new.
 */
import type { Role } from '../trace/model.ts';
import { annotations, type LayerNote } from '../probe/annotate.ts';
import type { DeviceArray, Dtype } from './array.ts';
import { OFFSET_ALIGNMENT, type DeviceFacts } from './facts.ts';
import { openDevice, type OpenDeviceOptions } from './device.ts';
import { DeviceMemory } from './device-memory.ts';
import { FailureLatch, watchDevice } from './failure.ts';
import { BindCache } from './bind-cache.ts';
import { Choices, type Question } from './choices.ts';
import { fileStore } from './choice-store.ts';
import { kernelName } from './kernel.ts';
import type { Launch, PlanKey, Planner } from './launch.ts';
import { Pipelines, type CompiledKernel } from './pipelines.ts';
import { Plans } from './plans.ts';
import { Pool } from './pool.ts';
import { BYTES_OF, elementCount, PooledArray } from './pooled-array.ts';
import { CommandQueue } from './queue.ts';
import { Stopwatch } from './stopwatch.ts';
import { Readback, type HostArray } from './transfer.ts';
import { Uniforms, type UniformSlot } from './uniforms.ts';

export interface EngineOptions extends OpenDeviceOptions {
  /** Most bytes the engine may hold; without it as much as the device gives. */
  readonly memoryLimitBytes?: number;
  /** Algorithms by operation instead of the measured choice, e.g. `{ gemm: 'naive' }`; also KERNELSCOPE_ALGORITHMS=gemm=naive. */
  readonly algorithms?: Readonly<Record<string, string>>;
  /** Whether unknown shapes are put to a short trial; on GPUs by default, or as KERNELSCOPE_TRIALS says (1 or 0). */
  readonly trials?: boolean;
}

export interface EngineStats {
  readonly buffersCreated: number;
  readonly bindGroupsCreated: number;
  readonly pipelines: number;
  readonly batches: number;
  readonly dispatches: number;
  readonly reservedBytes: number;
  readonly liveBytes: number;
  readonly peakBytes: number;
}

/** Arrays side by side in one piece of memory, for work that treats them as one. */
export interface Arena {
  /** The whole, one-dimensional: the gaps between arrays are zeros. */
  readonly whole: DeviceArray;
  readonly arrays: readonly DeviceArray[];
}

const FROM_HOST = { what: "bringing the host's values to the device", remedy: 'bring fewer at once' };

interface Ready {
  readonly compiled: CompiledKernel;
  readonly uniform: UniformSlot | null;
  readonly groups: BindCache;
}

export class Engine {
  readonly device: GPUDevice;
  readonly facts: DeviceFacts;
  readonly #latch = new FailureLatch();
  readonly #memory: DeviceMemory;
  readonly #pool: Pool;
  readonly #queue: CommandQueue;
  readonly #pipelines: Pipelines;
  readonly #uniforms: Uniforms;
  readonly #readback: Readback;
  readonly #plans: Plans;
  readonly #choices: Choices;
  readonly #ready = new Map<Launch, Ready>();
  #stopwatch: Stopwatch | null = null;
  /** What the work under `orGiveBack` has taken. */
  #taken: PooledArray[] | null = null;
  #bindGroups = 0;
  #dispatches = 0;

  constructor(device: GPUDevice, facts: DeviceFacts, options: EngineOptions = {}) {
    this.device = device;
    this.facts = facts;
    this.#memory = new DeviceMemory(device, () => this.#pool.trim());
    watchDevice(device, this.#latch, () => this.#memory.refuse());
    const blockBytes = Math.min(facts.maxBufferBytes, facts.maxBindingBytes);
    this.#pool = new Pool(
      this.#memory,
      { totalBytes: options.memoryLimitBytes ?? Infinity, blockBytes },
      { before: () => this.#queue.flush(), after: () => this.#ready.clear() },
    );
    this.#uniforms = new Uniforms(this.#memory);
    this.#queue = new CommandQueue(device, () => this.#uniforms.flush());
    this.#pipelines = new Pipelines(device, this.#latch);
    this.#readback = new Readback(this.#memory, this.#queue);
    this.#plans = new Plans(facts);
    this.#choices = new Choices(fileStore(facts), {
      forced: { ...algorithmsFrom(process.env['KERNELSCOPE_ALGORITHMS']), ...options.algorithms },
      trials: options.trials ?? wantsTrials(facts),
    });
  }

  /** Memory that is not cleared. */
  empty(shape: readonly number[], dtype: Dtype = 'f32', role: Role = 'activation'): PooledArray {
    this.#latch.check();
    const block = this.#pool.take(elementCount(shape) * BYTES_OF[dtype], role, shape);
    return this.#noted(new PooledArray(this.#pool, block, block, shape, dtype, role));
  }

  zeros(shape: readonly number[], dtype: Dtype = 'f32', role: Role = 'activation'): PooledArray {
    const array = this.empty(shape, dtype, role);
    this.clear(array);
    return array;
  }

  /** Sets every byte to zero. */
  clear(array: DeviceArray): void {
    const { part } = alive(array);
    part.lastBatch = this.#queue.batch;
    this.#queue.clear(array.buffer, array.offset, Math.min(part.capacity, roundUp(array.sizeBytes, 16)));
  }

  /** Where a gradient goes unless the caller has a place for it. */
  gradient(_index: number, shape: readonly number[], dtype: Dtype = 'f32'): DeviceArray {
    return this.empty(shape, dtype, 'gradient');
  }

  /** Another shape of the same memory; both are to be released. */
  view(array: DeviceArray, shape: readonly number[], dtype: Dtype = array.dtype): DeviceArray {
    return this.#noted(alive(array).alias(shape, dtype));
  }

  /** Runs `body`; where it fails, the memory it took is given back. */
  orGiveBack<T>(body: () => T): T {
    const around = this.#taken;
    const taken: PooledArray[] = [];
    this.#taken = taken;
    try {
      return body();
    } catch (error) {
      for (const array of taken) array.release();
      throw error;
    } finally {
      this.#taken = around;
    }
  }

  /** Sets the most bytes that the engine may hold; what it holds already stays. */
  limitMemory(bytes: number): void {
    this.#pool.limitBytes = bytes;
  }

  /** Arrays laid side by side, each at a multiple of 256 bytes, the whole set to zeros. */
  arena(shapes: readonly (readonly number[])[], dtype: Dtype, role: Role): Arena {
    const sizes = shapes.map((shape) => roundUp(elementCount(shape) * BYTES_OF[dtype], OFFSET_ALIGNMENT));
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const whole = this.zeros([total / BYTES_OF[dtype]], dtype, role);
    let offset = 0;
    const arrays = shapes.map((shape, i) => {
      const size = sizes[i] as number;
      const array = whole.alias(shape, dtype, whole.partAt(offset, size));
      offset += size;
      return array;
    });
    return { whole, arrays };
  }

  /** Tells a listener whose the arrays of an arena are: one layer (or none) an array. */
  attribute({ whole, arrays }: Arena, layers: readonly (LayerNote | null)[]): void {
    const { role } = whole;
    alive(whole).attribute(arrays.map(({ sizeBytes }, i) => ({ sizeBytes, role, layer: layers[i] ?? null })));
  }

  /** A new array with the host's values. f16 takes their bits. */
  upload(values: HostArray, shape: readonly number[], dtype: Dtype, role: Role = 'input'): DeviceArray {
    return this.orGiveBack(() => {
      const array = this.empty(shape, dtype, role);
      this.write(array, values);
      return array;
    });
  }

  /** Replaces the values of an array. */
  write(array: DeviceArray, values: HostArray): void {
    const { part } = alive(array);
    // The host's writes overtake commands that are recorded but not submitted.
    if (part.lastBatch === this.#queue.batch) this.#queue.flush();
    const bytes = new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength);
    const whole = bytes.byteLength & ~3;
    if (whole > 0) this.#memory.write(array.buffer, array.offset, bytes.subarray(0, whole), FROM_HOST);
    if (whole < bytes.byteLength) {
      const rest = new Uint8Array(4);
      rest.set(bytes.subarray(whole));
      this.#memory.write(array.buffer, array.offset + whole, rest, FROM_HOST);
    }
  }

  /** Copies elements on the device; the arrays may not share a buffer. */
  copy(from: DeviceArray, to: DeviceArray, bytes = from.sizeBytes): void {
    alive(from).part.lastBatch = alive(to).part.lastBatch = this.#queue.batch;
    this.#queue.copy(from.buffer, from.offset, to.buffer, to.offset, roundUp(bytes, 4));
  }

  /** The values as they are at this point of the queue. */
  async read(array: DeviceArray): Promise<HostArray> {
    const [values] = await this.readAll([array]);
    return values as HostArray;
  }

  async readAll(arrays: readonly DeviceArray[]): Promise<HostArray[]> {
    this.#latch.check();
    for (const array of arrays) alive(array);
    const values = await this.#readback.read(arrays);
    if (this.#choices.hasOpen) await this.settleChoices();
    this.#latch.check();
    return values;
  }

  /** The launch for these sizes, planned once. */
  plan<Args extends readonly PlanKey[]>(planner: Planner<Args>, ...args: Args): Launch {
    return this.#plans.get(planner, args);
  }

  /**
   * Records one dispatch. `arrays` are the kernel's bindings in order; `words` replaces the launch's uniform block
   * where its values change from step to step.
   */
  launch(launch: Launch, arrays: readonly DeviceArray[], words?: Uint32Array): void {
    this.#latch.check();
    let ready = this.#ready.get(launch);
    if (!ready) {
      const uniform = launch.params && !words ? this.#uniforms.constant(launch.params) : null;
      ready = { compiled: this.#pipelines.get(launch.kernel), uniform, groups: new BindCache() };
      this.#ready.set(launch, ready);
    }
    const uniform = words ? this.#uniforms.changing(words) : ready.uniform;
    const { batch } = this.#queue;
    for (const array of arrays) {
      if (!array.alive)
        throw new Error(`${kernelName(launch.kernel)} was given memory that has been released`);
      (array as PooledArray).part.lastBatch = batch;
    }
    let group = ready.groups.get(arrays as readonly PooledArray[], uniform);
    if (!group) {
      group = this.#bind(ready.compiled, arrays as readonly PooledArray[], uniform);
      ready.groups.set(arrays as readonly PooledArray[], uniform, group);
    }
    annotations.launch = launch.note;
    const [x, y, z] = launch.workgroups;
    this.#dispatches++;
    this.#queue.dispatch(ready.compiled.pipeline, group, x, y, z);
    annotations.launch = null;
  }

  /** Submits what was recorded; the end of a step. */
  flush(): void {
    this.#queue.flush();
    this.#latch.check();
  }

  /** Submits, and keeps the host at most one step ahead of the device. To be awaited once a step. */
  async throttle(): Promise<void> {
    await this.#queue.throttle();
    if (this.#choices.hasOpen) await this.settleChoices();
    this.#latch.check();
  }

  /** Resolves when the device has nothing left to do. */
  async idle(): Promise<void> {
    await this.#pipelines.settled();
    await this.#queue.idle();
    this.#latch.check();
  }

  /**
   * Nanoseconds of GPU time that `run` takes, NaN where the device has no clock.
   * What is still queued from before is done first and not counted.
   */
  async time(run: () => void): Promise<number> {
    if (!this.facts.hasTimestamps) return NaN;
    await this.idle();
    this.#stopwatch ??= new Stopwatch(this.device, this.#queue);
    return this.#stopwatch.time(run);
  }

  /** The algorithm to use; `ask` is called where the answer is not known yet. */
  choose(operation: string, key: string, ask: () => Omit<Question, 'key'>): string {
    return this.#choices.pick(operation, key, ask);
  }

  /** Puts every open choice to trial. Runs by itself where a step is awaited. */
  async settleChoices(): Promise<void> {
    if (!this.facts.hasTimestamps) return;
    await this.#choices.decide(async ({ trial }, candidate) => {
      const { arrayBytes, run } = trial(candidate);
      const arrays = arrayBytes.map((bytes) => this.empty([Math.ceil(bytes / 4)], 'f32', 'workspace'));
      run(arrays);
      const ns = await this.time(() => run(arrays));
      for (const array of arrays) array.release();
      return ns;
    });
  }

  /** Compiles kernels ahead of their first dispatch. */
  async warm(launches: readonly Launch[]): Promise<void> {
    for (const { kernel } of launches) this.#pipelines.get(kernel);
    await this.#pipelines.settled();
    this.#latch.check();
  }

  /** Gives free memory back to the device; returns its bytes. */
  trim(): number {
    return this.#pool.trim();
  }

  get stats(): EngineStats {
    const { buffersCreated, reservedBytes, liveBytes, peakBytes } = this.#pool.stats;
    return {
      buffersCreated: buffersCreated + this.#uniforms.buffersCreated + this.#readback.buffersCreated,
      bindGroupsCreated: this.#bindGroups,
      pipelines: this.#pipelines.count,
      batches: this.#queue.batch,
      dispatches: this.#dispatches,
      reservedBytes,
      liveBytes,
      peakBytes,
    };
  }

  dispose(): void {
    this.device.destroy();
  }

  #noted(array: PooledArray): PooledArray {
    this.#taken?.push(array);
    return array;
  }

  #bind(compiled: CompiledKernel, arrays: readonly PooledArray[], uniform: UniformSlot | null): GPUBindGroup {
    this.#bindGroups++;
    const entries: GPUBindGroupEntry[] = arrays.map(({ part }, binding) => ({
      binding,
      resource: { buffer: part.buffer, offset: part.offset, size: part.capacity },
    }));
    if (uniform)
      entries.push({
        binding: arrays.length,
        resource: { buffer: uniform.buffer, offset: uniform.offset, size: uniform.sizeBytes },
      });
    return this.device.createBindGroup({ layout: compiled.layout, entries });
  }
}

/** @throws when there is no adapter, saying how to get one. */
export async function openEngine(options: EngineOptions = {}): Promise<Engine> {
  const { device, facts } = await openDevice(options);
  return new Engine(device, facts, options);
}

/** Software adapters have shipped answers: the order of the candidates is that of measurements on one. */
function wantsTrials(facts: DeviceFacts): boolean {
  const said = process.env['KERNELSCOPE_TRIALS'];
  return said === undefined ? !facts.software && facts.hasTimestamps : said === '1';
}

/** `gemm=naive,conv2d=tile` */
function algorithmsFrom(text = ''): Record<string, string> {
  return Object.fromEntries(
    text
      .split(',')
      .map((pair) => pair.split('='))
      .filter((pair): pair is [string, string] => pair.length === 2),
  );
}

function alive(array: DeviceArray): PooledArray {
  if (!array.alive) throw new Error('the memory of this array has been released');
  return array as PooledArray;
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
