/** Which kernels read and write a buffer. */
import type { Trace } from '../trace/model.ts';

export interface BufferUsers {
  /** Rows of `launches`, in order of first use. */
  readonly writers: readonly number[];
  readonly readers: readonly number[];
  /** The buffer is a part of a pool, and the recorder knows the uses of the pool only. */
  readonly ofPool: boolean;
}

const READ = 1;
const WRITE = 2;

/** Both lists empty where the recorder told nothing. */
export function bufferUsers(trace: Trace, buffer: number): BufferUsers {
  const own = usersOfRow(trace, buffer);
  const parent = trace.tables.buffers.parent[buffer] as number;
  if (own.writers.length + own.readers.length > 0 || parent < 0) return { ...own, ofPool: false };
  return { ...usersOfRow(trace, parent), ofPool: true };
}

function usersOfRow(trace: Trace, buffer: number): Pick<BufferUsers, 'writers' | 'readers'> {
  const { uses } = trace.tables;
  const writers = new Set<number>();
  const readers = new Set<number>();
  for (let i = 0; i < uses.length; i++) {
    if (uses.buffer[i] !== buffer) continue;
    const access = uses.access[i] as number;
    if (access & READ) readers.add(uses.launch[i] as number);
    if (access & WRITE) writers.add(uses.launch[i] as number);
  }
  return { writers: [...writers], readers: [...readers] };
}
