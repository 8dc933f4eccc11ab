/** What stands in a view's place when there is nothing to show yet, with the one button that changes that. */
import { formatCount } from '../../src/base/format.ts';
import type { Trace } from '../../src/trace/model.ts';
import type { ViewId } from '../../src/wire/view-messages.ts';
import type { App } from '../app.ts';
import { baseName, button, el } from '../dom.ts';
import { t } from '../translate.ts';

const PROMISES: Readonly<Record<ViewId, string>> = {
  overview: t('Where a training step goes: kernels, waiting, memory, and what to change first.'),
  timeline: t('Every kernel, transfer and wait of a training run on one time axis.'),
  kernels: t('Every kernel with its time, rates and occupancy, costliest first.'),
  layers: t('What each layer costs forward and backward, in time and in bytes.'),
  memory: t('GPU memory over time by role, and what is alive at its peak.'),
  occupancy: t('How full the device is over time, and what keeps it from being fuller.'),
  roofline: t('How near each kernel comes to what the device can do.'),
  compare: t('This run against the one you pinned, layer by layer.'),
  sql: t('Any question about the trace, asked of its tables.'),
  advice: t('Changes that make training faster, each proved by running it.'),
};

/** The notice for the present state, or null when there is a trace with rows to show. */
export function stateNotice(app: App, view: ViewId): HTMLElement | null {
  const { trace, problem, live } = app.store.state;
  if (problem)
    return notice(
      t('The trace could not be opened'),
      problem,
      button(t('Open Another Trace…'), () => app.send({ type: 'command', command: 'openTrace' }), {
        kind: 'primary',
      }),
    );
  if (!trace)
    return notice(
      view === 'overview' ? t('No profile yet') : t('Nothing recorded yet'),
      PROMISES[view],
      button(t('Profile Training Script'), () => app.send({ type: 'command', command: 'profile' }), {
        kind: 'primary',
      }),
      button(t('Open Trace…'), () => app.send({ type: 'command', command: 'openTrace' })),
    );
  if (view === 'layers' && trace.layers.length === 0 && !live)
    return notice(
      t('This trace tells nothing about layers'),
      t('Layers come from Kernelscope’s engine, from libraries it knows, and from ranges a script names.'),
    );
  if (view === 'memory' && trace.tables.buffers.length === 0 && !live)
    return notice(
      t('This trace tells nothing about memory'),
      t('Its recorder did not follow the births and deaths of buffers.'),
    );
  if (trace.tables.dispatches.length > 0 || trace.tables.slices.length > 0) return null;
  const { error, status, script } = trace.meta;
  if (live || status === 'running')
    return notice(
      t('The script is starting'),
      t(
        'The first kernels will appear here as soon as they have run. Compiling shaders can take a few seconds.',
      ),
      spinner(),
    );
  if (error)
    return notice(
      t('{0} ended before its first kernel', baseName(script)),
      error.message,
      ...(error.file && error.line
        ? [
            button(
              t('Go to {0}', `${baseName(error.file)}:${error.line}`),
              () => app.open({ file: error.file ?? '', line: error.line ?? 1, column: error.column ?? 1 }),
              { kind: 'primary' },
            ),
          ]
        : []),
    );
  return notice(
    t('No kernels in this trace'),
    t(
      'The script ended without giving the GPU any work. It must create its tensors on the GPU through Kernelscope’s engine, or through WebGPU.',
    ),
    button(t('Profile Again'), () => app.send({ type: 'command', command: 'profile' }), { kind: 'primary' }),
  );
}

/** While a large trace is summed up; its timeline is there already. */
export function addingUp(trace: Trace | null): HTMLElement {
  const count = formatCount(trace?.tables.dispatches.length ?? 0);
  return notice(t('Adding up {0} kernels', count), t('The timeline can be looked at meanwhile.'), spinner());
}

export function notice(title: string, text: string, ...actions: readonly HTMLElement[]): HTMLElement {
  return el(
    'div',
    { class: 'notice' },
    el('h2', { text: title }),
    el('p', { text }),
    el('div', { class: 'actions' }, ...actions),
  );
}

export function spinner(): HTMLElement {
  return el('div', {
    class: 'progress',
    attr: { role: 'progressbar', 'aria-label': t('Waiting for the first kernels') },
  });
}
