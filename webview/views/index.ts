/** The views, in the order of their tabs. */
import type { ViewId } from '../../src/wire/view-messages.ts';
import type { App, View } from '../app.ts';
import { createAdvice } from './advice.ts';
import { createCompare } from './compare.ts';
import { createKernels } from './kernels.ts';
import { createLayers } from './layers.ts';
import { createMemory } from './memory.ts';
import { createOccupancy } from './occupancy.ts';
import { createOverview } from './overview.ts';
import { createRoofline } from './roofline.ts';
import { createTimeline } from './timeline.ts';

export interface ViewDefinition {
  readonly id: ViewId;
  readonly title: string;
  create(app: App): View;
}

export const VIEWS: readonly ViewDefinition[] = [
  { id: 'overview', title: 'Overview', create: createOverview },
  { id: 'timeline', title: 'Timeline', create: (app) => createTimeline(app, 'full') },
  { id: 'kernels', title: 'Kernels', create: createKernels },
  { id: 'layers', title: 'Layers', create: createLayers },
  { id: 'memory', title: 'Memory', create: createMemory },
  { id: 'occupancy', title: 'Occupancy', create: createOccupancy },
  { id: 'roofline', title: 'Roofline', create: createRoofline },
  { id: 'compare', title: 'Compare', create: createCompare },
  { id: 'advice', title: 'Advice', create: createAdvice },
];
