/**
 * What a page shows in SVG's own elements: boxes as rectangles, lines of text as text, charts as they are, canvases as images. So
 * programs draw it that are no browsers (Inkscape, librsvg, LaTeX). It is read off a copy whose elements carry their styles (picture.ts).
 */
import { plainColor } from './plain-color.ts';

/** A background that is no plain color, as an image (data URL). */
export type Patch = (element: HTMLElement, style: CSSStyleDeclaration) => Promise<string>;

/** Attributes of SVG that a style sheet may have set instead. */
const CHART_STYLES = ['fill', 'fill-opacity', 'stroke', 'stroke-width', 'stroke-opacity', 'stroke-dasharray', 'opacity', 'font-family', 'font-size', 'font-weight', 'text-anchor', 'visibility'] as const; // prettier-ignore
/** Baselines that few readers know, as a shift down from the common one. */
const SHIFTS: Readonly<Record<string, string | undefined>> = { middle: '0.32em', central: '0.35em', hanging: '0.78em', 'text-before-edge': '0.9em' }; // prettier-ignore
const COLORS: ReadonlySet<string> = new Set(['fill', 'stroke']);

export class PlainSvg {
  readonly #left: number;
  readonly #top: number;
  readonly #patch: Patch;
  readonly #pen = document.createElement('canvas').getContext('2d') as CanvasRenderingContext2D;
  #clips = 0;

  /** Places in the file count from the root's corner. */
  constructor(root: HTMLElement, patch: Patch) {
    ({ left: this.#left, top: this.#top } = root.getBoundingClientRect());
    this.#patch = patch;
  }

  async element(node: Element): Promise<string> {
    const style = getComputedStyle(node);
    if (style.display === 'none' || style.opacity === '0') return '';
    if (node instanceof SVGSVGElement) return this.#chart(node, style);
    if (!(node instanceof HTMLElement)) return '';
    const hidden = style.visibility === 'hidden';
    const inner = node instanceof HTMLImageElement ? this.#image(node) : await this.#content(node, style);
    const own = hidden ? '' : await this.#box(node, style);
    const clipped = /hidden|clip|auto|scroll/.test(style.overflow) ? this.#clip(node, inner) : inner;
    const all = own + clipped;
    return Number(style.opacity) < 1 && all !== '' ? `<g opacity="${style.opacity}">${all}</g>` : all;
  }

  async #content(node: HTMLElement, style: CSSStyleDeclaration): Promise<string> {
    let text = '';
    const layers: { readonly z: number; readonly svg: string }[] = [];
    for (const child of node.childNodes) {
      if (child instanceof Text) layers.push({ z: 0, svg: style.visibility === 'hidden' ? '' : this.#text(child, style) }); // prettier-ignore
      else if (child instanceof Element)
        layers.push({ z: Number.parseInt(getComputedStyle(child).zIndex, 10) || 0, svg: await this.element(child) }); // prettier-ignore
    }
    if (node instanceof HTMLInputElement && /text|search|number/.test(node.type)) text = this.#value(node, style, node.value); // prettier-ignore
    if (node instanceof HTMLSelectElement) return this.#value(node, style, node.selectedOptions[0]?.text ?? ''); // prettier-ignore
    return layers.sort((a, b) => a.z - b.z).map(({ svg }) => svg).join('') + text; // prettier-ignore
  }

  /** Background and borders. */
  async #box(node: HTMLElement, style: CSSStyleDeclaration): Promise<string> {
    const box = node.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) return '';
    const [x, y] = [box.left - this.#left, box.top - this.#top];
    const round = Math.min(Number.parseFloat(style.borderTopLeftRadius) || 0, box.width / 2, box.height / 2);
    const at = (inset: number): string =>
      `x="${n(x + inset)}" y="${n(y + inset)}" width="${n(box.width - 2 * inset)}" height="${n(box.height - 2 * inset)}"${round > inset ? ` rx="${n(round - inset)}"` : ''}`;
    let drawn = paint(plainColor(style.backgroundColor), (fill) => `<rect ${at(0)} ${fill}/>`, 'fill');
    if (style.backgroundImage !== 'none') drawn += `<image ${at(0)} preserveAspectRatio="none" href="${await this.#patch(node, style)}"/>`; // prettier-ignore
    const sides = (['Top', 'Right', 'Bottom', 'Left'] as const).map((side) => ({
      width: style[`border${side}Style`] === 'none' ? 0 : Number.parseFloat(style[`border${side}Width`]),
      color: style[`border${side}Color`],
      dashed: style[`border${side}Style`] === 'dashed',
    }));
    const [top] = sides as [(typeof sides)[0]];
    if (top.width > 0 && sides.every(({ width, color }) => width === top.width && color === top.color))
      return drawn + paint(plainColor(top.color), (stroke) => `<rect ${at(top.width / 2)} fill="none" stroke-width="${n(top.width)}"${top.dashed ? ` stroke-dasharray="${n(top.width * 3)}"` : ''} ${stroke}/>`, 'stroke'); // prettier-ignore
    const edges = [
      [x, y, box.width, sides[0]?.width ?? 0],
      [x + box.width - (sides[1]?.width ?? 0), y, sides[1]?.width ?? 0, box.height],
      [x, y + box.height - (sides[2]?.width ?? 0), box.width, sides[2]?.width ?? 0],
      [x, y, sides[3]?.width ?? 0, box.height],
    ] as const;
    edges.forEach(([left, up, width, height], i) => {
      if ((sides[i]?.width ?? 0) > 0)
        drawn += paint(plainColor(sides[i]?.color ?? ''), (fill) => `<rect x="${n(left)}" y="${n(up)}" width="${n(width)}" height="${n(height)}" ${fill}/>`, 'fill'); // prettier-ignore
    });
    return drawn;
  }

  #clip(node: HTMLElement, inner: string): string {
    if (inner === '') return '';
    const box = node.getBoundingClientRect();
    const id = `clip${++this.#clips}`;
    return `<clipPath id="${id}"><rect x="${n(box.left - this.#left)}" y="${n(box.top - this.#top)}" width="${n(box.width)}" height="${n(box.height)}"/></clipPath><g clip-path="url(#${id})">${inner}</g>`;
  }

  #image(node: HTMLImageElement): string {
    const box = node.getBoundingClientRect();
    if (!node.src.startsWith('data:')) return '';
    return `<image x="${n(box.left - this.#left)}" y="${n(box.top - this.#top)}" width="${n(box.width)}" height="${n(box.height)}" preserveAspectRatio="none" href="${node.src}"/>`;
  }

  /** Each line of a text where the page has it. */
  #text(node: Text, style: CSSStyleDeclaration): string {
    if (node.data.trim() === '') return '';
    const [first, last] = [node.data.search(/\S/), node.data.trimEnd().length];
    const range = document.createRange();
    range.setStart(node, first);
    range.setEnd(node, last);
    const rects = range.getClientRects();
    const lines: { text: string; left: number; right: number; top: number }[] = [];
    if (rects.length === 1) {
      const { left, right, top } = rects[0] as DOMRect;
      lines.push({ text: node.data.slice(first, last), left, right, top });
    } else
      for (let i = first; i < last; i++) {
        range.setStart(node, i);
        range.setEnd(node, i + 1);
        const rect = range.getClientRects()[0];
        const letter = node.data[i] as string;
        if (!rect) continue;
        const line = lines.at(-1);
        const space = /\s/.test(letter);
        if (line && Math.abs(line.top - rect.top) < 2)
          [line.text, line.right] = [line.text + letter, space ? line.right : rect.right]; // prettier-ignore
        else if (!space) lines.push({ text: letter, left: rect.left, right: rect.right, top: rect.top });
      }
    return lines.map(({ text, left, right, top }) => this.#line(text, left, right - left, top, style)).join(''); // prettier-ignore
  }

  #value(node: HTMLElement, style: CSSStyleDeclaration, value: string): string {
    if (value === '') return '';
    const box = node.getBoundingClientRect();
    const height = Number.parseFloat(style.fontSize) * 1.2;
    return this.#line(value, box.left + Number.parseFloat(style.paddingLeft), 0, box.top + (box.height - height) / 2, style); // prettier-ignore
  }

  #line(text: string, left: number, width: number, top: number, style: CSSStyleDeclaration): string {
    // The shorthand is empty where a part of it (tabular figures) has no place in it.
    this.#pen.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const { fontBoundingBoxAscent } = this.#pen.measureText('x');
    const kept = /pre/.test(style.whiteSpace)
      ? text.replaceAll('\n', ' ')
      : text.replaceAll(/\s+/g, ' ').trim();
    const shown = style.textTransform === 'uppercase' ? kept.toUpperCase() : kept;
    // Another font may stand in: the width holds the line together, where the reader knows it.
    const held =
      width > 0 && shown.length > 1 ? ` textLength="${n(width)}" lengthAdjust="spacingAndGlyphs"` : '';
    const look = [
      `font-family="${escaped(style.fontFamily)}"`,
      `font-size="${n(Number.parseFloat(style.fontSize))}"`,
      style.fontWeight === '400' ? '' : `font-weight="${style.fontWeight}"`,
      style.fontStyle === 'normal' ? '' : `font-style="${style.fontStyle}"`,
      style.textDecorationLine === 'none' ? '' : `text-decoration="${style.textDecorationLine}"`,
    ].filter((each) => each !== '').join(' '); // prettier-ignore
    return paint(
      plainColor(style.color),
      (fill) => `<text xml:space="preserve" x="${n(left - this.#left)}" y="${n(top - this.#top + fontBoundingBoxAscent)}" ${look} ${fill}${held}>${escaped(shown)}</text>`,
      'fill',
    ); // prettier-ignore
  }

  /** A chart with what style sheets say written into it. */
  #chart(node: SVGSVGElement, style: CSSStyleDeclaration): string {
    if (style.visibility === 'hidden') return '';
    const box = node.getBoundingClientRect();
    if (box.width === 0 || box.height === 0) return '';
    const copy = node.cloneNode(true) as SVGSVGElement;
    const [from, to] = [
      [node, ...node.querySelectorAll('*')],
      [copy, ...copy.querySelectorAll('*')],
    ];
    from.forEach((each, i) => {
      const target = to[i] as Element;
      const computed = getComputedStyle(each);
      for (const name of CHART_STYLES) {
        const value = computed.getPropertyValue(name);
        target.setAttribute(name, COLORS.has(name) && !value.startsWith('url') ? solid(value) : value);
      }
      const shift = SHIFTS[computed.dominantBaseline];
      if (each instanceof SVGTextElement && shift !== undefined && !each.hasAttribute('dy'))
        target.setAttribute('dy', shift);
      for (const name of ['style', 'class', 'tabindex', 'dominant-baseline']) target.removeAttribute(name);
    });
    for (const [name, value] of Object.entries({ x: box.left - this.#left, y: box.top - this.#top, width: box.width, height: box.height })) copy.setAttribute(name, n(value)); // prettier-ignore
    if (!copy.hasAttribute('viewBox')) copy.setAttribute('viewBox', `0 0 ${n(box.width)} ${n(box.height)}`);
    copy.setAttribute('overflow', style.overflow);
    return new XMLSerializer().serializeToString(copy);
  }
}

function n(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function solid(color: string): string {
  const { hex, opacity } = plainColor(color);
  return opacity === 0 ? 'none' : hex;
}

/** `draw` with the attributes of a color; nothing where it cannot be seen. */
function paint(
  { hex, opacity }: { readonly hex: string; readonly opacity: number },
  draw: (attributes: string) => string,
  as: 'fill' | 'stroke',
): string {
  if (opacity === 0) return '';
  return draw(`${as}="${hex}"${opacity < 1 ? ` ${as}-opacity="${n(opacity)}"` : ''}`);
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}
