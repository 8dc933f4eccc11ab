/** Work of a GPU's hardware queue: a compute kernel, with its launch where the producer tells it, or a graphics stage. */
import { LAUNCH, LAUNCH_ARGUMENT, SPECIFICATIONS, STAGE, STAGE_CATEGORY_COMPUTE } from './fields.ts';
import { readMessage } from './message.ts';
import type { FieldValue } from './message.ts';
import type { Recording } from './recording.ts';
import type { Sequence } from './sequence.ts';

/** Names of queues and stages by position: the older form, sent once. */
export interface OldSpecifications {
  readonly queues: string[];
  readonly stages: string[];
}

type Size = readonly [number, number, number];
const NO_SIZE: Size = [0, 0, 0];

interface Launch {
  grid: Size;
  workgroup: Size;
  readonly arguments: Map<string, number>;
}

export function readGpuStage(
  bytes: Uint8Array,
  sequence: Sequence,
  atNs: bigint | null,
  old: OldSpecifications,
  recording: Recording,
): void {
  const stage = { queueIid: 0, stageIid: 0, oldQueue: -1, oldStage: -1, gpu: 0, durationNs: NaN };
  let name = '';
  let launch: Launch | null = null;
  readMessage(bytes, (field, value) => {
    if (field === STAGE.duration) stage.durationNs = value.number();
    else if (field === STAGE.gpu) stage.gpu = value.number();
    else if (field === STAGE.queueIid) stage.queueIid = value.number();
    else if (field === STAGE.stageIid) stage.stageIid = value.number();
    else if (field === STAGE.oldQueue) stage.oldQueue = value.number();
    else if (field === STAGE.oldStage) stage.oldStage = value.number();
    else if (field === STAGE.name) name = value.text();
    else if (field === STAGE.nameIid) name = sequence.names.get(value.number()) ?? '';
    else if (field === STAGE.launch) launch = readLaunch(value);
    else if (field === STAGE.specifications) readSpecifications(value, old);
  });
  // A packet of specifications alone.
  if (Number.isNaN(stage.durationNs) && name === '' && stage.queueIid === 0 && stage.oldQueue < 0) return;
  if (atNs === null || atNs < 0n) {
    recording.counts.untimed++;
    return;
  }
  const spec = sequence.stages.get(stage.stageIid);
  const queue =
    sequence.stages.get(stage.queueIid)?.name ?? old.queues[stage.oldQueue] ?? `queue ${stage.oldQueue + 1}`;
  const found = launch as Launch | null;
  const shared = ['shared_mem_static', 'shared_mem_dynamic'].flatMap(
    (key) => found?.arguments.get(key) ?? [],
  );
  recording.gpu.push({
    atNs,
    durationNs: stage.durationNs >= 0 ? stage.durationNs : 0,
    gpu: stage.gpu,
    queue,
    name: name || spec?.name || old.stages[stage.oldStage] || 'work',
    isCompute: found !== null || spec?.category === STAGE_CATEGORY_COMPUTE,
    grid: found?.grid ?? NO_SIZE,
    workgroup: found?.workgroup ?? NO_SIZE,
    registers: found?.arguments.get('registers_per_thread') ?? null,
    sharedBytes: shared.length > 0 ? shared.reduce((sum, bytes) => sum + bytes, 0) : null,
  });
}

function readLaunch(value: FieldValue): Launch {
  const launch: Launch = { grid: NO_SIZE, workgroup: NO_SIZE, arguments: new Map() };
  value.message((field, part) => {
    if (field === LAUNCH.grid) launch.grid = readSize(part);
    else if (field === LAUNCH.workgroup) launch.workgroup = readSize(part);
    else if (field === LAUNCH.arguments) {
      let name = '';
      let number = NaN;
      part.message((inner, argument) => {
        if (inner === LAUNCH_ARGUMENT.name) name = argument.text();
        else if (inner === LAUNCH_ARGUMENT.int || inner === LAUNCH_ARGUMENT.uint) number = argument.signed();
      });
      if (number >= 0) launch.arguments.set(name, number);
    }
  });
  return launch;
}

function readSize(value: FieldValue): Size {
  const size: [number, number, number] = [1, 1, 1];
  value.message((field, part) => {
    if (field >= 1 && field <= 3) size[field - 1] = Math.min(part.number(), 2 ** 32 - 1);
  });
  return size;
}

function readSpecifications(value: FieldValue, old: OldSpecifications): void {
  value.message((field, part) => {
    if (field !== SPECIFICATIONS.queues && field !== SPECIFICATIONS.stages) return;
    let name = '';
    part.message((inner, text) => {
      if (inner === SPECIFICATIONS.name) name = text.text();
    });
    (field === SPECIFICATIONS.queues ? old.queues : old.stages).push(name);
  });
}
