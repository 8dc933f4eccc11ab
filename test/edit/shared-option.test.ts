import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyEdits, sourceFinder } from '../../src/edit/index.ts';

const SCRIPT = '/project/train.ts';
const LAYERS = ['Conv2d', 'MaxPool2d'];

function find(files: Record<string, string>) {
  return sourceFinder({ read: (file) => files[file] ?? null }, SCRIPT).sharedOption('layout', LAYERS);
}

test('a constant given to every layer is one edit, in the script or in a file it imports', () => {
  const script =
    "const layout = 'nchw';\nconst model = [new nn.Conv2d(1, 8, 3, { padding: 1, layout }), new nn.MaxPool2d(2, { layout })];";
  const found = find({ [SCRIPT]: script });
  assert.ok(found.ok && found.value.value === 'nchw');
  const text = applyEdits(script, [found.value.edit('nhwc')]);
  assert.ok(text.ok && text.value === script.replace("'nchw'", "'nhwc'"));
  const model = find({
    [SCRIPT]: "import { Net } from './model.ts';",
    '/project/model.ts': script.replaceAll("'", '"'),
  });
  assert.ok(
    model.ok && model.value.at.file === '/project/model.ts' && model.value.edit('nhwc').newText === '"nhwc"',
  );
});

test('what one edit does not change as a whole is refused with the reason', () => {
  const cases: [string, RegExp][] = [
    [
      "new nn.Conv2d(1, 8, 3, { layout: 'nchw' }); new nn.MaxPool2d(2, { layout: 'nchw' });",
      /written in 2 places/,
    ],
    [
      "const layout = 'nchw'; new nn.Conv2d(1, 8, 3, { layout }); new nn.MaxPool2d(2);",
      /1 of 2 calls do not give layout/,
    ],
    ['new nn.Conv2d(1, 8, 3);', /no call gives layout/],
    ['new nn.Conv2d(1, 8, 3, { layout: pick() });', /computed/],
  ];
  for (const [source, reason] of cases) {
    const found = find({ [SCRIPT]: source });
    assert.ok(!found.ok && reason.test(found.error), source);
  }
});

test('a number is found where the one call that gives it stands', () => {
  const script =
    'new DataLoader(train, { prefetch: 1, batchSize: 8 });\nnew DataLoader(test, { batchSize: 8 });';
  const found = sourceFinder({ read: (file) => (file === SCRIPT ? script : null) }, SCRIPT).numberOption(
    'prefetch',
    ['DataLoader'],
  );
  assert.ok(found.ok && found.value.value === 1);
  const text = applyEdits(script, [found.value.edit(4)]);
  assert.ok(text.ok && text.value === script.replace('prefetch: 1', 'prefetch: 4'));
});
