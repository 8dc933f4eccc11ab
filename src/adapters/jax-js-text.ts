/** The calls that are put into the text of jax-js, so that jax-js.ts learns what each kernel was made for. */

export const JAX_ENTRY = /@jax-js\/jax\/dist\/index\.js$/;
export const JAX_KEY = 'kernelscope.jax-js';

/** What stands in the library, and what stands there instead; line numbers stay. */
const CHANGES: readonly (readonly [string, string])[] = [
  [
    'function bind(prim, args, params = {}) {\n',
    'function bind(prim, args, params = {}) { return __names.bind(prim, params, () => __bind(prim, args, params)); } function __bind(prim, args, params) {\n',
  ],
  ['function jit$1(f, opts) {\n', 'function jit$1(f, opts) { __names.defined(f.name || "closure");\n'],
  [
    'const [y, fVjp, aux] = vjp$1(f, x, { hasAux });\n',
    'const [y, fVjp, aux] = __names.forward(() => vjp$1(f, x, { hasAux }));\n',
  ],
  [
    'const cotangentsIn = rule(cotangentsOut, primalsIn, eqn.params);\n',
    'const cotangentsIn = __names.backward(eqn.params, () => rule(cotangentsOut, primalsIn, eqn.params));\n',
  ],
  [
    'reduction = ruleOutput.reduction;\n',
    'reduction = ruleOutput.reduction; __names.reduces(reduction, eqn);\n',
  ],
  [
    'reduction = new Reduction(jv.reduction.dtype, jv.reduction.op, jv.reduction.size, newEpilogue);\n',
    'reduction = new Reduction(jv.reduction.dtype, jv.reduction.op, jv.reduction.size, newEpilogue); __names.fused(reduction, jv.reduction);\n',
  ],
  [
    'const kernel = new Kernel(nargs, size, exp[i], reduction);\n',
    'const kernel = new Kernel(nargs, size, exp[i], reduction); __names.kernel(kernel, eqn, reduction);\n',
  ],
  [
    'builder.pushRoutine(routine, inputs, outputs);\n\t\t\tcontinue;\n',
    'builder.pushRoutine(routine, inputs, outputs); __names.kernel(routine, eqn);\n\t\t\tcontinue;\n',
  ],
  [
    '\t\tthis.outputs = outputs;\n\t\tfor (const slot of inputs) this.backend.incRef(slot);\n',
    '\t\tthis.outputs = outputs; __names.pending(this, source);\n\t\tfor (const slot of inputs) this.backend.incRef(slot);\n',
  ],
  [
    'this.backend.dispatch(this.prepared, this.inputs, this.outputs);\n',
    '__names.dispatch(this, () => this.backend.dispatch(this.prepared, this.inputs, this.outputs));\n',
  ],
];

/** The text with the calls in it; null when this version of the library reads otherwise, and stays without names. */
export function withNames(text: string): string | null {
  let named = text;
  for (const [before, after] of CHANGES) {
    if (named.split(before).length !== 2) return null;
    named = named.replace(before, () => after);
  }
  return `const __names = globalThis[Symbol.for(${JSON.stringify(JAX_KEY)})]; ${named}`;
}
