/** All suggestions with their evidence. A refuted one stays, with its reason. */
import type { App, View } from '../app.ts';
import { el } from '../dom.ts';
import { batchOf } from '../../src/suggest/other-batch.ts';
import type { Suggestion } from '../../src/suggest/suggestion.ts';
import { batchChart } from '../parts/batch-chart.ts';
import type { BatchChoice } from '../parts/batch-handle.ts';
import { lossChart } from '../parts/loss-chart.ts';
import { isNote, noAdvice, suggestionCard } from '../parts/suggestion-card.ts';
import { t } from '../translate.ts';

export function createAdvice(app: App): View {
  const list = el('div', { class: 'cards' });
  const element = el(
    'div',
    { class: 'view advice', attr: { tabindex: 0, role: 'region', 'aria-label': t('Advice') } },
    list,
  );
  let drawn: unknown[] = [];
  const refresh = () => {
    const { suggestions, proving, live } = app.store.state;
    if (drawn[0] === suggestions && drawn[1] === proving && drawn[2] === live) return;
    drawn = [suggestions, proving, live];
    const cards = (suggestions ?? []).map((suggestion) => {
      const card = suggestionCard(app, suggestion, true);
      if (suggestion.curve && suggestion.curve.length > 1)
        card.insertBefore(batchChart(suggestion.curve, choiceOf(app, suggestion)), card.lastElementChild);
      const losses = suggestion.verdict?.lossCurves;
      if (losses && losses.before.length > 1 && losses.after.length > 1)
        card.insertBefore(lossChart(losses), card.lastElementChild);
      return card;
    });
    list.replaceChildren(
      ...(cards.length > 0
        ? [heading((suggestions ?? []).filter((one) => !isNote(one)).length), ...cards]
        : [nothing(noAdvice(suggestions, live))]),
    );
  };
  return { element, refresh, repaint: refresh };
}

/** Where an editor stands behind the page, a batch let go on the curve is written into the script. */
function choiceOf(app: App, { id, edit }: Suggestion): BatchChoice | undefined {
  const batch = edit ? batchOf(edit) : NaN;
  if (!(batch > 0) || document.body.classList.contains('standalone')) return undefined;
  return { batch, choose: (chosen) => app.send({ type: 'apply', suggestion: id, batch: chosen }) };
}

function heading(count: number): HTMLElement {
  return el(
    'header',
    {},
    el('h2', {
      class: 'advice-title',
      text:
        count === 0
          ? t('Good to know')
          : count === 1
            ? t('One change to try')
            : t('{0} changes to try', count),
    }),
    count > 0 &&
      el('p', {
        class: 'faint',
        text: t(
          'Proving one runs the changed script against the present one, in turns. Your file stays as it is until you apply.',
        ),
      }),
  );
}

function nothing(text: string): HTMLElement {
  return el('div', { class: 'notice' }, el('h2', { text: t('Nothing to suggest yet') }), el('p', { text }));
}
