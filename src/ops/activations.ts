/** Activations that a product can apply as it stores its result. */
import { UNARY_KINDS, type UnaryName } from './unary-kinds.ts';

export const ACTIVATIONS = ['relu', 'gelu', 'geluTanh', 'sigmoid', 'tanh', 'silu'] as const;
export type Activation = 'none' | (typeof ACTIVATIONS)[number];

/**
 * What becomes of a product before it is stored: `fn finish` and `fn finish4` add the bias and apply the activation;
 * `fn finish_with` and `finish4_with` do so with a bias read before by `fn bias_at` or `bias_at4`. Expects `bias` where `hasBias`.
 */
export function finishFunctions(activation: Activation, hasBias: boolean, vectorBias: boolean): string[] {
  const one = vectorBias ? 'f32(bias[column / 4u][column % 4u])' : 'f32(bias[column])';
  const four = vectorBias ? 'vec4f(bias[column / 4u])' : 'vec4f(f32(bias[column]))';
  const lines: string[] = [];
  if (activation === 'none') lines.push('fn activate(x: vec4f) -> vec4f { return x; }');
  else {
    const { value, helpers }: { value: string; helpers?: string } =
      UNARY_KINDS[activation satisfies UnaryName];
    if (helpers) lines.push(helpers);
    lines.push(`fn activate(x: vec4f) -> vec4f { return ${value}; }`);
  }
  lines.push(
    `fn bias_at(column: u32) -> f32 { return ${hasBias ? one : '0.0'}; }`,
    `fn bias_at4(column: u32) -> vec4f { return ${hasBias ? four : 'vec4f()'}; }`,
    'fn finish_with(sum: f32, shift: f32) -> f32 { return activate(vec4f(sum + shift)).x; }',
    'fn finish4_with(sum: vec4f, shift: vec4f) -> vec4f { return activate(sum + shift); }',
    'fn finish(sum: f32, column: u32) -> f32 { return finish_with(sum, bias_at(column)); }',
    'fn finish4(sum: vec4f, column: u32) -> vec4f { return finish4_with(sum, bias_at4(column)); }',
  );
  return lines;
}
