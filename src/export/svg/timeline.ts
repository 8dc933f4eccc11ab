/**
 * The timeline of a trace, and its memory below, as one SVG picture: for reports and pull requests, where no script runs.
 * It stands on white whatever the reader's theme, and says in text what it draws.
 */
import { memoryTimeline } from '../../analysis/memory.ts';
import { formatBytes, formatCount, formatNs } from '../../base/format.ts';
import type { Family, Trace } from '../../trace/model.ts';
import type { TimeRange } from '../../trace/time-range.ts';
import { FAMILIES, ROLES } from '../../trace/model.ts';
import type { DrawnRow, DrawnRows, DrawnSpan } from './spans.ts';
import { drawnRows } from './spans.ts';

const WIDTH = 1200;
const LEFT = 190;
const RIGHT = 16;
const LEGEND = 52;
const TOP = 84;
const ROW = 15;
const GAP = 6;
const MEMORY = 110;
const CHARACTER = 6.1;
const PLOT = WIDTH - LEFT - RIGHT;

/** Told apart by people who see colors differently too (Okabe and Ito's, and tints of them). */
const FAMILY_FILL: Readonly<Record<Family, string>> = {
  gemm: '#0072b2', convolution: '#d55e00', attention: '#cc79a7', normalization: '#009e73', 'element-wise': '#56b4e9', reduction: '#e69f00', loss: '#a04000', optimizer: '#7d6608', copy: '#999999', other: '#5d6d7e',
}; // prettier-ignore
const ROLE_FILL = ['#bbbbbb', '#0072b2', '#d55e00', '#7d6608', '#56b4e9', '#e69f00', '#009e73', '#cc79a7'] as const; // prettier-ignore
const HOST_FILL = ['#d6e4f0', '#dcefdc', '#f3e3cf', '#e8dff0', '#f0dede', '#e2e2d0'] as const;

/** `range`: what of it to draw, where the trace was cut to a part but spans stick out of it. */
export function timelineSvg(trace: Trace, range?: TimeRange): string {
  const drawn = drawnRows(trace, PLOT, range);
  const memory = memoryPart(trace, drawn);
  const bottom = TOP + heightOf(drawn.rows);
  const height = bottom + 34 + (memory === '' ? 0 : MEMORY + 30) + (drawn.tracksLeftOut > 0 ? 16 : 0);
  const title = trace.meta.script.split('/').at(-1) || 'trace';
  const adapter = trace.meta.adapter?.name ?? '';
  const families = FAMILIES.filter((family) =>
    drawn.rows.some(({ spans }) => spans.some((span) => span.family === family)),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" font-family="system-ui, sans-serif" font-size="11">
<title>${text(`Timeline of ${title}`)}</title>
<desc>${text(describe(trace, drawn))}</desc>
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
<text x="12" y="22" font-size="15" font-weight="600" fill="#1f2328">${text(title)}</text>
<text x="12" y="40" fill="#59636e">${text([adapter, formatNs(drawn.toNs - drawn.fromNs, 3)].filter(Boolean).join(' · '))}</text>
${legend(families)}
${axis(drawn, bottom)}
${rowsOf(drawn)}
${memory === '' ? '' : `<g transform="translate(0 ${bottom + 34})">${memory}</g>`}
${drawn.tracksLeftOut > 0 ? `<text x="12" y="${height - 8}" fill="#59636e">and ${drawn.tracksLeftOut} more tracks</text>` : ''}
</svg>
`;
}

function describe({ tables }: Trace, drawn: DrawnRows): string {
  return `${formatCount(tables.dispatches.length)} kernels and ${formatCount(tables.slices.length)} slices over ${formatNs(drawn.toNs - drawn.fromNs, 3)}, one row a queue and a thread, deeper calls below.`;
}

function heightOf(rows: readonly DrawnRow[]): number {
  return rows.reduce((sum, { title }) => sum + ROW + (title === '' ? 0 : GAP), 0);
}

function legend(families: readonly Family[]): string {
  let x = LEFT;
  return families
    .map((family) => {
      const item = `<rect x="${x}" y="${LEGEND}" width="10" height="10" fill="${FAMILY_FILL[family]}"/><text x="${x + 14}" y="${LEGEND + 9}" fill="#1f2328">${family}</text>`;
      x += 32 + family.length * CHARACTER;
      return item;
    })
    .join('');
}

/** A tick at round times, five to ten of them. */
function axis({ fromNs, toNs }: DrawnRows, bottom: number): string {
  const span = toNs - fromNs;
  const power = 10 ** Math.floor(Math.log10(span / 5));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => span / size <= 10) ?? power * 10;
  const ticks: string[] = [];
  for (let at = 0; at <= span; at += step) {
    const x = place(LEFT + (at / span) * PLOT);
    ticks.push(
      `<line x1="${x}" x2="${x}" y1="${TOP - 4}" y2="${bottom}" stroke="#d1d9e0"/><text x="${x}" y="${bottom + 14}" text-anchor="${at > span * 0.97 ? 'end' : 'middle'}" fill="#59636e">${formatNs(at, 3)}</text>`,
    );
  }
  return ticks.join('');
}

function rowsOf({ rows, fromNs, toNs }: DrawnRows): string {
  let y = TOP;
  return rows
    .map((row) => {
      if (row.title !== '') y += GAP;
      const label = row.title === '' ? '' : `<text x="12" y="${y + 11}" fill="#1f2328"><title>${text(`${row.group} ${row.title}`)}</title>${text(shortened(row.title, LEFT - 18))}</text>`; // prettier-ignore
      const spans = row.spans.map((span) => spanOf(span, y, fromNs, toNs)).join('');
      y += ROW;
      return `${label}${spans}`;
    })
    .join('\n');
}

function spanOf(span: DrawnSpan, y: number, fromNs: number, toNs: number): string {
  const x = LEFT + ((span.startNs - fromNs) / (toNs - fromNs)) * PLOT;
  const width = Math.max(0.5, ((span.endNs - span.startNs) / (toNs - fromNs)) * PLOT);
  const fill = span.family ? FAMILY_FILL[span.family] : HOST_FILL[hash(span.name) % HOST_FILL.length];
  const what = span.count > 1 ? `${span.count} spans` : span.name;
  const label = width > 5 * CHARACTER && span.count === 1 ? `<text x="${place(x + 3)}" y="${y + 10}" font-size="10" fill="${span.family ? '#ffffff' : '#1f2328'}">${text(shortened(span.name, width - 5))}</text>` : ''; // prettier-ignore
  return `<rect x="${place(x)}" y="${y}" width="${place(width)}" height="${ROW - 2}" fill="${fill}"><title>${text(`${what} · ${formatNs(span.endNs - span.startNs, 3)}`)}</title></rect>${label}`;
}

/** Live bytes by role, stacked; empty where the trace has no buffers. */
function memoryPart(trace: Trace, { fromNs, toNs }: DrawnRows): string {
  if (trace.tables.buffers.length === 0) return '';
  const { atNs, bytes, live } = memoryTimeline(trace);
  const most = live.reduce((a, b) => Math.max(a, b), 0);
  if (most === 0) return '';
  // One moment a pixel: the last before it.
  const columns = Array.from({ length: PLOT + 1 }, (_, px) => fromNs + ((toNs - fromNs) * px) / PLOT);
  let at = -1;
  const moments = columns.map((ns) => {
    while (at + 1 < atNs.length && (atNs[at + 1] as number) <= ns) at++;
    return at;
  });
  const base = new Float64Array(moments.length);
  const y = (value: number): string => place(MEMORY - (value / most) * (MEMORY - 16));
  const areas = ROLES.map((role, k) => {
    if (!(bytes[k] as Float64Array).some((value) => value > 0)) return '';
    const lower = base.slice();
    moments.forEach((moment, px) => {
      base[px] = (base[px] as number) + (moment < 0 ? 0 : ((bytes[k] as Float64Array)[moment] as number));
    });
    const forth = corners(base, y);
    const back = corners(lower, y).toReversed();
    return `<path d="M${[...forth, ...back].join('L')}Z" fill="${ROLE_FILL[k]}"><title>${role}</title></path>`;
  });
  const present = ROLES.flatMap((role, k) => ((bytes[k] as Float64Array).some((value) => value > 0) ? [[role, k] as const] : [])); // prettier-ignore
  let x = LEFT;
  const names = present.map(([role, k]) => {
    const item = `<rect x="${x}" y="${MEMORY + 8}" width="10" height="10" fill="${ROLE_FILL[k]}"/><text x="${x + 14}" y="${MEMORY + 17}" fill="#1f2328">${role}</text>`;
    x += 32 + role.length * CHARACTER;
    return item;
  });
  return `<text x="12" y="20" fill="#1f2328">Live memory</text><text x="12" y="35" fill="#59636e">peak ${formatBytes(most)}</text>${areas.join('')}${names.join('')}`;
}

/** The points of a curve at which it turns. */
function corners(values: Float64Array, y: (value: number) => string): string[] {
  const points: string[] = [];
  values.forEach((value, px) => {
    const turns =
      px === 0 || px === values.length - 1 || value !== values[px - 1] || value !== values[px + 1];
    if (turns) points.push(`${LEFT + px} ${y(value)}`);
  });
  return points;
}

function place(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function shortened(name: string, widthPx: number): string {
  const most = Math.floor(widthPx / CHARACTER);
  return name.length <= most ? name : `${name.slice(0, Math.max(1, most - 1))}…`;
}

function hash(name: string): number {
  let value = 0;
  for (let i = 0; i < name.length; i++) value = (Math.imul(value, 31) + name.charCodeAt(i)) >>> 0;
  return value;
}

/** As text of XML, which has no word for most control characters and for halves of pairs. */
function text(value: string): string {
  const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return Array.from(value, (c) => {
    const code = c.codePointAt(0) as number;
    const isText =
      code >= 32 ? code < 0xd800 || (code > 0xdfff && code !== 0xfffe && code !== 0xffff) : c === '\t';
    return isText ? (ESCAPES[c] ?? c) : '\ufffd';
  }).join('');
}
