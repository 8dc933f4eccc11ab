import type { DeviceArray, Dtype } from '../gpu/array.ts';
import type { DeviceFacts } from '../gpu/facts.ts';
import { ceilDiv, type Launch } from '../gpu/launch.ts';
import source from '../../kernels/select.wgsl';
import { repeatTo } from './expand.ts';
import { elementTypes, launchByPlaces } from './kernel-parts.ts';
import type { Op, OpContext } from './op.ts';
import { sumTo } from './reduce.ts';
import { broadcastShapes, count, input, sameShape, shapeError, type Shape } from './shape.ts';

export function planSelect(facts: DeviceFacts, dtype: Dtype, elements: number): Launch {
  return launchByPlaces(facts, ceilDiv(elements, 4), {
    kernel: {
      op: 'where',
      variant: 'vec4',
      dtype,
      family: 'element-wise',
      file: 'kernels/select.wgsl',
      source,
      ...elementTypes(dtype),
      bindings: ['in', 'in', 'in', 'out', 'params'],
    },
    params: [elements],
    flops: elements,
    bytesMoved: 4 * elements * (dtype === 'f16' ? 2 : 4),
  });
}

/** x itself or repeated to the shape; to be released. */
function grown(context: OpContext, x: DeviceArray, shape: Shape): DeviceArray {
  if (sameShape(x.shape, shape)) return context.view(x, shape);
  const y = context.empty(shape, x.dtype, 'workspace');
  repeatTo(context, x, y);
  return y;
}

function choose(
  context: OpContext,
  condition: DeviceArray,
  a: DeviceArray,
  b: DeviceArray,
  shape: Shape,
): DeviceArray {
  const all = [condition, a, b].map((array) => grown(context, array, shape));
  const y = context.empty(shape, a.dtype);
  context.launch(context.plan(planSelect, a.dtype, count(shape)), [...all, y]);
  for (const array of all) array.release();
  return y;
}

/** a where the condition is not 0, else b, by NumPy's broadcasting. Inputs: condition, a, b, of one type. */
export const where: Op<object> = {
  name: 'where',
  forward(context, inputs) {
    const [condition, a, b] = [0, 1, 2].map((i) => input(inputs, i, 'where')) as [
      DeviceArray,
      DeviceArray,
      DeviceArray,
    ];
    if (condition.dtype !== a.dtype || a.dtype !== b.dtype)
      throw shapeError(
        'where',
        `${condition.dtype}, ${a.dtype} and ${b.dtype} tensors; cast them to one type`,
      );
    const shape = broadcastShapes('where', broadcastShapes('where', condition.shape, a.shape), b.shape);
    return { outputs: [choose(context, condition, a, b, shape)], saved: [condition, a, b] };
  },
  backward(context, [g], saved, _attributes, needs) {
    const [condition, a, b] = saved as [DeviceArray, DeviceArray, DeviceArray];
    if (!g) return [null, null, null];
    const zero = context.zeros([1], g.dtype, 'workspace');
    const side = (index: number, own: DeviceArray, yes: DeviceArray, no: DeviceArray): DeviceArray | null => {
      if (!needs[index]) return null;
      const whole = choose(context, condition, yes, no, g.shape);
      const gradient = sumTo(context, whole, own.shape, () => context.gradient(index, own.shape, own.dtype));
      whole.release();
      return gradient;
    };
    const result = [null, side(1, a, g, zero), side(2, b, zero, g)];
    zero.release();
    return result;
  },
};
