/** Colors of the page as it is now: read from its CSS variables, which VS Code sets and style.css falls back for. */
import { rgb } from 'd3';
import type { Family, Role } from '../src/trace/model.ts';
import { FAMILIES, ROLES } from '../src/trace/model.ts';
import type { ChartColors, Rgb } from './palette.ts';
import { css, familyColors, inkOn, luminance, roleColors } from './palette.ts';

export interface Theme {
  readonly dark: boolean;
  /** High contrast: outlines around every mark, no translucent fills. */
  readonly highContrast: boolean;
  /** Families and roles carry a pattern besides their color: in high contrast, and where the reader asked for it. */
  readonly patterns: boolean;
  readonly ground: string;
  readonly ink: string;
  readonly faint: string;
  readonly line: string;
  readonly hover: string;
  readonly focus: string;
  readonly accent: string;
  readonly warning: string;
  readonly error: string;
  readonly good: string;
  readonly font: string;
  /** By index in FAMILIES and ROLES, with the ink that reads on each. */
  readonly family: readonly string[];
  readonly familyInk: readonly string[];
  readonly role: readonly string[];
  readonly roleInk: readonly string[];
}

const CHART_HUES = ['red', 'blue', 'yellow', 'orange', 'green', 'purple'] as const;

export function readTheme(): Theme {
  const style = getComputedStyle(document.body);
  const value = resolver();
  const ground = parse(value('ground'), [255, 255, 255]);
  const dark = luminance(ground) < 0.25;
  const charts = Object.fromEntries(
    CHART_HUES.map((hue) => [hue, parse(value(hue), [128, 128, 128])]),
  ) as unknown as ChartColors;
  const families = familyColors(charts, dark);
  const roles = roleColors(charts, dark);
  const classes = document.body.classList;
  const highContrast =
    classes.contains('vscode-high-contrast') ||
    classes.contains('vscode-high-contrast-light') ||
    matchMedia('(forced-colors: active)').matches;
  return {
    dark,
    highContrast,
    patterns: highContrast || classes.contains('patterns'),
    ground: css(ground),
    ink: value('ink'),
    faint: value('faint'),
    line: value('line'),
    hover: value('hover'),
    focus: value('focus'),
    accent: value('accent'),
    warning: value('warning'),
    error: value('error'),
    good: value('good'),
    font: style.fontFamily,
    ...listed(FAMILIES, families, 'family'),
    ...listed(ROLES, roles, 'role'),
  };
}

/** Resolves a variable to the color the browser would paint: themes write colors in many ways. */
function resolver(): (name: string) => string {
  const probe = document.createElement('span');
  probe.hidden = true;
  document.body.append(probe);
  const computed = getComputedStyle(probe);
  queueMicrotask(() => probe.remove());
  return (name) => {
    probe.style.color = `var(--ks-${name})`;
    return computed.color;
  };
}

function listed<K extends Family | Role, N extends 'family' | 'role'>(
  names: readonly K[],
  colors: Readonly<Record<K, Rgb>>,
  kind: N,
): Record<N | `${N}Ink`, string[]> {
  return {
    [kind]: names.map((name) => css(colors[name])),
    [`${kind}Ink`]: names.map((name) => css(inkOn(colors[name]))),
  } as Record<N | `${N}Ink`, string[]>;
}

function parse(text: string, otherwise: Rgb): Rgb {
  const color = rgb(text);
  return Number.isFinite(color.r) ? [color.r, color.g, color.b] : otherwise;
}

/** Calls back when VS Code changes the theme, or the system does where the page stands alone. */
export function watchTheme(changed: () => void): void {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)'])
    matchMedia(query).addEventListener('change', changed);
}

/** Gives the stylesheet the derived colors, so that legends and bars in the DOM match the canvas. */
export function publishColors(theme: Theme): void {
  const { style } = document.body;
  FAMILIES.forEach((name, i) => style.setProperty(`--ks-family-${name}`, theme.family[i] ?? ''));
  ROLES.forEach((name, i) => style.setProperty(`--ks-role-${name}`, theme.role[i] ?? ''));
  document.body.classList.toggle('dark', theme.dark);
  document.body.classList.toggle('contrast', theme.highContrast);
}
