/** What the profiler knows a module by: its type, where it was constructed, and its place in the model. */
import type { LayerNote } from '../probe/annotate.ts';
import { deepStack } from '../tensor/user-line.ts';

export class ModuleNote implements LayerNote {
  readonly type: string;
  readonly stack: string;
  /** Empty until the module's place is known, which is before its first forward pass. */
  path = '';
  parent: LayerNote | null = null;
  readonly #detail: () => string;

  constructor(type: string, detail: () => string) {
    this.type = type;
    this.#detail = detail;
    this.stack = deepStack();
  }

  /** The layer's sizes, as in `Linear(784, 512)`. */
  get detail(): string {
    return this.#detail();
  }
}

const rootNames = new Map<string, number>();

/** The path of a module that is nobody's child: its type, numbered from the second one on. */
export function rootPath(type: string): string {
  const count = (rootNames.get(type) ?? 0) + 1;
  rootNames.set(type, count);
  return count === 1 ? type : `${type}#${count}`;
}
