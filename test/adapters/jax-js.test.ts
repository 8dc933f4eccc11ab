import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { withNames } from '../../src/adapters/jax-js-text.ts';
import { JaxNames } from '../../src/adapters/jax-js.ts';
import type { AnnotationListener } from '../../src/probe/annotate.ts';
import { annotations } from '../../src/probe/annotate.ts';

/** What the next dispatch would be recorded as. */
const noted = (): readonly unknown[] => [
  annotations.op,
  annotations.phase,
  annotations.layer?.path ?? null,
  annotations.place?.line ?? null,
];

/** Asks for each operation from the next line of a script of one's own. */
function lookingAt(lines: readonly number[]): AnnotationListener {
  let next = 0;
  const here = () => ({ file: '/script.ts', line: lines[next++] ?? -1, column: 1 });
  return { here } as Partial<AnnotationListener> as AnnotationListener;
}

describe('what jax-js dispatches', () => {
  beforeEach(() => (annotations.listener = null));
  afterEach(() => (annotations.listener = null));

  it('an operation computed at once is named by itself and the line that asked for it', () => {
    annotations.listener = lookingAt([7]);
    const names = new JaxNames();
    const [kernel, execution] = [{}, {}];
    names.bind('exp', {}, () => names.pending(execution, kernel));
    assert.deepEqual(names.dispatch(execution, noted), ['exp', 'other', null, 7]);
    assert.deepEqual(noted(), [null, 'other', null, null]);
  });

  it('a kernel of a jitted function keeps the line on which its operation was traced, however late it runs', () => {
    annotations.listener = lookingAt([3, 9]);
    const names = new JaxNames();
    const [params, kernel, execution] = [{}, {}, {}];
    names.forward(() => names.bind('mul', params, () => undefined));
    names.bind('jit', { name: 'trainStep' }, () => {
      names.kernel(kernel, { primitive: 'mul', params });
      names.pending(execution, kernel);
    });
    assert.deepEqual(names.dispatch(execution, noted), ['mul', 'forward', 'trainStep', 3]);
  });

  it('a gradient belongs to the line of the operation it is the gradient of', () => {
    annotations.listener = lookingAt([5, 30]);
    const names = new JaxNames();
    const [forward, gradient, kernel, execution] = [{}, {}, {}, {}];
    names.forward(() => names.bind('dot', forward, () => undefined));
    names.backward(forward, () => names.bind('transpose', gradient, () => undefined));
    names.bind('jit', { name: 'step' }, () => {
      names.kernel(kernel, { primitive: 'transpose', params: gradient });
      names.pending(execution, kernel);
    });
    assert.deepEqual(names.dispatch(execution, noted), ['transpose', 'backward', 'step', 5]);
  });

  it('a reduction with another operation fused into its end is named by both, and placed at the reduction', () => {
    annotations.listener = lookingAt([4, 5, 6]);
    const names = new JaxNames();
    const [dot, add, reduction, epilogue, kernel, execution] = [{}, {}, {}, {}, {}, {}];
    names.bind('dot', dot, () => undefined);
    names.bind('add', add, () => undefined);
    names.bind('jit', { name: 'f' }, () => {
      names.reduces(reduction, { primitive: 'dot', params: dot });
      names.fused(epilogue, reduction);
      names.kernel(kernel, { primitive: 'add', params: add }, epilogue);
      names.pending(execution, kernel);
    });
    assert.deepEqual(names.dispatch(execution, noted), ['dot+add', 'other', 'f', 4]);
  });
});

it('a version of jax-js that reads otherwise is left as it is', () => {
  assert.equal(withNames('function bind(primitive, inputs) {}\n'), null);
});
