import assert from 'node:assert/strict';
import { test } from 'node:test';
import { zipSync } from 'fflate';
import { readCsv } from '../../src/data/csv.ts';
import { readNpy, readNpz } from '../../src/data/npy.ts';

function npy(descr: string, shape: string, body: ArrayBufferView, fortran = false): Uint8Array {
  const dictionary = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': ${shape}, }`;
  const header = `${dictionary}${' '.repeat(63 - ((10 + dictionary.length) % 64))}\n`;
  const bytes = new Uint8Array(10 + header.length + body.byteLength);
  bytes.set([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0, header.length & 255, header.length >> 8]);
  bytes.set(new TextEncoder().encode(header), 10);
  bytes.set(new Uint8Array(body.buffer, body.byteOffset, body.byteLength), 10 + header.length);
  return bytes;
}

test('NPY arrays of every kind of number are read', () => {
  assert.deepEqual(readNpy(npy('<f4', '(2, 2)', Float32Array.of(1, 2, 3, 4.5))), {
    shape: [2, 2],
    data: Float32Array.of(1, 2, 3, 4.5),
  });
  assert.deepEqual(
    readNpy(npy('<f8', '(3,)', Float64Array.of(1, -2, 0.5))).data,
    Float32Array.of(1, -2, 0.5),
  );
  assert.deepEqual(readNpy(npy('<i8', '()', BigInt64Array.of(-7n))), { shape: [], data: Int32Array.of(-7) });
  assert.deepEqual(readNpy(npy('|u1', '(3,)', Uint8Array.of(1, 2, 255))).data, Uint8Array.of(1, 2, 255));
  assert.deepEqual(readNpy(npy('<f2', '(2,)', Uint16Array.of(0x3c00, 0xc200))).data, Float32Array.of(1, -3));
});

test('an array as Node reads it, a part of a larger buffer, is read like any bytes', () => {
  const read = readNpy(Buffer.from(npy('<f4', '(2,)', Float32Array.of(1.5, -2))));
  assert.deepEqual(read, { shape: [2], data: Float32Array.of(1.5, -2) });
});

test('Fortran order is turned into rows', () => {
  // [[1, 2, 3], [4, 5, 6]] column by column.
  assert.deepEqual(
    readNpy(npy('<i4', '(2, 3)', Int32Array.of(1, 4, 2, 5, 3, 6), true)).data,
    Int32Array.of(1, 2, 3, 4, 5, 6),
  );
});

test('NPZ files hold arrays by name', () => {
  const read = readNpz(
    zipSync({
      'x.npy': npy('<f4', '(1,)', Float32Array.of(3)),
      'y.npy': npy('<i4', '(1,)', Int32Array.of(4)),
    }),
  );
  assert.deepEqual([read['x']?.data, read['y']?.data], [Float32Array.of(3), Int32Array.of(4)]);
});

test('malformed and foreign arrays are refused with the reason', () => {
  assert.throws(() => readNpy(Uint8Array.of(1, 2, 3)), /not an NPY file/);
  assert.throws(() => readNpy(npy('<c8', '(1,)', Float64Array.of(1))), /type <c8 are not read/);
  assert.throws(() => readNpy(npy('>f4', '(1,)', Float32Array.of(1))), /type >f4 are not read/);
  assert.throws(() => readNpy(npy('<f4', '(3,)', Float32Array.of(1))), /should hold 3 values/);
  assert.throws(() => readNpz(Uint8Array.of(1, 2, 3)), /not a zip file/);
});

test('CSV gives numbers, texts and classes by column', () => {
  const table = readCsv(
    'height,"kind, of flower",width\r\n1.5,rose,2\r\n-3e2,"a ""wild"" one",nan\r\n0,rose,1\r\n',
  );
  assert.deepEqual(table.columns, ['height', 'kind, of flower', 'width']);
  assert.deepEqual(table.numbers(['width', 'height']), {
    data: Float32Array.of(2, 1.5, NaN, -300, 1, 0),
    shape: [3, 2],
  });
  assert.deepEqual(table.text('kind, of flower'), ['rose', 'a "wild" one', 'rose']);
  assert.deepEqual(table.classes('kind, of flower'), {
    data: Int32Array.of(1, 0, 1),
    names: ['a "wild" one', 'rose'],
  });
});

test('CSV without a header numbers its columns; other delimiters, line breaks in quotes and empty fields are read', () => {
  const table = readCsv('1;"two\nlines";\n3;;5', { header: false, delimiter: ';' });
  assert.deepEqual(table.rows, [['1', 'two\nlines', ''], ['3', '', '5']]); // prettier-ignore
  assert.deepEqual(table.columns, ['0', '1', '2']);
});

test('mistakes in a table name their place', () => {
  assert.throws(() => readCsv(''), /is empty/);
  assert.throws(() => readCsv('a,b\n1,2\n3'), /line 3 has 1 fields, the first line 2/);
  assert.throws(() => readCsv('a\n"open'), /quotation in line 2 does not end/);
  assert.throws(() => readCsv('a,b\n1,x').numbers(), /'x' in column b, row 1, is not a number/);
  assert.throws(() => readCsv('a\n1').text('b'), /no column 'b'; there are a/);
});
