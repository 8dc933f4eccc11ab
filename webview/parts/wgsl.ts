/** The text of a kernel with the constants it was made with. */
import type { KernelInfo } from '../../src/trace/model.ts';
import { button, el } from '../dom.ts';
import { t } from '../translate.ts';

export interface Constant {
  readonly name: string;
  readonly value: string;
}

/** `const TILE: u32 = 16u;` and `override WIDTH: u32 = 8;` at the beginning of a line: the knobs of the kernel. */
const DECLARED = /^(?:@id\(\d+\)\s*)?(?:const|override)\s+(\w+)\s*(?::\s*[\w<>]+\s*)?=\s*([^;\n]{1,60});/gm;

/** What the pipeline was given first, over what the text says. */
export function constantsOf({ wgsl, constants = {} }: Pick<KernelInfo, 'wgsl' | 'constants'>): Constant[] {
  const given = Object.entries(constants).map(([name, value]) => ({ name, value: String(value) }));
  const names = new Set(given.map(({ name }) => name));
  const declared = [...(wgsl ?? '').matchAll(DECLARED)].map(([, name, value]) => ({
    name: name ?? '',
    value: (value ?? '').trim(),
  }));
  return [...given, ...declared.filter(({ name }) => !names.has(name))];
}

export function wgslBlock(info: Pick<KernelInfo, 'wgsl' | 'constants'>): HTMLElement | null {
  const { wgsl } = info;
  if (!wgsl) return null;
  const constants = constantsOf(info);
  const lines = wgsl.split('\n').length;
  return el(
    'details',
    { class: 'code' },
    el('summary', { text: t('WGSL, {0} lines', lines) }),
    button(t('Copy'), () => void navigator.clipboard?.writeText(wgsl), { kind: 'quiet', class: 'copy' }),
    constants.length > 0
      ? el(
          'dl',
          { class: 'constants', attr: { 'aria-label': t('Constants') } },
          ...constants.map(({ name, value }) =>
            el('div', {}, el('dt', { text: name }), el('dd', { text: value })),
          ),
        )
      : null,
    el('pre', { attr: { tabindex: 0, 'aria-label': t('WGSL of the kernel') }, text: wgsl }),
  );
}
