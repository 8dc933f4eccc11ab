import assert from 'node:assert/strict';
import { test } from 'node:test';
import { trainingLine, trainsOnGpu } from '../../src/extension/training-imports.ts';
import { withShippedTypes } from '../../src/typescript-plugin/shipped-types.ts';

test('scripts that train on a GPU are known by their imports', () => {
  for (const text of [
    "import { nn } from 'kernelscope';",
    'import * as tf from "@tensorflow/tfjs";',
    "import '@tensorflow/tfjs-backend-webgpu';",
    "const { create } = require('webgpu');",
    "const jax = await import('@jax-js/jax');",
    'const adapter = await navigator.gpu.requestAdapter();',
  ])
    assert.ok(trainsOnGpu(text), text);
});

test('other scripts are left alone', () => {
  for (const text of [
    "import x from 'kernelscope-like';",
    "import fs from 'node:fs';",
    '// kernelscope',
    "const a = 'webgpu';",
  ])
    assert.ok(!trainsOnGpu(text), text);
});

test('the line is that of the import', () => {
  assert.equal(trainingLine("// a\n\nimport { nn } from 'kernelscope';\n"), 2);
  assert.equal(trainingLine('let a;'), null);
});

test('the shipped types answer only where nothing is installed', () => {
  const installed = {
    resolvedModule: { resolvedFileName: '/w/node_modules/kernelscope/index.d.ts', extension: '.d.ts' },
  };
  const literals = [{ text: 'kernelscope' }, { text: 'other' }];
  const missing = withShippedTypes(() => [{}, {}], '/ext/index.d.ts')(literals);
  assert.equal(missing[0]?.resolvedModule?.resolvedFileName, '/ext/index.d.ts');
  assert.equal(missing[1]?.resolvedModule, undefined);
  const found = withShippedTypes(() => [installed, {}], '/ext/index.d.ts')(literals);
  assert.equal(found[0]?.resolvedModule?.resolvedFileName, installed.resolvedModule.resolvedFileName);
});
