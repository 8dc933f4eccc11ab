/** The views, in the order of their tabs. */
import type { ViewId } from '../../src/wire/view-messages.ts';
import type { App, View } from '../app.ts';
import { createKernels } from './kernels.ts';
import { createTimeline } from './timeline.ts';

export interface ViewDefinition {
  readonly id: ViewId;
  readonly title: string;
  create(app: App): View;
}

export const VIEWS: readonly ViewDefinition[] = [
  { id: 'timeline', title: 'Timeline', create: (app) => createTimeline(app, 'full') },
  { id: 'kernels', title: 'Kernels', create: createKernels },
];
