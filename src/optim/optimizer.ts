/** The base of every optimizer: parameter groups, the step, the state. */
import { formatValue } from '../base/format.ts';
import { annotations, inLayer, inPhase, type AnnotationListener } from '../probe/annotate.ts';
import { ModuleNote } from '../nn/layer-note.ts';
import { Parameter } from '../nn/parameter.ts';
import type { StateDict, StateEntry } from '../nn/state.ts';
import { theEngine } from '../tensor/engine.ts';
import { tensorError } from '../tensor/errors.ts';
import { noGrad } from '../tensor/grad-mode.ts';
import { endStep, expectSteps } from '../tensor/steps.ts';
import { settleAll } from '../tensor/unfinished.ts';
import { GradientPairs } from './gradient-pairs.ts';
import { arenasOf, type Span, type SpanArena } from './span.ts';

/** What every optimizer has: a learning rate that schedules change. */
export interface BaseOptions {
  /** Learning rate. */
  lr: number;
}

/** Parameters with options of their own. */
export type GroupOptions<Options> = Partial<Options> & { readonly params: Iterable<Parameter> };

/** A group as the optimizer holds it; its options may be changed between steps. */
export type ParamGroup<Options> = Options & { readonly params: readonly Parameter[]; initialLr?: number };

/** What an optimizer is given: parameters, or groups of them with their own options. */
export type Params<Options> = Iterable<Parameter> | Iterable<GroupOptions<Options>>;

/** Updates parameters from their gradients, all parameters of a group in one dispatch. */
export abstract class Optimizer<Options extends BaseOptions> {
  /** The groups and their options; a schedule changes `lr` here. */
  readonly paramGroups: ParamGroup<Options>[] = [];
  readonly #note = new ModuleNote(this.constructor.name, () => '');
  readonly #defaults: Options;
  readonly #stateNames: readonly string[];
  readonly #arenas: SpanArena[][] = [];
  readonly #pairs = new GradientPairs();
  #attributedFor: AnnotationListener | null = null;

  /**
   * @param params Parameters (`model.parameters()`), or groups of them with options that differ.
   * @param defaults Options of groups that say nothing else.
   * @param stateNames What the optimizer remembers of each parameter.
   */
  protected constructor(params: Params<Options>, defaults: Options, stateNames: readonly string[]) {
    this.#note.path = this.constructor.name;
    this.#defaults = defaults;
    this.#stateNames = stateNames;
    if (typeof (params as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] !== 'function')
      throw tensorError('an optimizer takes parameters, as model.parameters(), or groups of them');
    const list = [...params];
    if (list.length === 0) throw tensorError('the optimizer got no parameters');
    if (list.every((item) => item instanceof Parameter))
      this.addParamGroup({ params: list } as unknown as GroupOptions<Options>);
    else for (const group of list) this.addParamGroup(group as GroupOptions<Options>);
    expectSteps(this);
  }

  /** Adds parameters with options of their own. */
  addParamGroup(group: GroupOptions<Options>): void {
    const params = [...((group as Partial<typeof group> | null)?.params ?? [null])] as Parameter[];
    if (!params.every((parameter) => parameter instanceof Parameter))
      throw tensorError(
        'an optimizer takes parameters (nn.Parameter, as model.parameters() gives them), or groups of them as { params, lr }; other tensors are made parameters by new nn.Parameter(x)',
      );
    const known = new Set(this.paramGroups.flatMap(({ params: other }) => other));
    if (params.some((parameter) => known.has(parameter)))
      throw tensorError('a parameter is in two groups of an optimizer');
    const options: ParamGroup<Options> = { ...this.#defaults, ...group, params };
    refuseUnfit(options);
    this.paramGroups.push(options);
    this.#arenas.push(arenasOf(params, this.#stateNames.length));
  }

  /** Forgets the gradients of all parameters, so that the next backward pass starts anew. */
  zeroGrad(): void {
    for (const { params } of this.paramGroups) for (const { value } of params) value.dropGrad();
  }

  /** Updates every parameter that has a gradient. Ends the training step; of several optimizers in turn, the last one does. */
  step(): void {
    settleAll();
    inPhase('optimizer', () =>
      inLayer(this.#note, () =>
        noGrad(() => {
          if (
            annotations.study === 'gradient-noise' &&
            this.#pairs.isFirst(this.paramGroups.flatMap((g) => g.params))
          )
            return;
          const work = this.paramGroups.flatMap((group, i) =>
            (this.#arenas[i] ?? []).flatMap((arena) => arena.spans().map((span) => ({ span, group }))),
          );
          if (work.length === 0)
            throw tensorError(
              'optimizer.step() found no gradient: call loss.backward() before it, on a loss made from these parameters',
            );
          for (const { span, group } of work) this.update(span, group);
        }),
      ),
    );
    if (annotations.listener !== this.#attributedFor) this.#attribute();
    endStep(this);
    theEngine().flush();
  }

  /** Once a profiler listens and the layers have their places, which is so after a first step. */
  #attribute(): void {
    this.#attributedFor = annotations.listener;
    for (const arena of this.#arenas.flat()) arena.attribute();
  }

  /** Launches the update of one span. */
  protected abstract update(span: Span, group: ParamGroup<Options>): void;

  /** State by parameter and name, such as `0.momentum`, and the number of updates as `0.step`; for saving. */
  async stateDict(): Promise<StateDict> {
    const entries: [string, StateEntry][] = [];
    for (const [at, { parameter, states, step }] of this.#states().entries()) {
      entries.push([`${at}.step`, { shape: [], data: Int32Array.of(step) }]);
      const values = await theEngine().readAll(states);
      this.#stateNames.forEach((name, i) =>
        entries.push([`${at}.${name}`, { shape: parameter.shape, data: values[i] as Float32Array }]),
      );
    }
    return Object.fromEntries(entries);
  }

  /** Sets what `stateDict` gave. @throws TensorError naming what is missing or of another size. */
  loadStateDict(state: StateDict): void {
    for (const [at, { parameter, states, arena }] of this.#states().entries()) {
      const read = (name: string, size: number): StateEntry['data'] => {
        const entry = state[`${at}.${name}`];
        if (entry?.data.length !== size)
          throw tensorError(
            `the optimizer state has no fitting ${at}.${name} for a parameter of shape [${parameter.shape.join(', ')}]`,
          );
        return entry.data;
      };
      arena.setStep(parameter, read('step', 1)[0] as number);
      this.#stateNames.forEach((name, i) => {
        const target = states[i];
        if (target) theEngine().write(target, read(name, parameter.numel()));
      });
    }
  }

  #states() {
    return this.paramGroups.flatMap(({ params }, group) =>
      params.flatMap((parameter) =>
        (this.#arenas[group] ?? []).flatMap((arena) => {
          const found = arena.stateOf(parameter);
          return found ? [{ parameter, arena, ...found }] : [];
        }),
      ),
    );
  }
}

/** What must be a number of at least 0. */
const SIZES = {
  lr: 'the learning rate',
  weightDecay: 'weightDecay',
  momentum: 'momentum',
  eps: 'eps',
  lrDecay: 'lrDecay',
};
/** Shares of what was remembered: at 1 and above nothing is ever forgotten. */
const SHARES = ['alpha', 'rho'];

function refuseUnfit(options: object): void {
  const given = options as Readonly<Record<string, unknown>>;
  for (const [name, text] of Object.entries(SIZES))
    if (name in given && !(typeof given[name] === 'number' && given[name] >= 0))
      throw tensorError(`${text} must be a number of at least 0, not ${formatValue(given[name])}`);
  const shares = [
    ...SHARES.filter((name) => name in given).map((name) => [name, given[name]]),
    ...betasOf(given),
  ];
  for (const [name, value] of shares)
    if (!(typeof value === 'number' && value >= 0 && value <= 1))
      throw tensorError(`${String(name)} must be a number between 0 and 1, not ${formatValue(value)}`);
}

const betasOf = ({ betas }: Readonly<Record<string, unknown>>): [string, unknown][] =>
  Array.isArray(betas) ? betas.map((beta: unknown, i) => [`betas[${i}]`, beta]) : [];
