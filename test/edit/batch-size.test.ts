import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { applyEdits, findBatchSize, reverseEdit } from '../../src/edit/index.ts';

const SCRIPT = '/project/train.ts';

function find(files: Record<string, string> | string, observed?: number) {
  const map: Record<string, string> = typeof files === 'string' ? { [SCRIPT]: files } : files;
  return findBatchSize({ read: (file) => map[file] ?? null }, SCRIPT, observed);
}

/** The text after the edit to `batch`, of the file the edit is in. */
function edited(files: Record<string, string> | string, batch: number, observed?: number): string {
  const map: Record<string, string> = typeof files === 'string' ? { [SCRIPT]: files } : files;
  const found = find(map, observed);
  assert.ok(found.ok, found.ok ? '' : found.error);
  const edit = found.value.edit(batch);
  const text = applyEdits(map[edit.file] as string, [edit]);
  assert.ok(text.ok, text.ok ? '' : text.error);
  return text.value;
}

const use = 'const loader = new data.DataLoader(set, { batchSize, shuffle: true });';

test('a literal in the options is found and nothing else changes', () => {
  const source =
    "import { data } from 'kernelscope';\nconst loader = new data.DataLoader(set, { batchSize: 8, shuffle: true });\n";
  assert.equal(edited(source, 64), source.replace('batchSize: 8', 'batchSize: 64'));
  const found = find(source);
  assert.ok(found.ok && found.value.value === 8 && found.value.at.line === 2);
});

test('a constant is followed, through shorthand, arithmetic-free chains and assertions', () => {
  for (const declaration of [
    'const batchSize = 32;',
    'const batchSize = 32 as const;',
    'const BATCH = (32 satisfies number);\nconst batchSize = BATCH;',
    'let batchSize = 32;',
    'const { batchSize } = { batchSize: 32, epochs: 3 };',
    'const config = { train: { size: 32 } };\nconst { train: { size: batchSize } } = config;',
    'const { batchSize = 32 } = {};',
    'const batchSize = Number(process.env.BATCH ?? 32);',
    'const config = Object.freeze({ batch: 32 });\nconst batchSize = config.batch;',
  ])
    assert.equal(
      edited(`${declaration}\n${use}`, 128),
      `${declaration.replace('32', '128')}\n${use}`,
      declaration,
    );
});

test('a default parameter, and an argument passed through a function, are followed', () => {
  const make = 'function loaderOf(set, batchSize = 32) { return new data.DataLoader(set, { batchSize }); }\n';
  assert.equal(edited(`${make}loaderOf(train);`, 64), `${make.replace('32', '64')}loaderOf(train);`);
  assert.equal(edited(`${make}loaderOf(train, 16);`, 64), `${make}loaderOf(train, 64);`);
  const options = 'const build = ({ batchSize = 32 } = {}) => new data.DataLoader(set, { batchSize });\n';
  assert.equal(edited(`${options}build();`, 64), `${options.replace('32', '64')}build();`);
  assert.equal(edited(`${options}build({ batchSize: 16 });`, 64), `${options}build({ batchSize: 64 });`);
  assert.equal(
    edited(`const B = 12;\n${make}loaderOf(train, B);`, 64),
    `const B = 64;\n${make}loaderOf(train, B);`,
  );
});

test('an imported constant, a re-export, a default object and a JSON file are followed within the workspace', () => {
  const script = `import { BATCH as batchSize } from './config.ts';\n${use}`;
  const config = 'export const EPOCHS = 2;\nexport const BATCH = 32;\n';
  assert.equal(edited({ [SCRIPT]: script, '/project/config.ts': config }, 64), config.replace('32', '64'));
  const renamed = 'const size = 32;\nexport { size as BATCH };\n';
  assert.equal(edited({ [SCRIPT]: script, '/project/config.ts': renamed }, 64), renamed.replace('32', '64'));
  const indirect = {
    [SCRIPT]: script,
    '/project/config.ts': "export { BATCH } from './deep/values.js';",
    '/project/deep/values.ts': config,
  };
  assert.equal(edited(indirect, 64), config.replace('32', '64'));
  const json = {
    [SCRIPT]: `import config from './config.json' with { type: 'json' };\nconst loader = new DataLoader(set, { batchSize: config.train.batch });`,
    '/project/config.json': '{\n  "train": { "batch": 32 }\n}\n',
  };
  assert.equal(edited(json, 64), '{\n  "train": { "batch": 64 }\n}\n');
  const options = `import { options } from './config';\nconst loader = new DataLoader(set, options);`;
  assert.equal(
    edited({ [SCRIPT]: options, '/project/config.ts': 'export const options = { batchSize: 32 };' }, 64),
    'export const options = { batchSize: 64 };',
  );
});

test("TensorFlow.js's fit and dataset.batch are known", () => {
  assert.equal(
    edited('await model.fit(xs, ys, { epochs: 3, batchSize: 32 });', 64),
    'await model.fit(xs, ys, { epochs: 3, batchSize: 64 });',
  );
  assert.equal(
    edited('const train = data.shuffle(100).batch(32);', 64),
    'const train = data.shuffle(100).batch(64);',
  );
});

test('of several loaders the training one is chosen: by the rows the run had, by its name, by shuffling', () => {
  const two =
    'const train = new DataLoader(a, { batchSize: 32 });\nconst test = new DataLoader(b, { batchSize: 256 });';
  assert.equal(edited(two, 64, 32), two.replace('32', '64'));
  assert.equal(edited(two, 64), two.replace('32', '64'));
  const shuffled =
    'const a = new DataLoader(x, { batchSize: 32, shuffle: true });\nconst b = new DataLoader(y, { batchSize: 32 });';
  assert.equal(edited(shuffled, 64), shuffled.replace('32', '64'));
});

test('what no single literal decides is refused with the reason', () => {
  const cases: [string, RegExp][] = [
    ['const loader = new DataLoader(set, { batchSize: base * 2 });', /base \* 2 is computed/],
    ['let batchSize = 8; batchSize = 16;\n' + use, /assigned more than once/],
    ['for (const batchSize of [8, 16]) { ' + use + ' }', /no declaration with one value/],
    ["import { batchSize } from 'somewhere';\n" + use, /not a file of the workspace/],
    ['const a = new DataLoader(x);\nconst b = new DataLoader(y);', /which one trains/],
    ['const loader = new DataLoader(set, { batchSize: process.env.B });', /outside the source/],
    ['console.log(1);', /builds no DataLoader/],
    [
      'const a = new DataLoader(x, { batchSize: 8 });\nconst b = new DataLoader(y, { batchSize: 8 });',
      /which one trains/,
    ],
    ['const loader = new DataLoader(set, { batchSize: 8 ', /does not parse|cannot be read/],
  ];
  for (const [source, reason] of cases) {
    const found = find(source);
    assert.ok(!found.ok, source);
    assert.match(found.error, reason);
  }
  const other = find('const loader = new DataLoader(set, { batchSize: 8 });', 12);
  assert.ok(!other.ok && /12 rows/.test(other.error));
});

test('the edit of any script made from these parts changes exactly the literal, and back', () => {
  const trivia = fc.constantFrom(
    '',
    '\n',
    '// note: batchSize: 99\n',
    '/* 32 */ ',
    "const text = 'batchSize: 7 😀';\n",
    'type Batch = 8 | 16;\n',
  );
  const shape = fc.constantFrom(
    (n: number) => `const loader = new data.DataLoader(set, { batchSize: ${n} });`,
    (n: number) => `const size = ${n};\nconst loader = new data.DataLoader(set, { batchSize: size });`,
    (n: number) => `function f(batchSize = ${n}) { return new DataLoader(set, { batchSize }); }`,
    (n: number) => `const c = { "batchSize": ${n} };\nconst loader = new DataLoader(set, c);`,
  );
  fc.assert(
    fc.property(
      trivia,
      trivia,
      shape,
      fc.integer({ min: 1, max: 4096 }),
      fc.integer({ min: 1, max: 4096 }),
      (before, after, make, old, batch) => {
        const source = `${before}${make(old)}\n${after}`;
        const found = find(source, old);
        assert.ok(found.ok, found.ok ? '' : found.error);
        const edit = found.value.edit(batch);
        const changed = applyEdits(source, [edit]);
        assert.ok(changed.ok && changed.value === `${before}${make(batch)}\n${after}`);
        const back = applyEdits(changed.value, [reverseEdit(edit)]);
        assert.ok(back.ok && back.value === source);
      },
    ),
  );
});

test('an edit whose text moved or changed is refused, and any text parses to a result, never an exception', () => {
  const edit = { file: SCRIPT, start: 0, end: 2, oldText: '32', newText: '64' };
  assert.ok(!applyEdits('16', [edit]).ok);
  assert.ok(!applyEdits('3', [edit]).ok);
  assert.ok(!applyEdits('3232', [edit, { ...edit, start: 1, end: 3, oldText: '23' }]).ok);
  fc.assert(fc.property(fc.string(), (text) => void find(`${text}\nnew DataLoader(a, { batchSize: b })`)));
});

test('a script that gives no batch size gets one, in the options or as options of their own', () => {
  const cases: [string, string][] = [
    [
      'const loader = new DataLoader(set, { shuffle: true });',
      'const loader = new DataLoader(set, { batchSize: 64, shuffle: true });',
    ],
    ['const loader = new DataLoader(set, {});', 'const loader = new DataLoader(set, { batchSize: 64 });'],
    ['const loader = new DataLoader(set);', 'const loader = new DataLoader(set, { batchSize: 64 });'],
  ];
  for (const [source, expected] of cases) assert.equal(edited(source, 64, 1), expected);
  assert.equal(
    edited('await model.fit(x, y, { epochs: 2 });', 64, 32),
    'await model.fit(x, y, { batchSize: 64, epochs: 2 });',
  );
  assert.ok(!find('const loader = new DataLoader(set);', 16).ok);
});

test('a loader built in an imported file is found there', () => {
  const files = {
    [SCRIPT]: "import { loader } from './data.ts';",
    '/project/data.ts': 'export const loader = new DataLoader(set, { batchSize: 32 });',
  };
  assert.equal(edited(files, 64, 32), files['/project/data.ts'].replace('32', '64'));
});

test('spreads are followed as they run, the last one that gives the option wins', () => {
  const spread =
    'const defaults = { batchSize: 32, shuffle: true };\nconst loader = new DataLoader(set, { ...defaults, seed: 1 });';
  assert.equal(edited(spread, 64), spread.replace('32', '64'));
  const over =
    'const defaults = { batchSize: 32 };\nconst loader = new DataLoader(set, { ...defaults, batchSize: 16 });';
  assert.equal(edited(over, 64), over.replace('16', '64'));
  const under =
    'const extra = { seed: 1 };\nconst loader = new DataLoader(set, { batchSize: 16, ...extra });';
  assert.equal(edited(under, 64), under.replace('16', '64'));
  assert.ok(!find('const loader = new DataLoader(set, { batchSize: 16, ...optionsOf(set) });').ok);
});

test('a constructor of the file is followed to where it is called', () => {
  const trainer =
    'class Trainer { constructor(set, batchSize = 32) { this.loader = new DataLoader(set, { batchSize }); } }\n';
  assert.equal(
    edited(`${trainer}new Trainer(digits);`, 64),
    `${trainer.replace('32', '64')}new Trainer(digits);`,
  );
  assert.equal(edited(`${trainer}new Trainer(digits, 16);`, 64), `${trainer}new Trainer(digits, 64);`);
});

test('a JSON file that the script reads is edited where the value stands', () => {
  const json = '{ "data": { "batchSize": 32 }, "epochs": 2 }';
  for (const read of [
    "readFileSync('./config.json', 'utf8')",
    "fs.readFileSync(new URL('./config.json', import.meta.url), 'utf8')",
  ]) {
    const script = `const config = JSON.parse(${read});\nconst loader = new DataLoader(set, { batchSize: config.data.batchSize });`;
    assert.equal(edited({ [SCRIPT]: script, '/project/config.json': json }, 64), json.replace('32', '64'));
  }
});

test('a function of another file is followed to where the script calls it', () => {
  const data =
    'export function loaderOf(set, batchSize = 32) { return new DataLoader(set, { batchSize }); }\n';
  for (const script of [
    "import { loaderOf } from './data.ts';\nconst loader = loaderOf(train, 16);",
    "import { loaderOf as make } from './data.ts';\nconst loader = make(train, 16);",
    "import * as tools from './data.ts';\nconst loader = tools.loaderOf(train, 16);",
    "import { B } from './config.ts';\nimport { loaderOf } from './data.ts';\nconst loader = loaderOf(train, B);",
  ]) {
    const files = {
      [SCRIPT]: script,
      '/project/data.ts': data,
      '/project/config.ts': 'export const B = 16;',
    };
    const changed = script.includes('config') ? files['/project/config.ts'] : script;
    assert.equal(edited(files, 64, 16), changed.replace('16', '64'), script);
  }
  const left = {
    [SCRIPT]: "import { loaderOf } from './data.ts';\nloaderOf(train);",
    '/project/data.ts': data,
  };
  assert.equal(edited(left, 64, 32), data.replace('32', '64'));
  const renamed = {
    [SCRIPT]: "import make from './data.js';\nmake(train, { size: 16 });",
    '/project/data.ts':
      'const make = (set, { size = 32 } = {}) => new DataLoader(set, { batchSize: size });\nexport default make;',
  };
  assert.equal(edited(renamed, 64, 16), renamed[SCRIPT].replace('16', '64'));
});

test('CommonJS is followed as ECMAScript modules are', () => {
  for (const config of [
    'module.exports = { BATCH: 32 };',
    'exports.BATCH = 32;',
    'const BATCH = 32;\nmodule.exports = { BATCH };',
  ])
    for (const script of [
      `const { BATCH: batchSize } = require('./config.cjs');\n${use}`,
      `const config = require('./config.cjs');\nconst loader = new DataLoader(set, { batchSize: config.BATCH });`,
    ])
      assert.equal(
        edited({ [SCRIPT]: script, '/project/config.cjs': config }, 64),
        config.replace('32', '64'),
        script + config,
      );
  const json = '{ "train": { "batch": 32 } }';
  const script = "const c = require('./config.json');\nnew DataLoader(set, { batchSize: c.train.batch });";
  assert.equal(edited({ [SCRIPT]: script, '/project/config.json': json }, 64), json.replace('32', '64'));
  const data = 'function loaderOf(set, batchSize) { return new DataLoader(set, { batchSize }); }\n';
  for (const call of [
    "const { loaderOf } = require('./data');\nloaderOf(train, 32);",
    "const data = require('./data');\ndata.loaderOf(train, 32);",
  ])
    assert.equal(
      edited({ [SCRIPT]: call, '/project/data.js': `${data}module.exports = { loaderOf };` }, 64),
      call.replace('32', '64'),
    );
});

test('defaults for the environment and the command line are edited, numbers and texts', () => {
  for (const declaration of [
    'const batchSize = Number(process.env.BATCH ?? 32);',
    "const batchSize = parseInt(process.env.BATCH || '32', 10);",
    'const batchSize = +(process.argv[2] ?? 32);',
    'const batchSize = process.env.BATCH ? Number(process.env.BATCH) : 32;',
    "const { values } = parseArgs({ options: { batch: { type: 'string', default: '32' } } });\nconst batchSize = Number(values.batch);",
  ])
    assert.equal(
      edited(`${declaration}\n${use}`, 128, 32),
      `${declaration.replace(/32(?='|\)|;)/, '128')}\n${use}`,
      declaration,
    );
  const given = find(`const batchSize = Number(process.env.BATCH ?? 32);\n${use}`, 16);
  assert.ok(!given.ok && /16 rows/.test(given.error));
});

test('a field of a class is followed to its one value', () => {
  for (const fields of [
    'batchSize = 32; build(set) { return new DataLoader(set, { batchSize: this.batchSize }); }',
    'constructor() { this.batchSize = 32; } build(set) { return new DataLoader(set, { batchSize: this.batchSize }); }',
  ])
    assert.equal(
      edited(`class Trainer { ${fields} }`, 64),
      `class Trainer { ${fields.replace('32', '64')} }`,
    );
  const through =
    'class Trainer { constructor(size = 8) { this.size = size; } build(set) { return new DataLoader(set, { batchSize: this.size }); } }\nnew Trainer(32);';
  assert.equal(edited(through, 64), through.replace('32', '64'));
  const twice = find(
    'class T { size = 32; grow() { this.size = 64; } build(set) { return new DataLoader(set, { batchSize: this.size }); } }',
  );
  assert.ok(!twice.ok && /assigned more than once/.test(twice.error));
});

test('a script that cuts its batches itself names the number, as jax-js scripts do', () => {
  const script =
    'const batchSize = 32;\nfor (let i = 0; i + batchSize <= n; i += batchSize) step(params, x.slice([i, i + batchSize]));';
  assert.equal(edited(script, 64, 32), script.replace('32', '64'));
  assert.equal(edited('const config = { BATCH_SIZE: 32 };', 64), 'const config = { BATCH_SIZE: 64 };');
  const two = find('const batchSize = 32;\nconst config = { batch: 32 };', 32);
  assert.ok(!two.ok && /which one trains/.test(two.error));
  const other = find('const batchSize = 32;', 8);
  assert.ok(!other.ok && /8 rows/.test(other.error));
});

test('an installed package is never edited, whatever the reader gives', () => {
  const found = find({
    [SCRIPT]: `import { BATCH as batchSize } from './node_modules/settings/index.js';\n${use}`,
    '/project/node_modules/settings/index.js': 'export const BATCH = 32;',
  });
  assert.ok(!found.ok && /not a file of the workspace/.test(found.error));
});

test('exports of exports, stars and namespaces lead to the literal', () => {
  const base = { '/project/deep/values.ts': 'export const BATCH = 32;' };
  for (const [between, script] of [
    ["export * from './deep/values.ts';", `import { BATCH as batchSize } from './between.ts';\n${use}`],
    [
      "export * as values from './deep/values.ts';",
      "import { values } from './between.ts';\nnew DataLoader(set, { batchSize: values.BATCH });",
    ],
    [
      "import { BATCH } from './deep/values.ts';\nexport const options = { batchSize: BATCH };",
      "const { options } = await import('./between.ts');\nnew DataLoader(set, options);",
    ],
  ] as const)
    assert.equal(
      edited({ [SCRIPT]: script, '/project/between.ts': between, ...base }, 64),
      'export const BATCH = 64;',
      between,
    );
});
