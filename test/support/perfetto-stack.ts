/**
 * How Perfetto's importer of Chrome events stacks slices and binds arrows (its SliceTracker and FlowTracker): events are sorted by time
 * alone, a slice that cuts an open one is dropped, and an arrow's end belongs to the slice that began last on its thread.
 * test/e2e/perfetto-reads.test.ts asks Perfetto itself, where it is there.
 */
export interface ViewerEvent {
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly name?: string;
  readonly cat?: string;
  readonly id?: string | number;
  readonly ts?: number;
  readonly dur?: number;
  readonly args?: Readonly<Record<string, unknown>>;
}

interface Open {
  readonly label: string;
  readonly endNs: number;
}

export interface Stacked {
  readonly slices: number;
  readonly dropped: readonly string[];
  /** Both ends of each arrow: name and start. */
  readonly arrows: readonly (readonly [string, string])[];
}

const ns = (us: number): number => Math.round(us * 1000);

export function stackAsPerfetto(events: readonly ViewerEvent[]): Stacked {
  const stacks = new Map<string, Open[]>();
  const begun = new Map<unknown, string>();
  const dropped: string[] = [];
  const arrows: [string, string][] = [];
  let slices = 0;
  const timed = events.filter(({ ph, ts }) => ph !== 'M' && ts !== undefined);
  for (const { ph, pid, tid, name = '', ts = 0, dur = 0, id } of [...timed].sort(
    (a, b) => ns(a.ts ?? 0) - ns(b.ts ?? 0),
  )) {
    const at = ns(ts);
    const key = `${pid} ${tid}`;
    let stack = stacks.get(key);
    if (!stack) stacks.set(key, (stack = []));
    if (ph === 'X' || ph === 'i' || ph === 'B') {
      const endNs = ph === 'B' ? Infinity : ph === 'i' ? at : at + ns(dur);
      while (stack.length > 0 && ended(stack.at(-1) as Open, at, endNs)) stack.pop();
      const label = `${name === '' ? '[No name]' : name} ${at}`;
      if (stack.some((open) => at < open.endNs && endNs > open.endNs && endNs !== Infinity)) {
        dropped.push(label);
        continue;
      }
      slices++;
      stack.push({ label, endNs });
    } else if (ph === 's') {
      const top = stack.at(-1);
      if (!top || begun.has(id)) dropped.push(`arrow ${id}`);
      else begun.set(id, top.label);
    } else if (ph === 'f') {
      const top = stack.at(-1);
      const from = begun.get(id);
      if (!top || from === undefined) dropped.push(`arrow ${id}`);
      else arrows.push([from, top.label]);
    }
  }
  return { slices, dropped, arrows };
}

/** An instant lies on an instant of the same moment; anything else that ends when another begins is over. */
function ended(open: Open, at: number, endNs: number): boolean {
  return open.endNs < at || (open.endNs === at && endNs !== at);
}
