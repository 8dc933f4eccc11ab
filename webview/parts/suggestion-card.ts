/** One suggestion: what to change, what it would bring, what it rests on, and the button that proves or applies it. */
import { formatCount, formatShare } from '../../src/base/format.ts';
import type { Suggestion, Verdict } from '../../src/suggest/suggestion.ts';
import type { App } from '../app.ts';
import { append, baseName, button, el, sourceLink } from '../dom.ts';
import { t, translated } from '../translate.ts';
import { term } from '../terms.ts';

/** `+31 % (28 to 34)` of a speed ratio with its interval. */
export function gain({
  speedup,
  low,
  high,
}: {
  readonly speedup: number;
  readonly low: number;
  readonly high: number;
}): string {
  const percent = (ratio: number) => Math.round((ratio - 1) * 100);
  const sign = (value: number) => (value > 0 ? `+${value}` : `${value}`.replace('-', '−'));
  // Too few pairs of trials have no upper end, and a message has null for what is infinite.
  const unbounded = !Number.isFinite(high);
  // Beyond a doubling a factor is easier to grasp than a percentage.
  if (speedup >= 2)
    return unbounded
      ? t('{0} × as fast (no interval yet)', speedup.toFixed(1))
      : t('{0} × as fast ({1} to {2})', speedup.toFixed(1), low.toFixed(1), high.toFixed(1));
  if (unbounded) return t('{0} % (no interval yet)', sign(percent(speedup)));
  return t('{0} % ({1} to {2})', sign(percent(speedup)), sign(percent(low)), sign(percent(high)));
}

export function suggestionCard(app: App, suggestion: Suggestion, full: boolean): HTMLElement {
  const { verdict, edit, at } = suggestion;
  const card = el('article', {
    class: `card ${verdict?.kind ?? 'predicted'}`,
    attr: { 'aria-label': translated(suggestion.title) },
  });
  append(card, [
    el(
      'div',
      { class: 'card-head' },
      el('h3', { text: translated(suggestion.title) }),
      at ? sourceLink(`${baseName(at.file)}:${at.line}`, () => app.open(at)) : null,
    ),
    verdict
      ? verdictLine(verdict)
      : isNote(suggestion)
        ? null
        : el(
            'p',
            { class: 'card-gain' },
            el('span', { class: 'label', text: t('predicted') }),
            gain(suggestion.predicted),
            memoryNote(suggestion.predicted.memory),
          ),
  ]);
  if (edit)
    card.append(
      el(
        'p',
        { class: 'card-edit' },
        el('del', { text: edit.oldText }),
        ' → ',
        el('ins', { text: edit.newText }),
      ),
    );
  else if (suggestion.advice) card.append(el('p', { text: translated(suggestion.advice) }));
  if (full) {
    card.append(
      el(
        'ul',
        { class: 'evidence' },
        ...suggestion.evidence.map(({ text, basis }) =>
          el(
            'li',
            {},
            translated(text),
            basis === 'measured' ? null : el('span', { class: `basis ${basis}`, text: term(basis) }),
          ),
        ),
      ),
    );
    if (suggestion.caution) card.append(el('p', { class: 'caution', text: translated(suggestion.caution) }));
  }
  card.append(actions(app, suggestion));
  return card;
}

/** Advice that predicts no gain of its own: something to know, not something to prove. */
export function isNote({ edit, predicted }: Suggestion): boolean {
  return !edit && predicted.speedup === 1 && predicted.low === 1 && predicted.high === 1;
}

const VERDICT_WORDS: Readonly<Record<Verdict['kind'], () => string>> = {
  confirmed: () => t('measured'),
  refuted: () => t('refuted'),
  inconclusive: () => t('not certain'),
};

function verdictLine(verdict: Verdict): HTMLElement {
  const losses =
    verdict.lossBefore !== undefined && verdict.lossAfter !== undefined
      ? t(', loss {0} against {1}', verdict.lossAfter.toPrecision(3), verdict.lossBefore.toPrecision(3)) +
        (verdict.lossRows === undefined ? '' : t(' after {0} rows', formatCount(verdict.lossRows)))
      : '';
  return el(
    'p',
    { class: 'card-gain' },
    el('span', { class: `label ${verdict.kind}`, text: VERDICT_WORDS[verdict.kind]() }),
    gain(verdict),
    memoryNote(verdict.memory),
    losses,
    el('span', { class: 'faint', text: t(' in {0} trials', verdict.trials) }),
    verdict.reason ? el('span', { class: 'faint', text: `. ${translated(verdict.reason)}` }) : null,
  );
}

function memoryNote(ratio: number | undefined): string | null {
  if (ratio === undefined || !Number.isFinite(ratio) || Math.abs(ratio - 1) < 0.02) return null;
  const change = ratio >= 1.5 ? `${ratio.toFixed(1)} ×` : `${ratio > 1 ? '+' : '−'}${formatShare(Math.abs(ratio - 1))}`; // prettier-ignore
  return t(', memory {0}', change);
}

function actions(app: App, suggestion: Suggestion): HTMLElement {
  const running = app.store.state.proving.get(suggestion.id);
  if (running) {
    const bar = el('progress', {
      class: 'proof',
      attr: { max: 1, value: running.share, 'aria-label': t('Proof') },
    });
    return el(
      'div',
      { class: 'card-actions' },
      bar,
      el('span', { class: 'faint', text: translated(running.text) }),
    );
  }
  if (!suggestion.edit) return el('div', { class: 'card-actions' });
  const refuted = suggestion.verdict?.kind === 'refuted';
  const confirmed = suggestion.verdict?.kind === 'confirmed';
  const prove = button(
    suggestion.verdict ? t('Prove again') : t('Prove by running'),
    () => app.send({ type: 'prove', suggestion: suggestion.id }),
    { kind: confirmed ? 'secondary' : 'primary', class: 'needs-shell' },
  );
  const apply = button(t('Apply'), () => app.send({ type: 'apply', suggestion: suggestion.id }), {
    kind: confirmed ? 'primary' : 'secondary',
    class: 'needs-shell',
  });
  return el(
    'div',
    { class: 'card-actions' },
    ...(confirmed ? [apply, prove] : refuted ? [prove] : [prove, apply]),
  );
}

/** Why there is no suggestion. */
export function noAdvice(suggestions: readonly Suggestion[] | null, live: boolean): string {
  if (live) return t('Advice comes when the run has ended: it rests on steady steps.');
  if (!suggestions) return t('Advice needs the script: profile it from the editor or the command line.');
  return t(
    'Nothing in this trace promises a gain that could be predicted. What cannot be predicted is not suggested.',
  );
}
