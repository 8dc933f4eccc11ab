/** The built-in values that a compute kernel starts from, lane by lane of its first wave. */
import type { Lanes } from './lanes.ts';
import { add, constant, multiply, perLane, symbol } from './lanes.ts';
import type { Value } from './scope.ts';

const AXES = ['x', 'y', 'z'] as const;

/** `workgroupSize`: lanes run along x first, then y, then z. Which workgroup it is stays unknown. */
export function builtinInput(
  lanes: number,
  workgroupSize: readonly [number, number, number],
  name: string,
): Value {
  const own = Float64Array.from({ length: lanes }, (_, lane) => lane);
  const local = (axis: number): Lanes => {
    const below = workgroupSize.slice(0, axis).reduce((a, b) => a * b, 1);
    return perLane(own.map((lane) => Math.floor(lane / below) % (workgroupSize[axis] as number)));
  };
  const unknown = (what: string, axis: number): Lanes => symbol(lanes, `${what}.${AXES[axis]}`);
  const vector = (part: (axis: number) => Lanes): Value => ({ parts: AXES.map((_, axis) => part(axis)) });
  switch (name) {
    case 'local_invocation_id':
      return vector(local);
    case 'local_invocation_index':
    case 'subgroup_invocation_id':
      return perLane(own);
    case 'global_invocation_id':
      return vector((axis) =>
        add(
          multiply(unknown('workgroup', axis), constant(lanes, workgroupSize[axis] as number)),
          local(axis),
        ),
      );
    case 'workgroup_id':
      return vector((axis) => unknown('workgroup', axis));
    case 'num_workgroups':
      return vector((axis) => unknown('workgroups', axis));
    case 'subgroup_size':
    case 'subgroup_id':
      return symbol(lanes, name);
    default:
      return null;
  }
}
