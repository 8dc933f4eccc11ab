/** What the numbers of a column mean, by column name. */
import { DEATHS, FLOW_ENDS, PHASES, ROLES } from '../trace/model.ts';
import type { Trace } from '../trace/model.ts';

type Meaning = (value: number) => string;

export const CODES_OF: Readonly<Record<string, (trace: Trace) => Meaning>> = {
  name:
    ({ strings }) =>
    (id) =>
      strings[id] ?? '',
  op:
    ({ strings }) =>
    (id) =>
      strings[id] ?? '',
  label:
    ({ strings }) =>
    (id) =>
      strings[id] ?? '',
  kernel:
    ({ kernels }) =>
    (id) =>
      kernels[id]?.name ?? '',
  layer:
    ({ layers }) =>
    (id) =>
      layers[id]?.path ?? '',
  track:
    ({ tracks }) =>
    (id) =>
      [tracks[id]?.group, tracks[id]?.name].filter(Boolean).join(' / '),
  series:
    ({ series }) =>
    (id) =>
      series[id]?.name ?? '',
  location:
    ({ locations }) =>
    (id) => {
      const place = locations[id];
      return place ? `${place.file}:${place.line}:${place.column}` : '';
    },
  phase: () => (code) => PHASES[code] ?? '',
  role: () => (code) => ROLES[code] ?? '',
  death: () => (code) => DEATHS[code] ?? '',
  fromEnd: () => (code) => FLOW_ENDS[code] ?? '',
  toEnd: () => (code) => FLOW_ENDS[code] ?? '',
};
