import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  parsePrice,
  parsePriceTable,
  priceOf,
  pricesByName,
  pricesGpu,
} from '../../src/analysis/gpu-prices.ts';
import { GPUS } from '../../src/analysis/gpu-table.ts';
import { whatIf } from '../../src/analysis/what-if.ts';
import { whichGpu } from '../../src/analysis/which-gpu.ts';
import { RTX_4090, sampleTrace } from '../support/sample-trace.ts';

const price = (name: string, hourly: number) => ({ name, hourly, source: 'given' });

test('a price is a name and money an hour, and anything else gets a sentence', () => {
  assert.deepEqual(parsePrice('H100 = 2.5'), { ok: true, value: price('H100', 2.5) });
  for (const wrong of ['H100', 'H100=', '=3', 'H100=free', 'H100=-1', 'H100=0'])
    assert.ok(!parsePrice(wrong).ok, wrong);
  fc.assert(fc.property(fc.string(), (text) => void parsePrice(text)));
});

test('prices of a setting are taken by name, and what is no price is named', () => {
  assert.deepEqual(pricesByName({ H100: 2.5, ' this ': 0.2, L4: 'cheap', T4: 0, '': 3, V100: NaN }), {
    prices: [price('H100', 2.5), price('this', 0.2)],
    refused: ['L4', 'T4', '', 'V100'],
  });
  for (const nothing of [undefined, null, 3, 'H100=2'])
    assert.deepEqual(pricesByName(nothing), { prices: [], refused: [] });
});

test('a table in the format of the catalogs gives the lowest price of one GPU', () => {
  const table = [
    'InstanceType,AcceleratorName,AcceleratorCount,vCPUs,Price,Region,GpuInfo',
    `big,H100,8.0,200,24.0,east,"{'Gpus': [{'Name': 'H100', 'Count': 8.0}]}"`,
    'small,H100,1.0,26,3.5,west,',
    'none,,,4,0.2,east,',
    'odd,L4,1.0,4,,east,',
  ].join('\n');
  assert.deepEqual(parsePriceTable(table, 'vms.csv'), {
    ok: true,
    value: [{ name: 'H100', hourly: 3, source: 'vms.csv' }],
  });
  for (const wrong of ['', 'a,b\n1,2', 'AcceleratorName,Price\n,3'])
    assert.ok(!parsePriceTable(wrong, 'x').ok, wrong);
  fc.assert(fc.property(fc.string(), (text) => void parsePriceTable(text, 'x')));
});

test('a name means the GPUs it names and no other', () => {
  const meant = (name: string): string[] =>
    GPUS.filter((gpu) => pricesGpu({ name }, gpu)).map((gpu) => gpu.name);
  assert.deepEqual(meant('L4'), ['NVIDIA L4']);
  assert.deepEqual(meant('RTX4090'), ['GeForce RTX 4090']);
  assert.deepEqual(meant('RTX 4060'), ['GeForce RTX 4060']);
  assert.deepEqual(meant('H100'), ['NVIDIA H100 80GB HBM3 (SXM)', 'NVIDIA H100 PCIe']);
  assert.deepEqual(meant('A100-80GB'), ['NVIDIA A100 80GB PCIe']);
  assert.deepEqual(meant('T4'), ['Tesla T4']);
  assert.deepEqual(meant(''), []);
  const prices = [price('A100', 2), price('A100-80GB', 3)];
  assert.equal(priceOf({ name: 'NVIDIA A100 80GB PCIe' }, prices)?.hourly, 3);
  assert.equal(priceOf({ name: 'NVIDIA A100 (any)' }, prices)?.hourly, 2);
  assert.equal(priceOf({ name: 'this' }, [price('this', 1)]), null);
});

test('the answer says which GPU is fastest, which gives most for the money, and up to which price one is worth it', () => {
  const trace = sampleTrace({ adapter: RTX_4090, batch: 512, network: 'cnn', steps: 16 });
  const prices = [price('RTX 4090', 0.5), price('H100', 10), price('this', 0.5)];
  const answer = whatIf(trace, prices);
  assert.ok(typeof answer !== 'string');
  const own = answer.gpus.find(({ gpu }) => gpu.name === 'GeForce RTX 4090');
  assert.ok(
    own?.samplesPerMoney && Math.abs(own.samplesPerMoney / ((own.samplesPerSecond * 3600) / 0.5) - 1) < 1e-9,
  );
  const text = whichGpu(answer, answer.gpus, prices).join('\n');
  assert.match(text, /Fastest that fits: .*x .* as fast as the device of the trace/);
  assert.match(text, /Most samples for the money: GeForce RTX 4090 at 0.5 an hour/);
  assert.match(text, /costs less for the same work up to .* an hour/);
  const h100 = answer.gpus.filter(({ gpu }) => gpu.name.includes('H100 80GB'));
  assert.match(whichGpu(answer, h100, prices).join('\n'), /at 10 it is not worth it/);
  const full = answer.gpus.map((each) => ({ ...each, memoryShare: 2 }));
  assert.match(whichGpu(answer, full, []).join('\n'), /None of these GPUs has the memory/);
  assert.equal(whatIf(trace).toString(), whatIf(trace, []).toString());
});
