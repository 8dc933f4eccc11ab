/** What a library tells becomes rows: steps, phases, layers' forward calls, ranges, marks, values, roles of buffers. */
import type { Phase, SeriesInfo } from '../trace/model.ts';
import { PHASES } from '../trace/model.ts';
import type { AnnotationListener, LayerNote } from './annotate.ts';
import type { Buffers } from './buffers.ts';
import type { CallSites } from './call-sites.ts';
import { DEEP, LookBudget } from './call-sites.ts';
import { nowNs } from './clock.ts';
import type { Layers } from './layers.ts';
import type { Recorder } from './recorder.ts';
import type { Steps } from './steps.ts';

interface OpenSpan {
  readonly name: number;
  readonly startNs: number;
  readonly layer: LayerNote | null;
}

export interface ListenerParts {
  readonly recorder: Recorder;
  readonly steps: Steps;
  readonly layers: Layers;
  readonly buffers: Buffers;
  readonly callSites: CallSites;
  /** The script says whether to record from here on. */
  readonly record: (on: boolean) => void;
  /** A step has ended: rows may leave, and the run may end here. */
  readonly afterStep: () => void;
}

export function createListener({
  recorder,
  steps,
  layers,
  buffers,
  callSites,
  record,
  afterStep,
}: ListenerParts): AnnotationListener {
  // A library asks while it builds or traces a model, which happens once and takes long itself.
  const looks = new LookBudget(250e6, 0.01);
  const openPhases: { readonly phase: Phase; readonly startNs: number }[] = [];
  const openSpans = new Map<number, OpenSpan[]>();
  const series = new Map<string, number>();
  const tracks = new Map<string, number>();

  const track = (name: string): number => {
    let id = tracks.get(name);
    if (id === undefined)
      tracks.set(name, (id = recorder.add('tracks', { name, kind: 'ranges', group: 'script' })));
    return id;
  };
  const open = (on: number, name: string, layer: LayerNote | null): void => {
    const spans = openSpans.get(on) ?? [];
    openSpans.set(on, spans);
    spans.push({ name: recorder.string(name), startNs: nowNs(), layer });
  };
  /** The last one opened of that name: asynchronous spans may end in another order than they began in. */
  const close = (on: number, called: string): void => {
    const spans = openSpans.get(on) ?? [];
    const id = recorder.string(called);
    const at = spans.findLastIndex((open) => open.name === id);
    const [span] = at < 0 ? [] : spans.splice(at, 1);
    if (!span) return;
    const location = recorder.location(layers.placeOf(span.layer));
    const layer = layers.idOf(span.layer);
    const { name, startNs } = span;
    recorder.row('slices', {
      track: on,
      name,
      startNs,
      endNs: nowNs(),
      depth: at,
      step: steps.current,
      layer,
      location,
    });
  };

  return {
    step(event, note) {
      if (event === 'begin') return steps.begin(note);
      steps.end(note);
      afterStep();
    },
    phase(event, phase) {
      if (event === 'begin') {
        openPhases.push({ phase, startNs: nowNs() });
        return;
      }
      const opened = openPhases.pop();
      if (opened)
        recorder.row('phases', {
          phase: PHASES.indexOf(opened.phase),
          step: steps.current,
          startNs: opened.startNs,
          endNs: nowNs(),
        });
    },
    range(event, name) {
      if (event === 'begin') open(track('ranges'), name, null);
      else close(track('ranges'), name);
    },
    layer(event, layer) {
      const name = layer.path || layer.type;
      if (event === 'begin') open(track('layers'), name, layer);
      else close(track('layers'), name);
    },
    mark(name) {
      recorder.row('marks', {
        track: track('marks'),
        name: recorder.string(name),
        atNs: nowNs(),
        step: steps.current,
      });
    },
    value(name, value, step) {
      if (name === 'loss') steps.loss(value, step);
      let id = series.get(name);
      if (id === undefined) {
        const unit: SeriesInfo['unit'] = name === 'loss' ? 'loss' : 'count';
        series.set(name, (id = recorder.add('series', { name, unit, track: track('values') })));
      }
      recorder.row('samples', { series: id, atNs: nowNs(), value });
    },
    record,
    buffer: (buffer, note) => buffers.describe(buffer, note),
    allocated: (buffer, sizeBytes, note) => buffers.allocated(buffer, sizeBytes, note),
    released: (key) => buffers.released(key),
    here: (below) => looks.spend(() => callSites.here(below, DEEP)),
  };
}
