import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { chooseAdapter, chooseSoftware, wantsDriver } from '../../src/run/adapter-choice.ts';
import { findDrivers, fingerprint } from '../../src/run/drivers.ts';
import { checkAdapterReport } from '../../src/wire/adapter-report.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'kernelscope-test-'));
after(() => rmSync(folder, { recursive: true }));

/** Programs whose adapter check answers as told, and counts how often it is asked. */
function programsThat(name: string, answer: string): string {
  const programs = path.join(folder, name);
  mkdirSync(programs, { recursive: true });
  writeFileSync(
    path.join(programs, 'adapters.mjs'),
    `import { appendFileSync } from 'node:fs'; appendFileSync(${JSON.stringify(path.join(programs, 'asked'))}, 'x'); ${answer}`,
  );
  return programs;
}
const asked = (programs: string): number => readFileSync(path.join(programs, 'asked'), 'utf8').length;
const says = (report: object): string => `console.log(${JSON.stringify(JSON.stringify(report))});`;
const adapter = {
  name: 'Test GPU',
  vendor: 'v',
  architecture: 'a',
  backend: 'Vulkan',
  software: false,
  features: [],
};

test('a working GPU is chosen at once and remembered', async () => {
  const programs = programsThat('gpu', says({ adapter, problem: null }));
  const cache = path.join(folder, 'cache-gpu');
  const first = await chooseAdapter({ programs, cache });
  assert.ok(first.ok);
  assert.match(first.value.reason, /Test GPU is the machine's GPU/);
  assert.deepEqual(first.value.env, {});
  const second = await chooseAdapter({ programs, cache });
  assert.deepEqual(second, first);
  assert.equal(asked(programs), 1);
  await chooseAdapter({ programs, cache, fresh: true });
  assert.equal(asked(programs), 2);
});

test('a software adapter says so in its reason', async () => {
  const programs = programsThat(
    'software',
    says({ adapter: { ...adapter, name: 'llvmpipe', software: true }, problem: null }),
  );
  const choice = await chooseAdapter({ programs, cache: path.join(folder, 'cache-software') });
  assert.ok(choice.ok && choice.value.software);
  assert.match(choice.value.reason, /no GPU was found; llvmpipe computes on the processor/);
});

test('a driver is wanted only where nothing works, or a browser’s slow one', async () => {
  const wanted = async (name: string, software: boolean, problem: string | null): Promise<boolean> => {
    const programs = programsThat(name, says({ adapter: { ...adapter, name, software }, problem }));
    return wantsDriver(await chooseAdapter({ programs, cache: path.join(folder, `cache-${name}`) }));
  };
  assert.equal(await wanted('NVIDIA L4', false, null), false);
  assert.equal(await wanted('llvmpipe', true, null), false);
  assert.equal(await wanted('SwiftShader Device', true, null), true);
  assert.equal(await wanted('llvmpipe of old', true, 'computes wrongly'), true);
});

test('a driver that crashes is passed over for the next one', async () => {
  const cache = path.join(folder, 'cache-crash');
  mkdirSync(path.join(cache, 'driver'), { recursive: true });
  const manifest = path.join(cache, 'driver', 'lavapipe.json');
  writeFileSync(manifest, '{}');
  const works = says({ adapter: { ...adapter, software: true }, problem: null });
  const programs = programsThat(
    'crash',
    `if (process.env.VK_DRIVER_FILES === ${JSON.stringify(manifest)}) ${works} else process.kill(process.pid, 'SIGSEGV');`,
  );
  const choice = await chooseAdapter({ programs, cache });
  assert.ok(choice.ok);
  assert.equal(choice.value.env['VK_DRIVER_FILES'], manifest);
  assert.match(choice.value.tried[0]?.report.problem ?? '', /SIGSEGV/);
});

test('beside a GPU, a driver that computes on the processor is found, and the GPU stays what is chosen', async () => {
  const cache = path.join(folder, 'cache-both');
  mkdirSync(path.join(cache, 'driver'), { recursive: true });
  const manifest = path.join(cache, 'driver', 'lavapipe.json');
  writeFileSync(manifest, '{}');
  const programs = programsThat(
    'both',
    `if (process.env.VK_DRIVER_FILES) ${says({ adapter: { ...adapter, name: 'llvmpipe', software: true }, problem: null })} else ${says({ adapter, problem: null })}`,
  );
  const gpu = await chooseAdapter({ programs, cache });
  const cpu = await chooseSoftware({ programs, cache });
  assert.ok(gpu.ok && !gpu.value.software);
  assert.ok(cpu.ok && cpu.value.software);
  assert.notEqual(cpu.value.env['VK_DRIVER_FILES'], undefined);
  assert.deepEqual(await chooseAdapter({ programs, cache }), gpu);
});

test('without any adapter the message names the command that mends it', async () => {
  const programs = programsThat('none', says({ adapter: null, problem: 'no adapter found' }));
  const choice = await chooseAdapter({ programs, cache: path.join(folder, 'cache-none') });
  assert.ok(!choice.ok);
  assert.equal(choice.error.command, 'kernelscope doctor --install');
  assert.match(choice.error.message, /no adapter found/);
});

test('drivers are found where the environment says, and a replaced one changes the fingerprint', () => {
  const data = path.join(folder, 'share');
  const manifest = path.join(data, 'vulkan/icd.d/lvp_icd.json');
  mkdirSync(path.dirname(manifest), { recursive: true });
  writeFileSync(manifest, '{}');
  const drivers = findDrivers(path.join(folder, 'empty'), { XDG_DATA_DIRS: data });
  if (process.platform === 'linux') {
    assert.ok(drivers.some((driver) => driver.manifest === manifest && driver.kind === 'system'));
    const before = fingerprint(drivers);
    utimesSync(manifest, 1, 1);
    assert.notEqual(fingerprint(drivers), before);
  }
});

test('an adapter report of another shape is refused', () => {
  for (const line of [
    '',
    'null',
    '7',
    '{}',
    '{"adapter":{"name":1},"problem":null}',
    '{"adapter":null,"problem":3}',
  ])
    assert.equal(checkAdapterReport(line), null, line);
});
