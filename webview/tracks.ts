/** The rows of the timeline: which tracks a trace has, and the lanes of slices in each. */
import { IDLE_CAUSES } from '../src/analysis/idle.ts';
import type { IdleSplit } from '../src/analysis/idle.ts';
import { FAMILIES, PHASES, STEP_FLAGS, TRANSFER_KINDS } from '../src/trace/model.ts';
import type { Trace } from '../src/trace/model.ts';
import { buildLanes, laneOfRows, rowsBy } from './marks/lane.ts';
import type { Lane, SliceSource } from './marks/lane.ts';
import { layerSpans, spanLanes } from './layer-spans.ts';
import type { LayerSpans } from './layer-spans.ts';
import { t } from './translate.ts';

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
  readonly startNs: ArrayLike<number>;
  readonly endNs: ArrayLike<number>;
}

function timesOf(table: Times, color: (row: number) => number = () => 0, colorCount = 1): SliceSource {
  return { startNs: table.startNs, endNs: table.endNs, colorCount, color };
}

function stepsTrack(trace: Trace): Track[] {
  return [
    {
      id: 'steps',
      kind: 'steps',
      title: t('Steps'),
      about: t('One box an optimizer update'),
      lanes: buildLanes(timesOf(trace.tables.steps)),
    },
  ];
}

function phasesTrack(trace: Trace): Track[] {
  const { phases } = trace.tables;
  const lanes = buildLanes(timesOf(phases, (row) => phases.phase[row] as number, PHASES.length));
  return [
    {
      id: 'phases',
      kind: 'phases',
      title: t('Script'),
      about: t('What the script’s own thread was doing'),
      lanes,
    },
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
  const all = timesOf(
    dispatches,
    (row) => familyOfLaunch[dispatches.launch[row] as number] as number,
    FAMILIES.length,
  );
  const highest = dispatches.queue.reduce((most, queue) => Math.max(most, queue), 0);
  const queues = rowsBy(dispatches.queue, highest + 1);
  const several = queues.filter((rows) => rows.length > 0).length > 1;
  return queues.flatMap((rows, queue): Track[] =>
    rows.length === 0
      ? []
      : [
          {
            id: `gpu-${queue}`,
            kind: 'gpu',
            title: several ? t('GPU queue {0}', queue) : 'GPU',
            about: t('Kernels, by measured GPU start and end'),
            lanes: buildLanes(several ? { ...all, rows } : all),
          },
        ],
  );
}

function transfersTrack(trace: Trace): Track[] {
  const { transfers } = trace.tables;
  const lanes = buildLanes(timesOf(transfers, (row) => transfers.kind[row] as number, TRANSFER_KINDS.length));
  return [
    {
      id: 'transfers',
      kind: 'transfers',
      title: t('Transfers'),
      about: t('Uploads, readbacks (hatched: the script waits) and copies'),
      lanes,
    },
  ];
}

function compilesTrack(trace: Trace): Track[] {
  return [
    {
      id: 'compiles',
      kind: 'compiles',
      title: t('Compile'),
      about: t('Shader and pipeline compilation'),
      lanes: buildLanes(timesOf(trace.tables.compiles)),
    },
  ];
}

function sliceTracks(trace: Trace): Track[] {
  const { slices } = trace.tables;
  const source = timesOf(slices);
  const rowsOf = rowsBy(slices.track, trace.tracks.length);
  return trace.tracks.map((info, track): Track => {
    const rows = rowsOf[track] ?? new Uint32Array(0);
    return {
      id: `track-${track}`,
      kind: 'slices',
      // The script's own ranges: `layers` alone would read as the GPU's.
      title: trace.meta.origin === 'run' && info.kind === 'ranges' ? t('Script {0}', info.name) : info.name,
      about: info.group || info.kind,
      lanes: buildLanes({ ...source, rows }),
    };
  });
}

/** Time the GPU waited inside timed steps; colors are IDLE_CAUSES, rows are gaps. */
export function idleLane({ gaps }: IdleSplit): Lane {
  const lanes = buildLanes({
    startNs: Float64Array.from(gaps, ({ startNs }) => startNs),
    endNs: Float64Array.from(gaps, ({ endNs }) => endNs),
    colorCount: IDLE_CAUSES.length,
    color: (row) => IDLE_CAUSES.indexOf(gaps[row]?.cause ?? 'host'),
  });
  return lanes[0] as Lane;
}

function untimedLane(trace: Trace): Lane {
  const { steps } = trace.tables;
  const isUntimed = (row: number) => !((steps.flags[row] as number) & STEP_FLAGS.timed);
  const firsts: number[] = [];
  const endNs = steps.endNs.slice();
  for (let row = 0; row < steps.length; row++) {
    if (!isUntimed(row)) continue;
    if (row > 0 && isUntimed(row - 1)) endNs[firsts.at(-1) as number] = steps.endNs[row] as number;
    else firsts.push(row);
  }
  return laneOfRows({ ...timesOf(steps), endNs }, Uint32Array.from(firsts));
}
