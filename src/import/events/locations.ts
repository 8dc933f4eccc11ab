/** Places in the user's source, from the frames PyTorch writes: `train.py(54): main`. */
import type { TraceBuilder } from '../../trace/builder.ts';

const FRAME = /^(.*\.pyx?)\((\d+)\)(?:: .*)?$/;
/** Frames lose the part of their path that is on sys.path, so libraries are known by their top folder too. */
const NOT_THE_USERS =
  /(site|dist)-packages\/|\/lib\/python[\d.]*\/|^<|^(torch|torchvision|functorch|torch_xla|triton|transformers|accelerate|lightning|pytorch_lightning|deepspeed|numpy|multiprocessing|concurrent|asyncio|importlib|logging|unittest)\/|^(threading|runpy|contextlib|functools|queue|socket|selectors|subprocess|typing|abc|copy|_collections_abc|weakref)\.py$/;

export class Locations {
  readonly #builder: TraceBuilder;
  readonly #ids = new Map<string, number>();

  constructor(builder: TraceBuilder) {
    this.#builder = builder;
  }

  /** The id of a frame's place; -1 when the frame is a library's or none at all. */
  ofFrame(frame: string): number {
    const known = this.#ids.get(frame);
    if (known !== undefined) return known;
    const match = FRAME.exec(frame.trim());
    const [, file = '', line = ''] = match ?? [];
    const id = !match || NOT_THE_USERS.test(file) ? -1 : this.#place(file, Number(line));
    this.#ids.set(frame, id);
    return id;
  }

  /** The id of the innermost frame of the user's in a stack written `inner;outer`. */
  ofStack(stack: string): number {
    const known = this.#ids.get(stack);
    if (known !== undefined) return known;
    let id = -1;
    for (const frame of stack.split(/;|\n/)) {
      id = this.ofFrame(frame);
      if (id >= 0) break;
    }
    this.#ids.set(stack, id);
    return id;
  }

  #place(file: string, line: number): number {
    const key = `${file}\u0000${line}`;
    let id = this.#ids.get(key);
    if (id === undefined)
      this.#ids.set(key, (id = this.#builder.add('locations', { file, line, column: 1 })));
    return id;
  }
}
