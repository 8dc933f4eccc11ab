/** What each flat table and each of its columns means, for people who write queries on them. */
import type { FlatTableName } from './flat-tables.ts';

interface TableWords {
  readonly about: string;
  readonly columns: Readonly<Record<string, string>>;
}

const SOURCE = 'The trace the row is of';
const LAYER = 'Path of the layer, as encoder.0.attention';
const PLACE = 'Place in the source: file:line:column';
const STEP = 'Number of the step; null outside steps';
const START = 'Begin in nanoseconds on the axis of the trace; null where it was not timed';
const END = 'End in nanoseconds on the axis of the trace; null where it was not timed';
const DURATION = 'End less begin, in nanoseconds';
const AT = 'Time in nanoseconds on the axis of the trace';
const GROUP = 'Process or device the track belongs to';

export const FLAT_WORDS: Readonly<Record<FlatTableName, TableWords>> = {
  dispatches: {
    about: 'Every launch of a kernel',
    columns: {
      source: SOURCE,
      dispatch: 'Number of the dispatch in its trace, from 0',
      kernel: 'Name of the kernel',
      family: 'What kind of work it does: convolution, gemm, element-wise ...',
      operator: 'The operation that launched it',
      layer: LAYER,
      phase: 'data, forward, backward, optimizer, readback or other',
      location: PLACE,
      step: STEP,
      device: 'The device it ran on, where there are several',
      queue: 'Number of the queue or stream',
      startNs: START,
      endNs: END,
      durationNs: DURATION,
      launchedNs: 'When the host launched it, in nanoseconds',
      warmup: 'Among the first runs of its pipeline or the first steps',
      locationInferred: 'The launch comes from several lines; which one was inferred from what ran before',
      workgroupsX: 'Workgroups (blocks) of the grid in x',
      workgroupsY: 'Workgroups (blocks) of the grid in y',
      workgroupsZ: 'Workgroups (blocks) of the grid in z',
      threads: 'Invocations (threads) of a workgroup',
      workgroupBytes: 'Workgroup (shared) memory of a workgroup',
      registersPerThread: 'Registers of a thread, where the recorder says',
      flops: 'Planned floating-point operations',
      bytesMoved: 'Compulsory bytes: what it must read and write at least',
    },
  },
  slices: {
    about: 'Ranges on tracks: operators, calls, Python frames, waits, script phases',
    columns: {
      source: SOURCE,
      name: 'What stands in the box',
      group: GROUP,
      track: 'Name of the track: a thread, a stream',
      content: 'What kind of ranges the track holds',
      layer: LAYER,
      location: PLACE,
      step: STEP,
      depth: 'How many slices of the track lie around it',
      startNs: START,
      endNs: END,
      durationNs: DURATION,
    },
  },
  transfers: {
    about: 'Copies and fills',
    columns: {
      source: SOURCE,
      kind: 'upload, readback, copy ...',
      sizeBytes: 'Bytes that were moved',
      step: STEP,
      location: PLACE,
      startNs: START,
      endNs: END,
      durationNs: DURATION,
    },
  },
  steps: {
    about: 'Training steps',
    columns: {
      source: SOURCE,
      step: 'Number of the step',
      startNs: START,
      endNs: END,
      durationNs: DURATION,
      timed: 'Its kernels were timed one by one',
      warmup: 'Among the first, which statistics leave out',
      loss: 'The loss the script told',
      samples: 'Samples of the step, where they are known',
    },
  },
  buffers: {
    about: 'GPU memory: buffers and textures, and allocations within them',
    columns: {
      source: SOURCE,
      buffer: 'Number of the buffer in its trace, from 0',
      label: 'Name the program gave it',
      role: 'parameter, gradient, optimizer-state, activation, workspace, input, staging or unknown',
      layer: LAYER,
      location: PLACE,
      sizeBytes: 'Its size in bytes',
      parent: 'The buffer it lies in; null for one of its own',
      bornNs: 'When it was allocated, in nanoseconds',
      diedNs: 'When it was freed, in nanoseconds; null where it lived to the end',
      death: 'How it ended',
    },
  },
  samples: {
    about: 'Values of curves over time: counters, power, memory as the recorder told it',
    columns: {
      source: SOURCE,
      series: 'Name of the curve',
      unit: 'Its unit',
      atNs: AT,
      value: 'The value',
    },
  },
  marks: {
    about: 'Instants',
    columns: {
      source: SOURCE,
      name: 'What the mark says',
      group: GROUP,
      track: 'Name of the track it stands on',
      atNs: AT,
    },
  },
};
