/** The what-if calculator: another workgroup size or more workgroup memory, and what occupancy would come of it. */
import { deviceModel } from '../../src/analysis/gpu.ts';
import { gridOccupancy, launchGrid } from '../../src/analysis/occupancy.ts';
import type { Grid } from '../../src/analysis/occupancy.ts';
import { formatCount, formatShare } from '../../src/base/format.ts';
import type { App } from '../app.ts';
import { el } from '../dom.ts';
import type { Facts } from '../facts.ts';
import { selectedKernel } from '../selected.ts';
import { t } from '../translate.ts';
import { limitedBy } from '../describe.ts';

const SIZES = [8, 16, 32, 64, 128, 256, 512, 1024] as const;

export function createWhatIf(app: App): { readonly element: HTMLElement; refresh(): void } {
  const title = el('h2', { class: 'section-title flush', text: t('What if') });
  const about = el('p', { class: 'faint' });
  const size = el(
    'select',
    { class: 'field', attr: { 'aria-label': t('Invocations of a workgroup') }, on: { change: draw } },
    ...SIZES.map((n) => el('option', { text: String(n), attr: { value: n } })),
  );
  const memory = el('input', {
    class: 'field',
    attr: { type: 'number', min: 0, max: 65536, step: 256, 'aria-label': t('Workgroup memory, bytes') },
    on: { input: draw },
  });
  const bars = el('div', { class: 'what-if-bars', attr: { 'aria-hidden': 'true' } });
  const answer = el('p', { class: 'what-if-answer', attr: { role: 'status' } });
  const fields = el(
    'div',
    { class: 'what-if-fields' },
    el('label', {}, t('Workgroup of'), ' ', size),
    el('label', {}, t('Memory'), ' ', memory, ' B'),
  );
  const element = el('section', { class: 'what-if' }, title, about, fields, bars, answer);
  let kernel = -1;
  let grid: Grid | null = null;

  function draw(): void {
    const { facts } = app.store.state;
    if (!facts || !grid) return;
    const device = deviceModel(facts.trace.meta.adapter);
    const threads = Number(size.value);
    const sharedBytes = Number(memory.value) || 0;
    const before = gridOccupancy(device, grid).achieved;
    const at = (n: number) => gridOccupancy(device, { ...resized(grid as Grid, n), sharedBytes });
    const chosen = at(threads);
    bars.replaceChildren(
      ...SIZES.map((n) => {
        const share = at(n).achieved;
        const height = Number.isFinite(share) ? share * 100 : 0;
        return el(
          'span',
          { class: `what-if-bar ${n === threads ? 'chosen' : ''}` },
          el('span', { class: 'what-if-fill', style: { height: `${height}%` } }),
          el('span', { class: 'what-if-n', text: String(n) }),
        );
      }),
    );
    answer.textContent = Number.isFinite(chosen.achieved)
      ? t(
          '{0} workgroups of {1}: occupancy ≤ {2}, now ≤ {3}{4}. Estimated.',
          formatCount(resized(grid, threads).workgroups),
          threads,
          formatShare(chosen.achieved),
          formatShare(before),
          limitedBy(chosen.limiter),
        )
      : t('This workgroup does not fit the device, or its limits are not known.');
  }

  return {
    element,
    refresh() {
      const { facts, state } = { facts: app.store.state.facts, state: app.store.state };
      const chosen = selectedKernel(state) ?? costliest(facts);
      const stats = facts?.kernels().find((row) => row.kernel === chosen);
      element.hidden = !facts || !stats;
      if (!facts || !stats) return;
      if (chosen !== kernel) {
        kernel = stats.kernel;
        grid = launchGrid(facts.trace, stats.launch);
        about.textContent = t(
          '{0}, {1} workgroups of {2}',
          stats.name,
          formatCount(grid.workgroups),
          grid.threads,
        );
        size.value = String(
          SIZES.reduce((best, n) =>
            Math.abs(n - (grid?.threads ?? 64)) < Math.abs(best - (grid?.threads ?? 64)) ? n : best,
          ),
        );
        memory.value = String(grid.sharedBytes ?? 0);
      }
      draw();
    },
  };
}

function costliest(facts: Facts | null): number {
  return facts?.kernels()[0]?.kernel ?? -1;
}

/** The same invocations in workgroups of another size. */
function resized(grid: Grid, threads: number): Grid {
  return { ...grid, threads, workgroups: Math.ceil((grid.workgroups * Math.max(1, grid.threads)) / threads) };
}
