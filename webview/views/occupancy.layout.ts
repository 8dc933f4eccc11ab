/** The waterfall as bars: each loss hangs where the one before it ended. Pure. */
import type { ResidencyLimiter } from '../../src/analysis/occupancy.ts';
import type { OccupancyWaterfall } from '../../src/analysis/occupancy-waterfall.ts';
import { t } from '../translate.ts';

export interface WaterfallBar {
  readonly id: 'idle' | 'smallGrid' | 'tail' | ResidencyLimiter | 'unknown' | 'left';
  readonly title: string;
  readonly about: string;
  readonly share: number;
  /** Left and right edge, shares of the whole. */
  readonly from: number;
  readonly to: number;
  readonly kind: 'lost' | 'left';
}

const LOSSES = [
  ['idle', t('GPU idle'), t('No kernel ran: waiting for the script, a readback, an upload or a launch')],
  ['smallGrid', t('Grid too small'), t('Fewer workgroups than the device has places for')],
  ['tail', t('Last wave'), t('The last round of workgroups fills the device only in part')],
  ['threads', t('Workgroup size'), t('Workgroups of this many threads leave places of a unit empty')],
  [
    'workgroups',
    t('Workgroups a unit'),
    t('A unit holds only so many workgroups: larger ones would fill it'),
  ],
  ['workgroup memory', t('Workgroup memory'), t('Their workgroup memory leaves no room for more workgroups')],
  ['registers', t('Registers'), t('Their registers leave no room for more workgroups')],
  ['idle lanes', t('Idle lanes'), t('The workgroup size is no multiple of the lanes that run together')],
  ['unknown', t('Not known'), t('Kernels whose occupancy cannot be estimated')],
] as const;

/** Losses from the right edge inwards; what is left stands last. Losses of nothing are left out. */
export function waterfallBars(waterfall: OccupancyWaterfall): WaterfallBar[] {
  let edge = 1;
  const bars: WaterfallBar[] = [];
  for (const [id, title, about] of LOSSES) {
    const share = lossOf(waterfall, id);
    if (share < 0.0005) continue;
    bars.push({ id, title, about, share, from: Math.max(0, edge - share), to: edge, kind: 'lost' });
    edge = Math.max(0, edge - share);
  }
  bars.push({
    id: 'left',
    title: t('Occupancy'),
    about: t('What is left: an estimate from launch geometry'),
    share: waterfall.left,
    from: 0,
    to: waterfall.left,
    kind: 'left',
  });
  return bars;
}

function lossOf(waterfall: OccupancyWaterfall, id: (typeof LOSSES)[number][0]): number {
  return id in waterfall.residency
    ? waterfall.residency[id as ResidencyLimiter]
    : waterfall[id as 'idle' | 'smallGrid' | 'tail' | 'unknown'];
}
