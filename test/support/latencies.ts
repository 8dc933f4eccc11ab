/** Public kernel latencies in the folder next to the checkout; null where there is none. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

export interface MeasuredKernel {
  readonly device: string;
  readonly ns: number;
  readonly workgroups: number;
}

export interface LatencyShape {
  readonly op: string;
  readonly key: string;
  readonly flops: number;
  readonly bytesMoved: number;
  readonly measured: readonly MeasuredKernel[];
}

export interface LatencyDevice {
  readonly flops: number;
  readonly bytes: number;
  readonly units: number;
}

const FOLDER = process.env['KERNELSCOPE_LATENCIES'] ?? path.resolve('../shared/data/latencies');
const UNARY = /u$|^(relu|tanh|gelu)$/;

export function latencyDevices(): ReadonlyMap<string, LatencyDevice> | null {
  if (!existsSync(FOLDER)) return null;
  const folder = path.join(FOLDER, 'devices');
  return new Map(
    // The _TP file describes the same GPU as used for tensor parallelism, with other figures.
    readdirSync(folder)
      .filter((name) => !name.includes('_TP'))
      .map((name) => {
        const sheet = JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Record<
          string,
          number | string
        >;
        const gflops = Number(sheet['SingleFLOPs'] ?? sheet['SingleFLOPsVEC']);
        return [
          String(sheet['Device']),
          { flops: gflops * 1e9, bytes: Number(sheet['Mem_Bw']) * 1e9, units: Number(sheet['Num_Sm']) },
        ];
      }),
  );
}

/** Splits a line at commas outside quotes. */
function cells(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"([^"]*)"|([^,]*))/g)].map((m) => m[1] ?? m[2] ?? '');
}

export function latencyShapes(): LatencyShape[] {
  const shapes = new Map<string, LatencyShape & { measured: MeasuredKernel[] }>();
  for (const file of ['linear', 'bmm', 'elem']) {
    const [head = '', ...lines] = gunzipSync(readFileSync(path.join(FOLDER, `${file}.csv.gz`)))
      .toString()
      .trim()
      .split('\n');
    const columns = cells(head.trim());
    const at = Object.fromEntries(columns.map((name, i) => [name, i]));
    for (const line of lines) {
      const row = cells(line.trim());
      const of = (name: string): number => Number(row[at[name] as number]);
      const op = row[at['OPName'] as number] as string;
      const [key, flops, bytesMoved] =
        file === 'elem' ? elementwise(op, of('B'), of('H')) : product(op, of('B'), of('M'), of('N'), of('K'));
      const shape = shapes.get(key) ?? { op, key, flops, bytesMoved, measured: [] };
      shape.measured.push({
        device: row[at['Device'] as number] as string,
        ns: of('Latency') * 1e6,
        workgroups: of('Grid x') * of('Grid y') * of('Grid z'),
      });
      shapes.set(key, shape);
    }
  }
  return [...shapes.values()];
}

function product(op: string, b: number, m: number, n: number, k: number): [string, number, number] {
  const weights = op === 'bmm' ? b : 1;
  return [`${op} ${b} ${m} ${n} ${k}`, 2 * b * m * n * k, 4 * (b * m * k + weights * k * n + b * m * n)];
}

function elementwise(op: string, b: number, h: number): [string, number, number] {
  return [`${op} ${b} ${h}`, b * h, (UNARY.test(op) ? 8 : 12) * b * h];
}

/** Half of the shapes, by a hash of their key (FNV-1a): one half fits, the other tests. */
export function inFittingHalf(key: string): boolean {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193) >>> 0;
  return hash % 2 === 0;
}
