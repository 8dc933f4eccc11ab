/** Descriptors: what tracks, threads and processes are called. */
import { COUNTER, PROCESS, THREAD, TRACK, TREE, TREE_PROCESS, TREE_THREAD, UNIT_BYTES } from './fields.ts';
import { readMessage } from './message.ts';
import type { FieldValue } from './message.ts';
import type { Recording } from './recording.ts';
import type { Sequence } from './sequence.ts';

interface ThreadInfo {
  readonly pid: number;
  readonly tid: number;
  readonly name: string;
}

export function readTrackDescriptor(bytes: Uint8Array, recording: Recording): void {
  let uuid = 0n;
  let name = '';
  let parent: bigint | null = null;
  let process: number | null = null;
  let thread: number | null = null;
  const counter = { isCounter: false, isBytes: false, multiplier: 1, isIncremental: false };
  readMessage(bytes, (field, value) => {
    if (field === TRACK.uuid) uuid = value.integer();
    else if (field === TRACK.name || field === TRACK.staticName || field === TRACK.atraceName)
      name = value.text();
    else if (field === TRACK.parent) parent = value.integer();
    else if (field === TRACK.process) {
      const { pid, name: own } = readProcess(value);
      process = pid;
      if (own !== '') recording.processNames.set(pid, own);
    } else if (field === TRACK.thread) {
      const info = readThread(value);
      process = info.pid;
      thread = info.tid;
      noteThread(info, recording);
    } else if (field === TRACK.counter) {
      counter.isCounter = true;
      value.message((part, number) => {
        if (part === COUNTER.unit) counter.isBytes = number.number() === UNIT_BYTES;
        else if (part === COUNTER.multiplier) counter.multiplier = number.signed() || 1;
        else if (part === COUNTER.isIncremental) counter.isIncremental = number.number() !== 0;
      });
    }
  });
  recording.tracks.set(uuid, { name, parent, process, thread, ...counter });
}

/** The older form: the thread whose events a sequence carries. */
export function readThreadDescriptor(bytes: Uint8Array, sequence: Sequence, recording: Recording): void {
  const info = threadOf(bytes);
  noteThread(info, recording);
  recording.tracks.set(`sequence ${sequence.id}`, {
    name: '', parent: null, process: info.pid, thread: info.tid, isCounter: false, isBytes: false, multiplier: 1, isIncremental: false,
  }); // prettier-ignore
}

export function readProcessTree(bytes: Uint8Array, recording: Recording): void {
  readMessage(bytes, (field, value) => {
    if (field === TREE.processes) {
      let pid = 0;
      let name = '';
      value.message((part, inner) => {
        if (part === TREE_PROCESS.pid) pid = inner.number();
        else if (part === TREE_PROCESS.cmdline && name === '') name = inner.text();
      });
      if (name !== '' && !recording.processNames.has(pid)) recording.processNames.set(pid, name);
    } else if (field === TREE.threads) {
      const info = { pid: 0, tid: 0, name: '' };
      value.message((part, inner) => {
        if (part === TREE_THREAD.tid) info.tid = inner.number();
        else if (part === TREE_THREAD.name) info.name = inner.text();
        else if (part === TREE_THREAD.pid) info.pid = inner.number();
      });
      noteThread(info, recording);
    }
  });
}

function readProcess(value: FieldValue): { pid: number; name: string } {
  let pid = 0;
  let name = '';
  let command = '';
  value.message((field, part) => {
    if (field === PROCESS.pid) pid = part.number();
    else if (field === PROCESS.name) name = part.text();
    else if (field === PROCESS.cmdline && command === '') command = part.text();
  });
  return { pid, name: name || command };
}

function readThread(value: FieldValue): ThreadInfo {
  return threadOf(value.bytes());
}

function threadOf(bytes: Uint8Array): ThreadInfo {
  const info = { pid: 0, tid: 0, name: '' };
  readMessage(bytes, (field, part) => {
    if (field === THREAD.pid) info.pid = part.number();
    else if (field === THREAD.tid) info.tid = part.number();
    else if (field === THREAD.name) info.name = part.text();
  });
  return info;
}

function noteThread({ pid, tid, name }: ThreadInfo, recording: Recording): void {
  if (name !== '') recording.threadNames.set(`${pid} ${tid}`, name);
}
