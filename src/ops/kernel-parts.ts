/** Pieces that many kernel definitions share. */
import type { Dtype } from '../gpu/array.ts';
import type { DeviceFacts } from '../gpu/facts.ts';
import type { KernelDef } from '../gpu/kernel.ts';
import { ceilDiv, foldGrid, makeLaunch, type Launch, type LaunchPlan } from '../gpu/launch.ts';
import eachSource from '../../kernels/each.wgsl';

/** Storage types of an element and of four of them; kernels compute in f32 whatever is stored. */
export function elementTypes(dtype: Dtype): Pick<KernelDef, 'aliases' | 'enables'> {
  if (dtype === 'f16') return { enables: ['f16'], aliases: { Element: 'f16', Element4: 'vec4<f16>' } };
  if (dtype === 'f32') return { enables: [], aliases: { Element: 'f32', Element4: 'vec4f' } };
  throw new RangeError(`${dtype} values cannot be computed with; cast them to f32 first`);
}

/** The storage type of an element that is moved and not computed with: also i32 and u32. */
export function storedType(dtype: Dtype): Pick<KernelDef, 'aliases' | 'enables'> {
  if (dtype === 'u8') throw new RangeError('u8 values are converted to f32 before they are moved');
  return { enables: dtype === 'f16' ? ['f16'] : [], aliases: { Element: dtype } };
}

/** Invocations of a workgroup of element-wise kernels (fastest from 64 to 256 on the software adapter). */
export const ELEMENTWISE_GROUP = 64;

/** Places of one invocation on a software adapter: what a workgroup costs there is shared by more. */
export const PLACES_ON_SOFTWARE = 4;

/**
 * A launch of a kernel that defines `each(i)`, for `places` values of i (and some behind them). Kernels that go through many
 * arrays at once, or read many uniforms, are faster with one place an invocation everywhere.
 */
export function launchByPlaces(
  facts: DeviceFacts,
  places: number,
  { kernel, ...plan }: Omit<LaunchPlan, 'workgroups'>,
  each = facts.software ? PLACES_ON_SOFTWARE : 1,
): Launch {
  return makeLaunch({
    ...plan,
    kernel: {
      ...kernel,
      constants: { ...kernel.constants, EACH: each },
      functions: [...(kernel.functions ?? []), eachSource],
    },
    workgroups: foldGrid(facts, ceilDiv(places, each * ELEMENTWISE_GROUP)),
  });
}
