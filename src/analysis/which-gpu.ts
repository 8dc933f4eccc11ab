/** Which GPU for this model, and whether one is worth its price: sentences from the estimates, each with its range. */
import { formatRate, formatShare } from '../base/format.ts';
import type { GpuPrice } from './gpu-prices.ts';
import { THIS_DEVICE } from './gpu-prices.ts';
import type { WhatIf, WhatIfAnswer } from './what-if.ts';

/** A run needs room beside its peak: for the driver, and for what it does now and then. */
const FITS = 0.9;

export const fits = ({ memoryShare }: WhatIf): boolean => memoryShare === null || memoryShare <= FITS;

const times = (x: number): string => (x >= 10 ? `${Math.round(x)}x` : `${x.toFixed(1)}x`);

/** Speed against the device of the trace: likely, low and high. */
function speedup({ stepNs }: WhatIf, ownStepNs: number): { likely: number; low: number; high: number } {
  return {
    likely: ownStepNs / stepNs.middle,
    low: ownStepNs / stepNs.high,
    high: ownStepNs / stepNs.low,
  };
}

/** `shown`: the GPUs to choose from, as `whatIf` gives them. */
export function whichGpu(
  answer: WhatIfAnswer,
  shown: readonly WhatIf[],
  prices: readonly GpuPrice[],
): string[] {
  const { ownStepNs } = answer;
  const possible = shown.filter(fits);
  const fastest = possible[0];
  if (!fastest) return ['None of these GPUs has the memory for this run: a smaller batch, or checkpointing.'];
  const { likely, low, high } = speedup(fastest, ownStepNs);
  const sentences = [
    `Fastest that fits: ${fastest.gpu.name}, ${times(likely)} (${times(low)} to ${times(high)}) as fast as the device of the trace` +
      (fastest.busyShare < 0.5
        ? `; it would be busy only ${formatShare(fastest.busyShare)} of a step, the rest is the script's and the host's`
        : '') +
      '.',
  ];
  const smallest = possible.filter((each) => each.stepNs.middle <= 1.2 * fastest.stepNs.middle).at(-1);
  if (smallest && smallest !== fastest) sentences.push(`${smallest.gpu.name} is within 20 % of it.`);
  const priced = possible.filter((each) => each.samplesPerMoney !== null);
  const best = [...priced].sort((a, b) => (b.samplesPerMoney ?? 0) - (a.samplesPerMoney ?? 0))[0];
  if (best) {
    const spread = speedup(best, ownStepNs);
    sentences.push(
      `Most samples for the money: ${best.gpu.name} at ${best.price?.hourly} an hour, ${formatRate(best.samplesPerMoney ?? 0)}samples for 1 ` +
        `(${formatRate((best.samplesPerMoney ?? 0) * (spread.low / spread.likely))} to ${formatRate((best.samplesPerMoney ?? 0) * (spread.high / spread.likely))}).`,
    );
  }
  const own = prices.find((price) => price.name === THIS_DEVICE);
  if (own) sentences.push(...worthIt(best ?? fastest, own, answer));
  return sentences;
}

/** A GPU is worth up to as many times the price as it is faster. */
function worthIt(gpu: WhatIf, own: GpuPrice, { ownStepNs }: WhatIfAnswer): string[] {
  const { likely, low, high } = speedup(gpu, ownStepNs);
  const most = [low, likely, high].map((x) => (x * own.hourly).toPrecision(2));
  const sentence = `${gpu.gpu.name} costs less for the same work up to ${most[1]} an hour (${most[0]} to ${most[2]}), this device being ${own.hourly}`;
  if (gpu.price === null) return [`${sentence}.`];
  const verdict =
    gpu.price.hourly < low * own.hourly
      ? 'it is worth it'
      : gpu.price.hourly > high * own.hourly
        ? 'it is not worth it'
        : 'the estimate cannot tell';
  return [`${sentence}: at ${gpu.price.hourly} ${verdict}.`];
}
