/**
 * Compute passes. WebGPU times passes, not dispatches, so a timed pass of the script's is virtual: its state is recorded, and each
 * dispatch runs in a real pass with two timestamps (replay.ts).
 */
import { DISPATCH_FLAGS } from '../trace/model.ts';
import { annotations } from './annotate.ts';
import { Attached } from './attached.ts';
import { nowNs } from './clock.ts';
import type { BindGroups } from './bind-groups.ts';
import type { DeviceProbe, EncoderRecord } from './device-probe.ts';
import { Dispatch } from './dispatches.ts';
import type { Grid, Launches } from './launches.ts';
import { PassGroup } from './pass-group.ts';
import type { PipelineFacts, Pipelines } from './pipelines.ts';
import type { Recorder } from './recorder.ts';
import type { PassState } from './replay.ts';
import { Replay } from './replay.ts';
import type { Steps } from './steps.ts';
import type { Timed } from './timestamps.ts';
import type { NativeMethods, Patches, WebGpuClasses } from './webgpu-classes.ts';

type Below = (...args: never[]) => unknown;

type BindGroupArguments = [
  index: number,
  group: GPUBindGroup | null,
  offsets?: Iterable<number>,
  start?: number,
  length?: number,
];

const INDIRECT: Grid = { x: 0, y: 0, z: 0 };

export class ComputePasses {
  readonly #recorder: Recorder;
  readonly #native: NativeMethods;
  readonly #replay: Replay;
  readonly #prototype: GPUComputePassEncoder;
  readonly #launches: Launches;
  readonly #pipelines: Pipelines;
  readonly #bindGroups: BindGroups;
  readonly #steps: Steps;
  /** The device that the last dispatch was for. */
  lastDevice: DeviceProbe | null = null;
  readonly #states = new Attached<GPUComputePassEncoder, PassState>();
  /** The virtual pass that an encoder has open. */
  readonly #open = new Attached<GPUCommandEncoder, PassState | null>();

  constructor(
    recorder: Recorder,
    native: NativeMethods,
    classes: WebGpuClasses,
    launches: Launches,
    pipelines: Pipelines,
    bindGroups: BindGroups,
    steps: Steps,
  ) {
    this.#recorder = recorder;
    this.#native = native;
    this.#replay = new Replay(native);
    this.#prototype = classes.GPUComputePassEncoder.prototype;
    this.#launches = launches;
    this.#pipelines = pipelines;
    this.#bindGroups = bindGroups;
    this.#steps = steps;
  }

  begin(
    encoder: GPUCommandEncoder,
    record: EncoderRecord,
    descriptor: GPUComputePassDescriptor | undefined,
  ): GPUComputePassEncoder {
    this.leaveOpen(encoder);
    // A script that times its own pass keeps it; its dispatches are counted, not timed.
    const virtual =
      this.#steps.timesDispatch(nowNs()) && record.owner.ring !== null && !descriptor?.timestampWrites;
    record.passes++;
    const group =
      this.#steps.timesPasses && !virtual && !descriptor?.timestampWrites ? new PassGroup() : null;
    const timestampWrites = group ? this.stamps(record, group) : undefined;
    const pass = virtual
      ? this.#virtual(descriptor?.label)
      : this.#native.encoder.beginComputePass.call(
          encoder,
          timestampWrites ? { ...descriptor, timestampWrites } : descriptor,
        );
    const state: PassState = {
      record,
      encoder,
      handle: pass,
      virtual,
      group: timestampWrites ? group : null,
      pipeline: null,
      groups: [],
      offsets: [],
      debugGroups: [],
      other: null,
      ended: false,
    };
    this.#states.set(pass, state);
    if (virtual) this.#open.set(encoder, state);
    return pass;
  }

  /** A handle that stands for no real pass. */
  #virtual(label = ''): GPUComputePassEncoder {
    const pass = Object.create(this.#prototype) as GPUComputePassEncoder;
    // The device's own property would look for a real pass.
    Object.defineProperty(pass, 'label', { value: label, writable: true, configurable: true });
    return pass;
  }

  /** An encoder command while a pass is open is the script's mistake: a real pass left open makes the device say so. */
  leaveOpen(encoder: GPUCommandEncoder): void {
    const state = this.#open.get(encoder);
    if (!state) return;
    this.#open.set(encoder, null);
    this.#replay.open(state, undefined);
  }

  install(classes: WebGpuClasses, patches: Patches): void {
    const stateOf = (pass: GPUComputePassEncoder): PassState | undefined => this.#states.get(pass);
    const dispatch = (
      state: PassState,
      grid: Grid,
      flags: number,
      below: Below,
      run: (pass: GPUComputePassEncoder) => void,
      pass: GPUComputePassEncoder,
    ): void => this.#dispatch(state, grid, flags, below, run, pass);
    const misuse = (state: PassState, run: (pass: GPUComputePassEncoder) => void): void =>
      this.#replay.misuse(state, run);
    const attempt = (state: PassState, run: (pass: GPUComputePassEncoder) => void): void =>
      this.#replay.attempt(state, run);
    const end = (state: PassState): void => this.#end(state);
    const pipelines = this.#pipelines;
    const bindGroups = this.#bindGroups;
    const passes = classes.GPUComputePassEncoder;

    patches.method(
      passes,
      'setPipeline',
      (original) =>
        function (this: GPUComputePassEncoder, pipeline) {
          const state = stateOf(this);
          if (!state?.virtual) original.call(this, pipeline);
          else if (!pipelines.factsOf(pipeline)) attempt(state, (pass) => original.call(pass, pipeline));
          if (state) state.pipeline = pipeline;
        },
    );
    patches.method(
      passes,
      'setBindGroup',
      (original) =>
        function (this: GPUComputePassEncoder, ...args: Parameters<GPUComputePassEncoder['setBindGroup']>) {
          const state = stateOf(this);
          const set = original as (...all: unknown[]) => undefined;
          if (!state?.virtual) set.apply(this, args);
          if (!state) return;
          const [index, group, offsets, start, length] = args as BindGroupArguments;
          if (state.virtual && !isPlain(args as BindGroupArguments, (own) => bindGroups.knows(own)))
            attempt(state, (pass) => set.apply(pass, args));
          state.groups[index] = group;
          // Copied: a script may write its next offsets into the same array.
          state.offsets[index] =
            offsets === undefined
              ? undefined
              : length === undefined
                ? [...offsets]
                : [...(offsets as Uint32Array).subarray(start, (start ?? 0) + length)];
        } as GPUComputePassEncoder['setBindGroup'],
    );
    patches.method(
      passes,
      'dispatchWorkgroups',
      (original) =>
        function dispatchWorkgroups(this: GPUComputePassEncoder, x, y = 1, z = 1): undefined {
          const state = stateOf(this);
          if (!state) original.call(this, x, y, z);
          else
            dispatch(state, { x, y, z }, 0, dispatchWorkgroups, (pass) => original.call(pass, x, y, z), this);
        },
    );
    patches.method(
      passes,
      'dispatchWorkgroupsIndirect',
      (original) =>
        function dispatchWorkgroupsIndirect(this: GPUComputePassEncoder, buffer, offset): undefined {
          const state = stateOf(this);
          if (!state) original.call(this, buffer, offset);
          else
            dispatch(
              state,
              INDIRECT,
              DISPATCH_FLAGS.indirect,
              dispatchWorkgroupsIndirect,
              (pass) => original.call(pass, buffer, offset),
              this,
            );
        },
    );
    patches.method(
      passes,
      'pushDebugGroup',
      (original) =>
        function (this: GPUComputePassEncoder, label) {
          const state = stateOf(this);
          if (state?.virtual) state.debugGroups.push(label);
          else original.call(this, label);
        },
    );
    patches.method(
      passes,
      'popDebugGroup',
      (original) =>
        function (this: GPUComputePassEncoder) {
          const state = stateOf(this);
          if (!state?.virtual) return original.call(this);
          if (state.debugGroups.pop() === undefined) misuse(state, (pass) => original.call(pass));
        },
    );
    patches.method(
      passes,
      'insertDebugMarker',
      (original) =>
        function (this: GPUComputePassEncoder, label) {
          if (!stateOf(this)?.virtual) original.call(this, label);
        },
    );
    patches.method(
      passes,
      'end',
      (original) =>
        function (this: GPUComputePassEncoder) {
          const state = stateOf(this);
          if (state?.virtual) end(state);
          else original.call(this);
        },
    );
    this.#installNewer(classes);
  }

  /** Methods that the type package does not know yet. */
  #installNewer(classes: WebGpuClasses): void {
    const prototype = classes.GPUComputePassEncoder.prototype as unknown as Record<
      string,
      ((...args: unknown[]) => void) | undefined
    >;
    for (const name of ['setImmediates', 'setResourceTable']) {
      const original = prototype[name];
      if (!original) continue;
      const stateOf = (pass: GPUComputePassEncoder): PassState | undefined => this.#states.get(pass);
      prototype[name] = function (this: GPUComputePassEncoder, ...args: unknown[]) {
        const state = stateOf(this);
        if (!state?.virtual) return original.apply(this, args);
        const kept = args.map((arg) => (ArrayBuffer.isView(arg) ? (arg as Uint8Array).slice() : arg));
        (state.other ??= new Map<string, (pass: GPUComputePassEncoder) => void>()).set(
          name === 'setImmediates' ? `${name}@${String(args[0])}` : name,
          (pass) => original.apply(pass, kept),
        );
      };
    }
  }

  #dispatch(
    state: PassState,
    grid: Grid,
    flags: number,
    below: Below,
    run: (pass: GPUComputePassEncoder) => void,
    pass: GPUComputePassEncoder,
  ): void {
    const facts = this.#pipelines.factsOf(state.pipeline);
    if (state.ended) return state.virtual ? this.#replay.misuse(state, run, true) : run(pass);
    // Without a pipeline the device refuses the dispatch: nothing runs, nothing is recorded.
    if (!facts) return state.virtual ? this.#replay.misuse(state, run) : run(pass);
    const { record } = state;
    this.lastDevice = record.owner;
    if (!this.#recorder.recording) {
      if (state.virtual) this.#replay.dispatch(state, undefined, run);
      else run(pass);
      facts.dispatched = true;
      this.#steps.observe(signature(facts, grid), nowNs());
      return;
    }
    const fresh = !facts.dispatched;
    const cpuNs = nowNs();
    const timed = state.virtual && this.#steps.timesDispatch(cpuNs);
    this.#steps.observe(signature(facts, grid), cpuNs);
    const step = this.#steps.stepOf(annotations.phase);
    const warmup = fresh ? DISPATCH_FLAGS.warmup : 0;
    const dispatch = new Dispatch(step, cpuNs, flags | warmup | (timed ? DISPATCH_FLAGS.timed : 0));
    const stamps = timed ? this.stamps(record, dispatch) : undefined;
    if (timed && !stamps) dispatch.lost();
    // What the device refuses with an exception has not happened.
    if (state.virtual) this.#replay.dispatch(state, stamps, run);
    else run(pass);
    facts.dispatched = true;
    dispatch.launch = this.#launches.idOf(facts, grid, state.groups, timed, below);
    if (this.#launches.inferred) dispatch.flags |= DISPATCH_FLAGS.lineInferred;
    state.group?.add(dispatch, this.#launches.weightOf(dispatch.launch));
    record.owner.recorded(record, dispatch);
    this.#steps.dispatched(step, stamps !== undefined, fresh);
  }

  /** A pair of queries for one pass; undefined when none is free. */
  stamps(record: EncoderRecord, waiter: Timed): GPUComputePassTimestampWrites | undefined {
    const pair = record.owner.ring?.take(waiter);
    if (!pair) return undefined;
    const { slot, query } = pair;
    if (!record.slots.includes(slot)) {
      record.slots.push(slot);
      slot.open++;
    }
    return { querySet: slot.querySet, beginningOfPassWriteIndex: query, endOfPassWriteIndex: query + 1 };
  }

  #end(state: PassState): void {
    const { end } = this.#native.pass;
    if (state.ended) this.#replay.misuse(state, (pass) => end.call(pass), true);
    // Debug groups left open are an error to report.
    else if (state.debugGroups.length > 0) end.call(this.#replay.open(state, undefined));
    state.ended = true;
    if (this.#open.get(state.encoder) === state) this.#open.set(state.encoder, null);
  }
}

/** What repeats when a step does: the pipeline and the grid. (A launch also has a line, which is not asked every time.) */
function signature({ serial }: PipelineFacts, { x, y, z }: Grid): number {
  return Math.imul(Math.imul(Math.imul(serial, 8191) + x, 131) + y, 131) + z;
}

/** Arguments that are recorded as they are; all else is tried on a real pass, which refuses it or not. */
function isPlain(
  [index, group, offsets, start = 0, length = 0]: BindGroupArguments,
  isGroup: (group: GPUBindGroup) => boolean,
): boolean {
  if (!Number.isInteger(index) || (group ? !isGroup(group) : group !== null)) return false;
  if (offsets === undefined || Array.isArray(offsets)) return true;
  return offsets instanceof Uint32Array && start + length <= offsets.length;
}
