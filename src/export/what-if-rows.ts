/** The estimates for other GPUs as rows of text, one a GPU: for the command line and for the editor. */
import { formatCount, formatNs, formatRate, formatShare } from '../base/format.ts';
import type { WhatIf } from '../analysis/what-if.ts';
import { fits } from '../analysis/which-gpu.ts';

const TITLES = ['GPU', 'step', 'range', 'samples/s', 'GPU busy', 'memory', 'samples/J'];
const PRICE_TITLES = ['price/h', 'samples for 1'];

export interface WhatIfRows {
  readonly titles: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Prices have columns where one of the GPUs has one. */
export function whatIfRows(gpus: readonly WhatIf[]): WhatIfRows {
  const priced = gpus.some(({ price }) => price !== null);
  return {
    titles: priced ? [...TITLES, ...PRICE_TITLES] : TITLES,
    rows: gpus.map((each) => (priced ? [...row(each), ...priceCells(each)] : row(each))),
  };
}

function row(answer: WhatIf): string[] {
  const { gpu, stepNs, samplesPerSecond, busyShare, memoryShare, samplesPerJoule } = answer;
  const memory = memoryShare === null ? '–' : fits(answer) ? formatShare(memoryShare) : 'does not fit';
  return [
    gpu.name,
    formatNs(stepNs.middle),
    `${formatNs(stepNs.low)}..${formatNs(stepNs.high)}`,
    formatCount(samplesPerSecond),
    formatShare(busyShare),
    memory,
    samplesPerJoule === null ? '–' : formatCount(samplesPerJoule),
  ];
}

function priceCells({ price, samplesPerMoney }: WhatIf): string[] {
  return price === null ? ['–', '–'] : [String(price.hourly), formatRate(samplesPerMoney ?? 0)];
}
