/**
 * A picture of what the page shows, by one means for every view: its elements are copied with the styles they have, canvases as images.
 * The PNG is that copy, drawn by the browser as foreign content of an SVG. The SVG that is kept says the same in elements of its own
 * (plain-svg.ts): only browsers draw foreign content.
 */
import { el } from './dom.ts';
import { PlainSvg } from './plain-svg.ts';

export interface Picture {
  readonly svg: string;
  /** Base64. */
  readonly png: string;
}

/** What gives an element its look and place; its size is written as it was laid out. */
const PROPERTIES = [
  'display', 'position', 'top', 'right', 'bottom', 'left', 'z-index', 'visibility', 'opacity', 'overflow', 'box-sizing', 'width',
  'height', 'min-width', 'min-height', 'max-width', 'max-height', 'margin', 'padding', 'border-top', 'border-right',
  'border-bottom', 'border-left', 'border-radius', 'border-collapse', 'outline', 'box-shadow', 'background', 'color', 'font-family', 'font-size', 'font-weight', 'font-style', 'font-variant-numeric', 'line-height',
  'letter-spacing', 'text-align', 'text-anchor', 'text-decoration', 'text-indent', 'text-overflow', 'vertical-align',
  'white-space', 'list-style', 'flex', 'flex-flow', 'align-items', 'align-self', 'align-content', 'justify-content',
  'justify-items', 'gap', 'grid-template', 'grid-area', 'transform', 'transform-origin', 'fill', 'fill-opacity', 'stroke',
  'stroke-width', 'stroke-dasharray', 'stroke-opacity', 'dominant-baseline', 'table-layout', 'appearance', 'clip-path',
] as const; // prettier-ignore

/** More pixels than the page's own, so that text stays sharp where it is enlarged. */
const SCALE = 2;
/** XML has no place for them. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const NOT_XML = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

/** `parts` lie below each other in the page. Rejects where the browser cannot draw the copy. */
export async function pictureOf(parts: readonly HTMLElement[], title: string): Promise<Picture> {
  const shown = parts.filter((part) => part.getClientRects().length > 0);
  const boxes = shown.map((part) => part.getBoundingClientRect());
  const left = Math.min(...boxes.map((box) => box.left));
  const top = Math.min(...boxes.map((box) => box.top));
  const width = Math.ceil(Math.max(...boxes.map((box) => box.right)) - left);
  const height = Math.ceil(Math.max(...boxes.map((box) => box.bottom)) - top);
  const copies = shown.map((part, i) => {
    const copy = copyOf(part) as HTMLElement;
    const box = boxes[i] as DOMRect;
    for (const [name, value] of Object.entries({ position: 'absolute', left: `${box.left - left}px`, top: `${box.top - top}px`, margin: '0' })) copy.style.setProperty(name, value); // prettier-ignore
    return copy;
  });
  const page = getComputedStyle(document.body);
  const ground = el('div', { style: { position: 'relative', width: `${width}px`, height: `${height}px`, background: page.backgroundColor, color: page.color } }, ...copies); // prettier-ignore
  const name = text(new Text(title));
  const shape = `xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  const png = await pngOf(foreign(ground, width, height), width, height);
  const svg = `<svg ${shape}><title>${name}</title>${await plain(ground)}</svg>`;
  return { svg, png };
}

/** XML of a node. */
function text(node: Node): string {
  return new XMLSerializer().serializeToString(node).replaceAll(NOT_XML, '');
}

function foreign(content: HTMLElement, width: number, height: number): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><foreignObject width="${width}" height="${height}">${text(content)}</foreignObject></svg>`;
}

/** Laid out out of sight, where no style sheet of the page reaches it. */
async function plain(ground: HTMLElement): Promise<string> {
  const place = el('div', {
    style: { position: 'fixed', left: '-100000px', top: '0' },
    attr: { 'aria-hidden': 'true' },
  });
  place.attachShadow({ mode: 'open' }).append(ground);
  document.body.append(place);
  const patches = new Map<string, Promise<string>>();
  try {
    const svg = await new PlainSvg(ground, (node, { background, color }) => {
      const { width, height } = node.getBoundingClientRect();
      const key = [background, color, width, height].join();
      let patch = patches.get(key);
      if (!patch) {
        const only = el('div', { style: { width: `${width}px`, height: `${height}px`, background, color } });
        patches.set(key, (patch = pngOf(foreign(only, width, height), width, height)));
      }
      return patch.then((png) => `data:image/png;base64,${png}`);
    }).element(ground);
    return svg.replaceAll(NOT_XML, '');
  } finally {
    place.remove();
  }
}

async function pngOf(svg: string, width: number, height: number): Promise<string> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = el('canvas', { attr: { width: width * SCALE, height: height * SCALE } });
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  context.scale(SCALE, SCALE);
  context.drawImage(image, 0, 0, width, height);
  const url = canvas.toDataURL('image/png');
  return url.slice(url.indexOf(',') + 1);
}

type Styled = HTMLElement | SVGElement;

function copyOf(node: Styled): Styled {
  const style = getComputedStyle(node);
  const copy = (node instanceof HTMLCanvasElement ? imageOf(node) : node.cloneNode(false)) as Styled;
  for (const attribute of ['class', 'id', 'for', 'title', 'tabindex']) copy.removeAttribute(attribute);
  for (const name of PROPERTIES) copy.style.setProperty(name, style.getPropertyValue(name));
  // A picture has no scroll bars.
  if (/auto|scroll/.test(style.overflow)) copy.style.setProperty('overflow', 'hidden');
  if (node instanceof HTMLCanvasElement) return copy;
  if (node instanceof HTMLTextAreaElement) copy.textContent = node.value;
  else if (node instanceof HTMLInputElement) copy.setAttribute('value', node.value);
  const before = generated(node, '::before');
  const after = generated(node, '::after');
  if (before) copy.append(before);
  for (const child of node.childNodes) {
    if (child instanceof Text) copy.append(child.data);
    else if (child instanceof HTMLOptionElement) copy.append(optionOf(child));
    else if (child instanceof HTMLElement || child instanceof SVGElement) {
      if (getComputedStyle(child).display !== 'none') copy.append(copyOf(child));
    }
  }
  if (after) copy.append(after);
  // What is scrolled away stays away.
  const first = copy.firstElementChild;
  if ((node.scrollTop > 0 || node.scrollLeft > 0) && first instanceof HTMLElement)
    first.style.setProperty('margin', `${-node.scrollTop}px 0 0 ${-node.scrollLeft}px`);
  return copy;
}

function imageOf(canvas: HTMLCanvasElement): HTMLElement {
  const hasPixels = canvas.width > 0 && canvas.height > 0;
  return hasPixels ? el('img', { attr: { src: canvas.toDataURL('image/png'), alt: '' } }) : el('span');
}

function optionOf(option: HTMLOptionElement): HTMLElement {
  return el('option', { text: option.text, attr: { selected: option.selected } });
}

/** What a style sheet puts before or after an element: arrows, patterns. */
function generated(node: Styled, which: '::before' | '::after'): HTMLElement | null {
  const style = getComputedStyle(node, which);
  const { content } = style;
  if (content === 'none' || content === 'normal' || style.display === 'none') return null;
  const copy = el('span', { text: /^"(.*)"$/s.exec(content)?.[1] ?? '' });
  for (const name of PROPERTIES) copy.style.setProperty(name, style.getPropertyValue(name));
  return copy;
}

/** Hands a picture to the browser to keep. */
export function downloadPicture({ svg, png }: Picture, kind: 'png' | 'svg', name: string): void {
  const href = kind === 'svg' ? `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}` : `data:image/png;base64,${png}`; // prettier-ignore
  el('a', { attr: { href, download: `${name.replaceAll(/[^\p{L}\p{N}.-]+/gu, '-')}.${kind}` } }).click();
}
