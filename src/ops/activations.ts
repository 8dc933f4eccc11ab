/** Activations that a product can apply as it stores its result. */
import { UNARY_KINDS, type UnaryName } from './unary-kinds.ts';

export type Activation = 'none' | 'relu' | 'gelu' | 'geluTanh' | 'sigmoid' | 'tanh' | 'silu';

/** `fn finish` and `fn finish4` of a product: bias added, activation applied. Expects `bias` where `hasBias`. */
export function finishFunctions(activation: Activation, hasBias: boolean, vectorBias: boolean): string[] {
  const bias = hasBias ? (vectorBias ? 'vec4f(bias[column / 4u])' : 'vec4f(f32(bias[column]))') : 'vec4f()';
  const lines: string[] = [];
  if (activation === 'none') lines.push('fn activate(x: vec4f) -> vec4f { return x; }');
  else {
    const { value, helpers }: { value: string; helpers?: string } =
      UNARY_KINDS[activation satisfies UnaryName];
    if (helpers) lines.push(helpers);
    lines.push(`fn activate(x: vec4f) -> vec4f { return ${value}; }`);
  }
  lines.push(
    vectorBias && hasBias
      ? 'fn finish(sum: f32, column: u32) -> f32 { return activate(vec4f(sum + f32(bias[column / 4u][column % 4u]))).x; }'
      : `fn finish(sum: f32, column: u32) -> f32 { return activate(vec4f(sum) + ${bias}).x; }`,
    `fn finish4(sum: vec4f, column: u32) -> vec4f { return activate(sum + ${bias}); }`,
  );
  return lines;
}
