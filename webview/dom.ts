import { t } from './translate.ts';
/** Making elements without a framework. */

type Child = Node | string | null | undefined | false;
interface Props {
  readonly class?: string;
  readonly text?: string;
  readonly title?: string;
  readonly on?: { readonly [E in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[E]) => void };
  readonly attr?: Readonly<Record<string, string | number | boolean | null | undefined>>;
  readonly style?: Readonly<Record<string, string>>;
}

/** An element with its properties and children. Attributes that are null or false are left out. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  props: Props = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (props.class) element.className = props.class;
  if (props.text !== undefined) element.textContent = props.text;
  if (props.title) element.title = props.title;
  for (const [name, value] of Object.entries(props.attr ?? {}))
    if (value !== null && value !== undefined && value !== false)
      element.setAttribute(name, value === true ? '' : String(value));
  for (const [name, value] of Object.entries(props.style ?? {})) element.style.setProperty(name, value);
  for (const [name, listener] of Object.entries(props.on ?? {}))
    element.addEventListener(name, listener as EventListener);
  append(element, children);
  return element;
}

export function append(parent: Node, children: readonly Child[]): void {
  for (const child of children)
    if (child) parent.appendChild(typeof child === 'string' ? document.createTextNode(child) : child);
}

/** Replaces all children. */
export function fill(parent: Element, ...children: readonly Child[]): void {
  parent.replaceChildren();
  append(parent, children);
}

/** A button that looks as VS Code's do. */
export function button(
  label: string,
  run: () => void,
  props: Props & { readonly kind?: 'primary' | 'secondary' | 'quiet' } = {},
): HTMLButtonElement {
  const kind = props.kind ?? 'secondary';
  return el(
    'button',
    {
      ...props,
      class: `button ${kind} ${props.class ?? ''}`,
      attr: { type: 'button', ...props.attr },
      on: { click: run, ...props.on },
    },
    label,
  );
}

/** A link to a line of the user's source. */
export function sourceLink(label: string, run: () => void): HTMLButtonElement {
  return el('button', { class: 'link', attr: { type: 'button' }, title: t('Go to line'), on: { click: (event) => { event.stopPropagation(); run(); } } }, label); // prettier-ignore
}

/** The file's name without its folders. */
export function baseName(file: string): string {
  return file.split(/[\\/]/).at(-1) ?? file;
}
