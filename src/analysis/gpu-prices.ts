/**
 * Prices of GPUs an hour, as the user gives them: prices change by the week and by the seller, so none are built in. One text such as
 * `H100=2.5`, or a table in the format of SkyPilot's catalogs (columns AcceleratorName, AcceleratorCount, Price: public, with
 * the sellers' own prices), of which the lowest a GPU counts.
 */
import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';
import type { GpuFacts } from './gpu-table.ts';

export interface GpuPrice {
  /** As given: `H100`, `A100-80GB`; `this` is the device of the trace. */
  readonly name: string;
  /** Of one GPU an hour, in the user's currency. */
  readonly hourly: number;
  /** Where it comes from: `given`, or the table's file. */
  readonly source: string;
}

/** The name under which the device that the trace ran on is priced. */
export const THIS_DEVICE = 'this';

export function parsePrice(text: string): Result<GpuPrice, string> {
  const match = /^\s*(.+?)\s*=\s*(\d+(?:\.\d+)?)\s*$/.exec(text);
  const hourly = Number(match?.[2]);
  if (!match || !(hourly > 0))
    return err(`a price is a name and money an hour such as H100=2.5, not '${text}'`);
  return ok({ name: match[1] as string, hourly, source: 'given' });
}

/** Prices by name, as a setting holds them: `{ "H100": 2.5, "this": 0.2 }`; `refused` names what is no price. */
export function pricesByName(given: unknown): { readonly prices: GpuPrice[]; readonly refused: string[] } {
  const entries = typeof given === 'object' && given !== null ? Object.entries(given as object) : [];
  const isPrice = ([name, hourly]: [string, unknown]): boolean =>
    name.trim() !== '' && typeof hourly === 'number' && Number.isFinite(hourly) && hourly > 0;
  return {
    prices: entries.filter(isPrice).map(([name, hourly]) => ({ name: name.trim(), hourly, source: 'given' })),
    refused: entries.filter((entry) => !isPrice(entry)).map(([name]) => name),
  };
}

/** Fields of a line of comma-separated values; quotes may hold commas. */
function fields(line: string): string[] {
  return [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)]
    .slice(0, -1)
    .map(([, field = '']) => (field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field));
}

/** The lowest price of each GPU in a table. `source`: what to call it. */
export function parsePriceTable(text: string, source: string): Result<GpuPrice[], string> {
  const [head = '', ...lines] = text.split(/\r?\n/);
  const columns = fields(`${head},`);
  const at = (name: string): number => columns.indexOf(name);
  const [name, count, price] = [at('AcceleratorName'), at('AcceleratorCount'), at('Price')];
  if (name < 0 || price < 0)
    return err(`${source} has no columns AcceleratorName and Price, as the catalogs of SkyPilot have`);
  const lowest = new Map<string, number>();
  for (const line of lines) {
    const row = fields(`${line},`);
    const gpu = row[name]?.trim() ?? '';
    const hourly = Number(row[price]) / Math.max(1, count < 0 ? 1 : Number(row[count]));
    if (gpu !== '' && hourly > 0 && hourly < (lowest.get(gpu) ?? Infinity)) lowest.set(gpu, hourly);
  }
  if (lowest.size === 0) return err(`${source} names no GPU with a price`);
  return ok([...lowest].map(([gpu, hourly]) => ({ name: gpu, hourly, source })));
}

const words = (name: string): string[] => name.toLowerCase().match(/[a-z0-9]+/g) ?? [];

/** Words that say nothing of which GPU it is, and those that name another one (an RTX 4060 is no RTX 4060 Ti). */
const MAKERS = new Set(['nvidia', 'amd', 'intel', 'geforce', 'tesla', 'radeon', 'instinct']);
const OTHERS = new Set(['ti', 'super', 'xt', 'xtx', 'ultra', 'pro', 'max', 'laptop', 'ada', 'gre']);

/** Whether a price's name means a GPU of the table: its words in a row, spaces and hyphens aside, and no word after it that names another. */
export function pricesGpu({ name }: Pick<GpuPrice, 'name'>, gpu: Pick<GpuFacts, 'name'>): boolean {
  const wanted = words(name).filter((word) => !MAKERS.has(word)).join(''); // prettier-ignore
  const own = words(gpu.name);
  if (wanted === '') return false;
  return own.some((_, from) =>
    own.some(
      (__, to) => to >= from && own.slice(from, to + 1).join('') === wanted && !OTHERS.has(own[to + 1] ?? ''),
    ),
  );
}

/** The price of a GPU: the longest name that means it; of equal ones the lowest. */
export function priceOf(gpu: Pick<GpuFacts, 'name'>, prices: readonly GpuPrice[]): GpuPrice | null {
  const fitting = prices.filter((price) => price.name !== THIS_DEVICE && pricesGpu(price, gpu));
  return (
    fitting.sort(
      (a, b) => words(b.name).join('').length - words(a.name).join('').length || a.hourly - b.hourly,
    )[0] ?? null
  );
}
