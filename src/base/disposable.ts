/** Something with a lifetime. `dispose` may be called more than once; later calls do nothing. */
export interface Disposable {
  dispose(): void;
}

/** Disposes what was added, newest first. What is added after disposal is disposed at once. */
export class DisposableStack implements Disposable {
  #items: Disposable[] | null = [];

  add<T extends Disposable>(item: T): T {
    if (this.#items) this.#items.push(item);
    else item.dispose();
    return item;
  }

  defer(run: () => void): void {
    this.add({ dispose: run });
  }

  dispose(): void {
    const items = this.#items;
    this.#items = null;
    for (const item of items?.reverse() ?? []) item.dispose();
  }
}
