/**
 * Kernels that work on rows ([rows, columns], columns innermost). On a software adapter one invocation takes a row, for
 * barriers are dear there; on a GPU a workgroup does. The same WGSL serves both: it loops `for (c = lane; c < columns; c +=
 * LANES)` and asks `row_sum` and `row_max` for what the row's lanes found together. `Value` is four columns where they
 * divide evenly, else one.
 */
import type { Dtype } from '../gpu/array.ts';
import type { DeviceFacts } from '../gpu/facts.ts';
import type { KernelDef } from '../gpu/kernel.ts';
import { ceilDiv, foldGrid, type Workgroups } from '../gpu/launch.ts';
import groupSource from '../../kernels/row-group.wgsl';
import singleSource from '../../kernels/row-single.wgsl';
import { elementTypes } from './kernel-parts.ts';

export interface RowForm {
  readonly variant: string;
  readonly wide: boolean;
  /** Columns in Values. */
  readonly columns: number;
  readonly kernel: Required<Pick<KernelDef, 'enables' | 'aliases' | 'constants' | 'functions'>>;
  readonly workgroups: Workgroups;
}

/** Narrower rows than this are taken by one invocation everywhere. */
const NARROW = 32;

const WIDE_FUNCTIONS = `fn across_sum(v: Value) -> f32 { return v.x + v.y + v.z + v.w; }
fn across_max(v: Value) -> f32 { return max(max(v.x, v.y), max(v.z, v.w)); }`;
const SCALAR_FUNCTIONS = `fn across_sum(v: Value) -> f32 { return v; }
fn across_max(v: Value) -> f32 { return v; }`;

export function rowForm(facts: DeviceFacts, dtype: Dtype, rows: number, columns: number): RowForm {
  const wide = columns % 4 === 0;
  const single = facts.software || columns < NARROW;
  const group = single ? (facts.software ? 8 : 64) : 64;
  const types = elementTypes(dtype);
  return {
    variant: `${single ? 'row' : 'group'}${wide ? '-vec4' : ''}`,
    wide,
    columns: wide ? columns / 4 : columns,
    kernel: {
      enables: types.enables ?? [],
      aliases: { ...types.aliases, Value: wide ? 'vec4f' : 'f32', Stored: wide ? 'Element4' : 'Element' },
      constants: { GROUP: group, LANES: single ? 1 : group },
      functions: [single ? singleSource : groupSource, wide ? WIDE_FUNCTIONS : SCALAR_FUNCTIONS],
    },
    workgroups: foldGrid(facts, single ? ceilDiv(rows, group) : rows),
  };
}
