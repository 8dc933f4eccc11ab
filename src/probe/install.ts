/**
 * The probe: one instrument for every script. It patches the prototypes of the WebGPU classes, so whoever uses them (this
 * project's engine, another library, hand-written code) is measured alike and without knowing it.
 */
import type { ClockInfo, TraceMeta } from '../trace/model.ts';
import type { ProbeMode, WindowSpec } from '../wire/run-messages.ts';
import { annotations } from './annotate.ts';
import { BindGroups } from './bind-groups.ts';
import { Buffers } from './buffers.ts';
import type { ScriptPlaces } from './call-sites.ts';
import { CallSites } from './call-sites.ts';
import { nowNs } from './clock.ts';
import { Commands } from './commands.ts';
import { ComputePasses } from './compute-pass.ts';
import { DawnPoll } from './dawn-poll.ts';
import { Devices, worstClock } from './devices.ts';
import { FirstRuns } from './first-runs.ts';
import { GpuCounters } from './gpu-counters.ts';
import { JoinedTrace } from './joined-trace.ts';
import { Launches } from './launches.ts';
import { Layers } from './layers.ts';
import { createListener } from './listener.ts';
import { Pipelines } from './pipelines.ts';
import { RecordWindow } from './record-window.ts';
import { Recorder } from './recorder.ts';
import { RenderPasses } from './render-pass.ts';
import type { StepProgress } from './steps.ts';
import { Steps } from './steps.ts';
import { Timing } from './timing.ts';
import { Transfers } from './transfers.ts';
import { UniformWords } from './uniform-words.ts';
import { Vitals } from './vitals.ts';
import type { WebGpuClasses } from './webgpu-classes.ts';
import { Patches, nativeMethods } from './webgpu-classes.ts';

export interface ProbeOptions {
  readonly classes: WebGpuClasses;
  readonly mode: ProbeMode;
  /** Takes one encoded frame. */
  readonly write: (frame: Uint8Array) => void;
  readonly places: ScriptPlaces;
  readonly onStep: (progress: StepProgress) => void;
  /** Null records the whole run. */
  readonly window: WindowSpec | null;
  /** After so many recorded steps, and when their work has been sent, or after the time to record, `onLimit` is called. */
  readonly stepLimit: number | null;
  readonly onLimit: () => void;
  /** False lets Dawn poll as it does by itself, for the test that shows the difference. */
  readonly calm?: boolean;
  /** The probe of a worker thread: what concerns the whole process is left to the main thread's. */
  readonly ofThread?: boolean;
}

const TICK_MS = 50;

export class Probe {
  readonly #recorder: Recorder;
  readonly #steps: Steps;
  readonly #timing: Timing;
  readonly #pipelines: Pipelines;
  readonly #devices: Devices;
  readonly #poll: DawnPoll;
  readonly #layers: Layers;
  readonly #vitals: Vitals | null;
  readonly #counters: GpuCounters | null;
  readonly #joined: JoinedTrace[] = [];
  #sources: TraceMeta['sources'] = {};
  readonly #patches = new Patches();
  readonly #timer: NodeJS.Timeout;
  readonly #window: RecordWindow;
  readonly #checkLimit: () => void;
  #finished = false;

  constructor({
    classes,
    mode,
    write,
    places,
    onStep,
    window: spec,
    stepLimit,
    onLimit,
    calm = true,
    ofThread = false,
  }: ProbeOptions) {
    const native = nativeMethods(classes);
    const patches = this.#patches;
    const recorder = (this.#recorder = new Recorder(write));
    this.#vitals = ofThread ? null : new Vitals(recorder);
    const counters = (this.#counters = ofThread ? null : new GpuCounters(recorder));
    const callSites = new CallSites(places);
    const poll = (this.#poll = new DawnPoll(calm));
    const timing = (this.#timing = new Timing(mode));
    const steps = (this.#steps = new Steps(
      recorder,
      timing,
      onStep,
      (step) => passes.lastDevice?.mark(step) ?? false,
    ));
    const layers = (this.#layers = new Layers(recorder, callSites));
    const buffers = new Buffers(recorder, callSites, layers, steps);
    const pipelines = (this.#pipelines = new Pipelines(recorder, callSites));
    const uniforms = new UniformWords();
    const bindGroups = new BindGroups(recorder, callSites, steps);
    const launches = new Launches(
      recorder,
      pipelines,
      bindGroups,
      buffers,
      layers,
      callSites,
      uniforms,
      mode !== 'exact',
    );
    const firstRuns = new FirstRuns(recorder, launches);
    const devices = (this.#devices = new Devices({
      native,
      poll,
      recorder,
      buffers,
      timing,
      counters,
      firstRuns,
    }));
    const passes: ComputePasses = new ComputePasses(
      recorder,
      native,
      classes,
      launches,
      pipelines,
      bindGroups,
      steps,
    );
    const transfers = new Transfers(recorder, callSites, buffers, steps, uniforms, poll);
    const window = (this.#window = new RecordWindow(spec));
    recorder.recording = window.open;
    const checkLimit = (this.#checkLimit = (): void => {
      if (this.#finished) return;
      const over = window.update(steps.count, nowNs());
      recorder.recording = window.open;
      const done = window.stepsWithin(steps.count);
      const reached = stepLimit !== null && done >= stepLimit;
      if (over || (reached && (done > stepLimit || !devices.all.some((device) => device.owesMarks))))
        onLimit();
    });
    const renders = new RenderPasses(recorder, callSites, passes, steps);
    const commands = new Commands(devices, passes, renders, transfers, steps, recorder, poll, checkLimit);
    for (const part of [buffers, pipelines, bindGroups, uniforms, transfers, passes, devices, commands])
      part.install(classes, patches);

    recorder.beforeFlush = () => {
      pipelines.settleCompiles(false);
      bindGroups.settle();
      buffers.settle();
      steps.settle(false);
    };
    annotations.listener = createListener({
      recorder,
      steps,
      layers,
      buffers,
      callSites,
      record: (on) => {
        window.call(on);
        checkLimit();
      },
      afterStep: () => {
        recorder.flushIfDue();
        checkLimit();
      },
    });
    this.#timer = setInterval(() => this.tick(), TICK_MS);
    this.#timer.unref();
  }

  meta(patch: Partial<TraceMeta>): void {
    this.#recorder.meta(patch);
  }

  /** Hashes of source files that have come up. */
  sources(more: TraceMeta['sources']): void {
    this.meta({ sources: (this.#sources = { ...this.#sources, ...more }) });
  }

  /** Takes in what another thread's probe records; returns what is to be given its frames. */
  join(name: string): JoinedTrace {
    const joined = new JoinedTrace(name, this.#recorder, this.#layers, ({ adapter, sources, clock }) => {
      if (adapter) this.#devices.adopt(adapter);
      if (sources) this.sources(sources);
      if (clock) this.meta({ clock: this.#clock() });
    });
    this.#joined.push(joined);
    return joined;
  }

  tick(): void {
    for (const device of this.#devices.all) device.tick();
    this.#vitals?.tick();
    this.#checkLimit();
    this.#recorder.flushIfDue();
  }

  /** Reads what is outstanding and writes the last rows, without returning to the event loop: for the end of a process. */
  finish(end: Partial<TraceMeta>): void {
    if (this.#finished) return;
    this.#finished = true;
    clearInterval(this.#timer);
    this.#counters?.stop();
    annotations.listener = null;
    for (const device of this.#devices.all) device.drain();
    this.#steps.settle(true);
    this.#pipelines.settleCompiles(true);
    this.#recorder.flush();
    const notes = [...(end.notes ?? []), ...this.#shortcomings()];
    for (const { name, meta, stepsLeftOut } of this.#joined) {
      notes.push(...(meta.notes ?? []).map((note) => `${name}: ${note}`));
      if (stepsLeftOut) notes.push(`${name}: its steps are left out; those of another thread are shown`);
    }
    const costs = [this.#timing.overhead(), ...this.#joined.map(({ meta }) => meta.overhead ?? null)];
    this.#recorder.meta({
      ...end,
      overhead: costs.find((cost) => cost !== null) ?? null,
      clock: this.#clock(),
      notes,
    });
  }

  /** Puts everything back; for tests. */
  restore(): void {
    this.finish({});
    this.#patches.restore();
    this.#poll.restore();
  }

  #clock(): ClockInfo {
    return worstClock([this.#devices.clock(), ...this.#joined.flatMap(({ meta }) => meta.clock ?? [])]);
  }

  /** What a reader of the trace should know of its making. */
  #shortcomings(): string[] {
    const notes: string[] = [];
    const window = this.#window.note();
    if (window !== null) notes.push(window);
    const devices = this.#devices.all;
    const count = (of: (device: (typeof devices)[number]) => number): number =>
      devices.reduce((sum, device) => sum + of(device), 0);
    const blind = count((device) => (device.calibration ? 0 : 1));
    const dropped = count((device) => device.queue.dropped);
    const refused = count((device) => device.ring?.refused ?? 0);
    const resets = count((device) => device.clock.resets);
    if (blind > 0) notes.push('The device gives no usable timestamps: GPU times are missing');
    if (dropped > 0)
      notes.push(
        `${dropped} dispatches got zero or negative GPU times from the device; those times were dropped`,
      );
    if (refused > 0)
      notes.push(`${refused} dispatches went untimed because the script ran too far ahead of the GPU`);
    if (this.#counters?.missing)
      notes.push("The GPU's utilization, memory and power are not available from this system");
    if (resets > 0) notes.push(`The GPU's clock started anew ${resets} times`);
    return notes;
  }
}
