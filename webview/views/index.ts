/** The views, in the order of their tabs. */
import type { ViewId } from '../../src/wire/view-messages.ts';
import type { App, View } from '../app.ts';
import type { State } from '../state.ts';
import { createAdvice } from './advice.ts';
import { createCompare } from './compare.ts';
import { createKernels } from './kernels.ts';
import { createLayers } from './layers.ts';
import { createMemory } from './memory.ts';
import { createOccupancy } from './occupancy.ts';
import { createOverview } from './overview.ts';
import { createRoofline } from './roofline.ts';
import { createSql } from './sql.ts';
import { createTimeline } from './timeline.ts';
import { t } from '../translate.ts';

export interface ViewDefinition {
  readonly id: ViewId;
  readonly title: string;
  /** Whether the page can show it; always, if left out. */
  readonly isThere?: (state: State) => boolean;
  create(app: App): View;
}

export const VIEWS: readonly ViewDefinition[] = [
  { id: 'overview', title: t('Overview'), create: createOverview },
  { id: 'timeline', title: t('Timeline'), create: (app) => createTimeline(app, 'full') },
  { id: 'kernels', title: t('Kernels'), create: createKernels },
  { id: 'layers', title: t('Layers'), create: createLayers },
  { id: 'memory', title: t('Memory'), create: createMemory },
  { id: 'occupancy', title: t('Occupancy'), create: createOccupancy },
  { id: 'roofline', title: t('Roofline'), create: createRoofline },
  { id: 'compare', title: t('Compare'), create: createCompare },
  { id: 'advice', title: t('Advice'), create: createAdvice },
  { id: 'sql', title: 'SQL', isThere: ({ sql }) => sql !== null, create: createSql },
];
