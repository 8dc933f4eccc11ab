/** Which GPU of the table an adapter is. */
import type { AdapterInfo } from '../trace/model.ts';
import { DAWN_ARCHITECTURES } from './architectures.ts';
import type { ArchitectureId } from './architectures.ts';
import { GPUS } from './gpu-table.ts';
import type { GpuFacts } from './gpu-table.ts';

/** A longer product name begins with the shorter one's tokens; these next tokens mean "another product". */
const OTHER_PRODUCT = new Set([
  'ti',
  'super',
  'xt',
  'xtx',
  'gre',
  'd',
  'laptop',
  'mobile',
  'max',
  'ultra',
  'pro',
  'gen',
]);

function tokens(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
}

function standsIn(name: readonly string[], match: readonly string[]): boolean {
  for (let at = 0; at + match.length <= name.length; at++) {
    const next = name[at + match.length];
    if (match.every((token, i) => name[at + i] === token) && !(next !== undefined && OTHER_PRODUCT.has(next)))
      return true;
  }
  return false;
}

/** The row whose name stands in the text as whole tokens; of several the longest. */
export function findGpu(name: string): GpuFacts | null {
  const nameTokens = tokens(name);
  let best: GpuFacts | null = null;
  let bestLength = 0;
  for (const gpu of GPUS)
    for (const match of gpu.match) {
      const matchTokens = tokens(match);
      if (matchTokens.length > bestLength && standsIn(nameTokens, matchTokens)) {
        best = gpu;
        bestLength = matchTokens.length;
      }
    }
  return best;
}

export interface DeviceModel {
  readonly kind: 'gpu' | 'software' | 'unknown';
  readonly facts: GpuFacts | null;
  readonly architecture: ArchitectureId | null;
  /** Units that run workgroups side by side (SM, CU, worker threads of a software adapter); null when unknown. */
  readonly units: number | null;
  /** Lanes of a software adapter's worker. */
  readonly lanes: number | null;
}

/** What is known of an adapter's inside: by its name, else by its architecture, else nothing. */
export function deviceModel(adapter: AdapterInfo | null): DeviceModel {
  if (!adapter) return { kind: 'unknown', facts: null, architecture: null, units: null, lanes: null };
  if (adapter.software)
    return {
      kind: 'software',
      facts: null,
      architecture: null,
      units: adapter.hostCores ?? null,
      lanes: adapter.subgroupMinSize ?? null,
    };
  const facts = findGpu(adapter.name) ?? findGpu(adapter.driver);
  const architecture = facts?.architecture ?? DAWN_ARCHITECTURES[adapter.architecture.toLowerCase()] ?? null;
  return {
    kind: facts || architecture ? 'gpu' : 'unknown',
    facts,
    architecture,
    units: facts?.units ?? null,
    lanes: null,
  };
}
