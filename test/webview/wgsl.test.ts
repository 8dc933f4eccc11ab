import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constantsOf } from '../../webview/parts/wgsl.ts';

test('constants are those the pipeline was given, then those the text declares', () => {
  const wgsl =
    'enable f16;\nconst TILE: u32 = 16u;\nconst HAS_BIAS = true;\n@id(3) override WIDTH: u32 = 8;\nfn main() {\n  const inner = 1;\n}\n';
  assert.deepEqual(constantsOf({ wgsl, constants: { WIDTH: 32 } }), [
    { name: 'WIDTH', value: '32' },
    { name: 'TILE', value: '16u' },
    { name: 'HAS_BIAS', value: 'true' },
  ]);
  assert.deepEqual(constantsOf({}), []);
});
