/** Initial values of parameters, by PyTorch's formulas. */
import type { Dtype } from '../gpu/array.ts';
import { countOf } from '../tensor/creation.ts';
import { theEngine } from '../tensor/engine.ts';
import { normalValues, uniformValues } from '../tensor/random.ts';
import { Tensor } from '../tensor/tensor.ts';
import { Value } from '../tensor/value.ts';
import { Parameter } from './parameter.ts';

type Shape = readonly number[];

/** A parameter with the given values. */
export function parameterOf(values: Float32Array, shape: Shape, dtype: Dtype = 'f32'): Parameter {
  const data = new Tensor(new Value(theEngine().upload(values, shape, dtype, 'parameter')));
  const parameter = new Parameter(data);
  data.dispose();
  return parameter;
}

/** Uniform in [low, high). */
export const uniformParameter = (shape: Shape, low: number, high: number): Parameter =>
  parameterOf(uniformValues(countOf(shape), low, high), shape);

/** Normal with the given mean and deviation. */
export const normalParameter = (shape: Shape, mean = 0, deviation = 1): Parameter =>
  parameterOf(normalValues(countOf(shape), mean, deviation), shape);

/** The same number everywhere. */
export const constantParameter = (shape: Shape, value: number): Parameter =>
  parameterOf(new Float32Array(countOf(shape)).fill(value), shape);

/**
 * What PyTorch's Linear and convolutions start with: uniform in +-1/sqrt(fanIn), for weight and bias alike
 * (`kaiming_uniform_` with a = sqrt(5): bound = sqrt(6 / (1 + a^2) / fanIn)).
 */
export const fanInParameter = (shape: Shape, fanIn: number): Parameter => {
  const bound = fanIn > 0 ? 1 / Math.sqrt(fanIn) : 0;
  return uniformParameter(shape, -bound, bound);
};

/** Xavier's: uniform in +-sqrt(6 / (fanIn + fanOut)). */
export const xavierUniformParameter = (shape: Shape, fanIn: number, fanOut: number): Parameter => {
  const bound = Math.sqrt(6 / (fanIn + fanOut));
  return uniformParameter(shape, -bound, bound);
};
