/** Recognizes a script that trains on a GPU by what it imports. Pure, and cheap enough for every keystroke. */

const PACKAGES = [
  'kernelscope',
  'webgpu',
  '@tensorflow/tfjs',
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-backend-webgpu',
  '@jax-js/jax',
  '@jax-js/optax',
] as const;

const IMPORT = new RegExp(
  `(?:\\bfrom\\s*|\\bimport\\s*\\(?\\s*|\\brequire\\s*\\(\\s*)(['"])(?:${PACKAGES.map((name) => name.replaceAll('/', '\\/')).join('|')})(?:\\/[^'"]*)?\\1`,
);
const DIRECT = /\bnavigator\s*\.\s*gpu\b/;

export function trainsOnGpu(text: string): boolean {
  return IMPORT.test(text) || DIRECT.test(text);
}

/** 0-based line of the import (or first use) that shows it; null where there is none. */
export function trainingLine(text: string): number | null {
  const at = IMPORT.exec(text)?.index ?? DIRECT.exec(text)?.index;
  return at === undefined ? null : text.slice(0, at).split('\n').length - 1;
}
