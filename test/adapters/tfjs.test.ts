import assert from 'node:assert/strict';
import { afterEach, it } from 'node:test';
import { TFJS_ENTRY, nameTensorFlow } from '../../src/adapters/tfjs.ts';
import type { AnnotationListener, StepNote } from '../../src/probe/annotate.ts';
import { annotations } from '../../src/probe/annotate.ts';

/** As much of TensorFlow.js as the names hang on, with a note of what each of its "dispatches" was told to be. */
function smallTensorFlow() {
  const dispatched: (readonly unknown[])[] = [];
  const dispatch = (): void => {
    dispatched.push([annotations.op, annotations.phase, annotations.layer?.path ?? null]);
  };
  interface Node {
    gradient?: (dys: unknown) => Record<string, () => unknown>;
  }
  const engine = {
    state: { activeTape: [] as Node[] },
    tidy: (_name: unknown, body: () => unknown) => body(),
    runKernelFunc({ kernelName }: { readonly kernelName: string }) {
      dispatch();
      engine.addTapeNode(kernelName);
    },
    addTapeNode(kernelName: string) {
      const gradient = () => ({ x: () => engine.runKernelFunc({ kernelName: `${kernelName}Grad` }) });
      engine.state.activeTape.push({ gradient });
    },
    gradients(loss: () => unknown) {
      engine.state.activeTape = [];
      engine.tidy('forward', loss);
      const tape = engine.state.activeTape.splice(0);
      engine.tidy('backward', () => {
        for (const node of tape) for (const compute of Object.values(node.gradient?.(1) ?? {})) compute();
      });
    },
  };
  class Optimizer {
    minimize(loss: () => unknown): void {
      (engine.gradients as (...args: unknown[]) => void)(loss, [], null, true);
      this.applyGradients();
    }
    applyGradients(): void {}
  }
  class Sgd extends Optimizer {
    override applyGradients(): void {
      engine.runKernelFunc({ kernelName: 'Sub' });
    }
  }
  class Layer {
    readonly name = 'hidden';
    declare _callHook: unknown;
    constructor() {
      this._callHook = null;
    }
    getClassName = (): string => 'Dense';
    apply(_input: unknown): void {
      engine.runKernelFunc({ kernelName: 'MatMul' });
    }
  }
  return { exports: { engine: () => engine, Optimizer, Sgd, layers: { Layer } }, dispatched, Layer, Sgd };
}

afterEach(() => (annotations.listener = null));

it("TensorFlow.js's dispatches are told their operation, phase and layer, gradients those of their operation", () => {
  const { exports, dispatched, Layer, Sgd } = smallTensorFlow();
  const steps: [string, StepNote][] = [];
  const nothing = (): void => {};
  annotations.listener = {
    step: (event, note) => void steps.push([event, note]),
    phase: nothing,
    layer: nothing,
    here: () => null,
  } as Partial<AnnotationListener> as AnnotationListener;
  nameTensorFlow(exports);
  nameTensorFlow(exports);
  const layer = new Layer();
  assert.equal(layer._callHook, null);
  new Sgd().minimize(() => layer.apply({ dataId: {}, shape: [32, 8] }));
  assert.deepEqual(dispatched, [
    ['MatMul', 'forward', 'hidden'],
    ['MatMulGrad', 'backward', 'hidden'],
    ['Sub', 'optimizer', null],
  ]);
  assert.deepEqual(steps, [
    ['begin', { index: 0 }],
    ['end', { index: 0, samples: 32 }],
  ]);
  assert.equal(annotations.op, null);
  assert.equal(annotations.phase, 'other');
});

it('the entry files of its packages are known', () => {
  assert.ok(TFJS_ENTRY.test('/w/node_modules/@tensorflow/tfjs-core/dist/tf-core.node.js'));
  assert.ok(TFJS_ENTRY.test('C:\\w\\node_modules\\@tensorflow\\tfjs-layers\\dist\\tf-layers.node.js'));
  assert.ok(!TFJS_ENTRY.test('/w/node_modules/@tensorflow/tfjs-data/dist/other.js'));
});
