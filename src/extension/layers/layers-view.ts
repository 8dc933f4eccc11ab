/** The tree of layers in the side bar: a click goes to the line, and the selection is the one of panel and large view. */
import * as vscode from 'vscode';
import type { LayerCost } from '../../analysis/layers.ts';
import { formatNs } from '../../base/format.ts';
import { CONTEXT, INNER_COMMANDS, VIEWS } from '../ids.ts';
import { CHART_COLORS } from '../lines/hover-chart.ts';
import type { Profile } from '../profile.ts';
import type { Profiles } from '../profiles.ts';
import { t } from '../words.ts';
import type { LayerOrder } from './layer-tree.ts';
import { LayerTree, layerName, layerOf, layerSummary, shareIcon } from './layer-tree.ts';

const ORDER = 'layerOrder';

export class LayersView implements vscode.TreeDataProvider<LayerCost>, vscode.Disposable {
  readonly #profiles: Profiles;
  readonly #memory: vscode.Memento;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #view: vscode.TreeView<LayerCost>;
  readonly #subscriptions: vscode.Disposable;
  readonly onDidChangeTreeData = this.#changed.event;
  #tree: { readonly profile: Profile; readonly order: LayerOrder; readonly tree: LayerTree } | null = null;
  #watch: vscode.Disposable | null = null;

  constructor(profiles: Profiles, memory: vscode.Memento) {
    this.#profiles = profiles;
    this.#memory = memory;
    this.#view = vscode.window.createTreeView(VIEWS.layers, {
      treeDataProvider: this,
      showCollapseAll: true,
    });
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      this.#view,
      profiles.onDidReplace(() => this.#follow()),
      profiles.onDidChange(() => this.#refresh()),
      this.#view.onDidChangeSelection(({ selection: [layer] }) => {
        if (layer) this.#profiles.current?.select({ kind: 'layer', layer: layer.layer }, this);
      }),
      this.#view.onDidChangeVisibility(({ visible }) => visible && this.#reveal()),
    );
    void vscode.commands.executeCommand('setContext', CONTEXT.layerOrder, this.#order);
    this.#follow();
  }

  getChildren(layer?: LayerCost): LayerCost[] {
    return this.#layers?.children(layer ?? null) ?? [];
  }

  getParent(layer: LayerCost): LayerCost | null {
    return this.#layers?.parent(layer) ?? null;
  }

  getTreeItem(layer: LayerCost): vscode.TreeItem {
    const hasChildren = (this.#layers?.children(layer).length ?? 0) > 0;
    const item = new vscode.TreeItem(
      layerName(layer),
      hasChildren ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.None,
    );
    item.id = `${this.#profiles.current?.title}:${this.#order}:${layer.layer}`;
    item.description = layerSummary(layer);
    item.tooltip = tooltip(layer);
    item.iconPath = icons(layer.share);
    const { source } = layer;
    if (source)
      item.command = {
        title: t('Go to Line'),
        command: INNER_COMMANDS.goTo,
        arguments: [source.file, source.line, source.column],
      };
    return item;
  }

  sortBy(order: LayerOrder): void {
    void this.#memory.update(ORDER, order);
    void vscode.commands.executeCommand('setContext', CONTEXT.layerOrder, order);
    this.#refresh();
  }

  dispose(): void {
    this.#watch?.dispose();
    this.#subscriptions.dispose();
  }

  get #order(): LayerOrder {
    return this.#memory.get<LayerOrder>(ORDER, 'model');
  }

  /** Built when it is first asked for: a view that is hidden costs nothing. */
  get #layers(): LayerTree | null {
    const { current } = this.#profiles;
    if (!current || current.live) return null;
    const order = this.#order;
    if (this.#tree?.profile !== current || this.#tree.order !== order)
      this.#tree = { profile: current, order, tree: new LayerTree(current.trace, order) };
    return this.#tree.tree;
  }

  #follow(): void {
    this.#watch?.dispose();
    this.#watch =
      this.#profiles.current?.onDidSelect(({ by }) => {
        if (by !== this) this.#reveal();
      }) ?? null;
    this.#refresh();
  }

  #refresh(): void {
    this.#view.description = this.#profiles.current?.title ?? '';
    this.#changed.fire();
  }

  #reveal(): void {
    const profile = this.#profiles.current;
    const id = profile && layerOf(profile.trace, profile.selection);
    const layer = id === null || id === undefined ? null : this.#layers?.find(id);
    if (layer && this.#view.visible)
      void this.#view.reveal(layer, { select: true, focus: false }).then(undefined, () => undefined);
  }
}

function tooltip({ path, type, detail, total, source }: LayerCost): string {
  const phases = [
    [t('forward'), total.forwardNs],
    [t('backward'), total.backwardNs],
    [t('optimizer'), total.optimizerNs],
  ] as const;
  return [
    `${path} · ${type}${detail ? ` (${detail})` : ''}`,
    phases
      .filter(([, ns]) => ns > 0)
      .map(([name, ns]) => `${name} ${formatNs(ns)}`)
      .join(', '),
    source ? `${vscode.workspace.asRelativePath(source.file)}:${source.line}` : '',
  ]
    .filter(Boolean)
    .join('\n');
}

function icons(share: number): { light: vscode.Uri; dark: vscode.Uri } {
  const icon = (color: string): vscode.Uri =>
    vscode.Uri.parse(
      `data:image/svg+xml;base64,${Buffer.from(shareIcon(share, color)).toString('base64')}`,
      true,
    );
  return { light: icon(CHART_COLORS.light.forward), dark: icon(CHART_COLORS.dark.forward) };
}
