/** The rows of the timeline: which tracks a trace has, and the lanes of slices in each. */
import { IDLE_CAUSES } from '../src/analysis/idle.ts';
import type { IdleSplit } from '../src/analysis/idle.ts';
import { FAMILIES, PHASES, STEP_FLAGS, TRANSFER_KINDS } from '../src/trace/model.ts';
import type { Trace } from '../src/trace/model.ts';
import { buildLanes, laneOfRows } from './marks/lane.ts';
import type { Lane } from './marks/lane.ts';
import { layerSpans, spanLanes } from './layer-spans.ts';
import type { LayerSpans } from './layer-spans.ts';

export type TrackKind = 'steps' | 'phases' | 'layers' | 'gpu' | 'transfers' | 'compiles' | 'slices';

export interface Track {
  readonly id: string;
  readonly kind: TrackKind;
  readonly title: string;
  /** What the track shows, for its tooltip. */
  readonly about: string;
  readonly lanes: readonly Lane[];
}

export interface Tracks {
  readonly list: readonly Track[];
  /** Stretches of neighboring steps whose kernels were not timed; rows are the first step of each. */
  readonly untimed: Lane;
  readonly spans: LayerSpans;
}

export function buildTracks(trace: Trace): Tracks {
  const spans = layerSpans(trace);
  const list = [
    ...stepsTrack(trace),
    ...phasesTrack(trace),
    ...spanLanes(spans, trace),
    ...gpuTracks(trace),
    ...transfersTrack(trace),
    ...compilesTrack(trace),
    ...sliceTracks(trace),
  ].filter(({ lanes }) => lanes.some((lane) => lane.length > 0));
  return { list, untimed: untimedLane(trace), spans };
}

interface Times {
  readonly length: number;
  readonly startNs: ArrayLike<number>;
  readonly endNs: ArrayLike<number>;
}

function timesOf(table: Times, color: (row: number) => number = () => 0, colorCount = 1) {
  return {
    length: table.length,
    colorCount,
    start: (row: number) => table.startNs[row] as number,
    end: (row: number) => table.endNs[row] as number,
    color,
  };
}

function stepsTrack(trace: Trace): Track[] {
  return [
    {
      id: 'steps',
      kind: 'steps',
      title: 'Steps',
      about: 'One box an optimizer update',
      lanes: buildLanes(timesOf(trace.tables.steps)),
    },
  ];
}

function phasesTrack(trace: Trace): Track[] {
  const { phases } = trace.tables;
  const lanes = buildLanes(timesOf(phases, (row) => phases.phase[row] as number, PHASES.length));
  return [
    { id: 'phases', kind: 'phases', title: 'Script', about: 'What the script’s own thread was doing', lanes },
  ];
}

/** One track a queue, its kernels colored by family. */
function gpuTracks(trace: Trace): Track[] {
  const { dispatches, launches } = trace.tables;
  const familyOfKernel = Uint8Array.from(trace.kernels, (kernel) => FAMILIES.indexOf(kernel.family));
  const familyOfLaunch = Uint8Array.from(
    { length: launches.length },
    (_, i) => familyOfKernel[launches.kernel[i] as number] as number,
  );
  const queues = new Set<number>();
  for (let i = 0; i < dispatches.length; i++) queues.add(dispatches.queue[i] as number);
  const all = timesOf(
    dispatches,
    (row) => familyOfLaunch[dispatches.launch[row] as number] as number,
    FAMILIES.length,
  );
  return [...queues].sort((a, b) => a - b).map((queue): Track => {
    const source = queues.size === 1 ? all : { ...all, end: (row: number) => (dispatches.queue[row] === queue ? (dispatches.endNs[row] as number) : NaN) };
    const title = queues.size === 1 ? 'GPU' : `GPU queue ${queue}`;
    return { id: `gpu-${queue}`, kind: 'gpu', title, about: 'Kernels, by measured GPU start and end', lanes: buildLanes(source) };
  }); // prettier-ignore
}

function transfersTrack(trace: Trace): Track[] {
  const { transfers } = trace.tables;
  const lanes = buildLanes(timesOf(transfers, (row) => transfers.kind[row] as number, TRANSFER_KINDS.length));
  return [
    {
      id: 'transfers',
      kind: 'transfers',
      title: 'Transfers',
      about: 'Uploads, readbacks (hatched: the script waits) and copies',
      lanes,
    },
  ];
}

function compilesTrack(trace: Trace): Track[] {
  return [
    {
      id: 'compiles',
      kind: 'compiles',
      title: 'Compile',
      about: 'Shader and pipeline compilation',
      lanes: buildLanes(timesOf(trace.tables.compiles)),
    },
  ];
}

function sliceTracks(trace: Trace): Track[] {
  const { slices } = trace.tables;
  return trace.tracks.map((info, track): Track => {
    const base = timesOf(slices);
    const source = { ...base, end: (row: number) => (slices.track[row] === track ? base.end(row) : NaN) };
    return {
      id: `track-${track}`,
      kind: 'slices',
      // The script's own ranges: `layers` alone would read as the GPU's.
      title: trace.meta.origin === 'run' && info.kind === 'ranges' ? `Script ${info.name}` : info.name,
      about: info.group || info.kind,
      lanes: buildLanes(source),
    };
  });
}

/** Time the GPU waited inside timed steps; colors are IDLE_CAUSES, rows are gaps. */
export function idleLane({ gaps }: IdleSplit): Lane {
  const lanes = buildLanes({
    length: gaps.length,
    colorCount: IDLE_CAUSES.length,
    start: (row) => gaps[row]?.startNs as number,
    end: (row) => gaps[row]?.endNs as number,
    color: (row) => IDLE_CAUSES.indexOf(gaps[row]?.cause ?? 'host'),
  });
  return lanes[0] as Lane;
}

function untimedLane(trace: Trace): Lane {
  const { steps } = trace.tables;
  const isUntimed = (row: number) => !((steps.flags[row] as number) & STEP_FLAGS.timed);
  const firsts: number[] = [];
  const ends: number[] = [];
  for (let row = 0; row < steps.length; row++) {
    if (!isUntimed(row)) continue;
    const continues = row > 0 && isUntimed(row - 1);
    if (continues) ends[ends.length - 1] = steps.endNs[row] as number;
    else {
      firsts.push(row);
      ends.push(steps.endNs[row] as number);
    }
  }
  const endOf = new Map(firsts.map((row, i) => [row, ends[i] as number]));
  return laneOfRows({ ...timesOf(steps), end: (row) => endOf.get(row) ?? NaN }, Uint32Array.from(firsts));
}
