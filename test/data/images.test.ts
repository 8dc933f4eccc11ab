import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { encode as encodePng } from 'fast-png';
import { encode as encodeJpeg } from 'jpeg-js';
import { decodeImage, readImage, resizeImage, type Image } from '../../src/data/image.ts';
import { ImageFolder } from '../../src/data/image-folder.ts';

const colors = Uint8Array.of(255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30, 40, 50, 60, 70, 80, 90);

test('PNG files of every kind become planes of bytes', async () => {
  const rgb = await decodeImage(encodePng({ width: 3, height: 2, channels: 3, data: colors }));
  assert.deepEqual(rgb.shape, [3, 2, 3]);
  assert.deepEqual([...rgb.data.subarray(0, 6)], [255, 0, 0, 10, 40, 70]);
  assert.deepEqual([...rgb.data.subarray(12)], [0, 0, 255, 30, 60, 90]);
  const gray = encodePng({ width: 2, height: 1, channels: 1, data: Uint8Array.of(7, 200) });
  assert.deepEqual([...(await decodeImage(gray)).data], [7, 200, 7, 200, 7, 200]);
  assert.deepEqual(await decodeImage(gray, { channels: 1 }), { shape: [1, 1, 2], data: Uint8Array.of(7, 200) });
  const deep = encodePng({ width: 2, height: 1, channels: 1, depth: 16, data: Uint16Array.of(65_535, 258) });
  assert.deepEqual([...(await decodeImage(deep, { channels: 1 })).data], [255, 1]);
  const opaque = encodePng({ width: 1, height: 1, channels: 4, data: Uint8Array.of(1, 2, 3, 99) });
  assert.deepEqual([...(await decodeImage(opaque, { channels: 4 })).data], [1, 2, 3, 99]);
  assert.deepEqual([...(await decodeImage(opaque, { channels: 1 })).data], [2]);
  const faint = encodePng({ width: 1, height: 1, channels: 2, data: Uint8Array.of(50, 9) });
  assert.deepEqual([...(await decodeImage(faint, { channels: 4 })).data], [50, 50, 50, 9]);
  const bits = encodePng({ width: 10, height: 1, channels: 1, depth: 1, data: Uint8Array.of(0b10000000, 0b01000000) });
  assert.deepEqual([...(await decodeImage(bits, { channels: 1 })).data], [255, 0, 0, 0, 0, 0, 0, 0, 0, 255]);
}); // prettier-ignore

test('JPEG files are read as nearly as the format keeps them', async () => {
  const data = Buffer.from(Array.from({ length: 16 * 16 }, () => [200, 100, 50, 255]).flat());
  const image = await decodeImage(encodeJpeg({ width: 16, height: 16, data }, 95).data);
  assert.deepEqual(image.shape, [3, 16, 16]);
  for (const [channel, wanted] of [200, 100, 50].entries())
    assert.ok(Math.abs((image.data[channel * 256 + 40] as number) - wanted) <= 3);
});

test('what is no image, or a broken one, is refused by name', async () => {
  await assert.rejects(decodeImage(Uint8Array.of(1, 2, 3), {}, 'cat.png'), /cat\.png: neither a PNG nor a JPEG file/); // prettier-ignore
  await assert.rejects(decodeImage(Uint8Array.of(0xff, 0xd8, 0xff), {}, 'cat.jpg'), /^Error: cat\.jpg: /);
  const whole = encodePng({ width: 3, height: 2, channels: 3, data: colors });
  await assert.rejects(decodeImage(whole.subarray(0, 50), {}, 'cut.png'), /^Error: cut\.png: /);
  await assert.rejects(readImage('no/such/file.png'), /ENOENT/);
});

test('resizing keeps means when it shrinks and values in between when it grows', () => {
  const ramp: Image = {
    shape: [1, 4, 8],
    data: Uint8Array.from({ length: 32 }, (_, i) => (i % 8) * 20),
  };
  const small = resizeImage(ramp, [2, 4]);
  assert.deepEqual(small.shape, [1, 2, 4]);
  assert.deepEqual([...small.data], [14, 50, 90, 126, 14, 50, 90, 126]);
  const large = resizeImage(ramp, [4, 16]);
  assert.deepEqual([...large.data.subarray(0, 6)], [0, 5, 15, 25, 35, 45]);
  assert.equal(resizeImage(ramp, [4, 8]), ramp);
});

test('a folder of folders is a dataset of images and the numbers of their classes', async (t) => {
  const root = await mkdtemp(path.join(tmpdir(), 'kernelscope-images-'));
  t.after(() => rm(root, { recursive: true }));
  await assert.rejects(ImageFolder.open(root), /has no PNG or JPEG images in folders named for their classes/);
  for (const [name, value] of [['dog', 9], ['cat', 200]] as const) {
    await mkdir(path.join(root, name));
    const gray = encodePng({ width: 4, height: 2, channels: 1, data: new Uint8Array(8).fill(value) });
    await writeFile(path.join(root, name, 'a.png'), gray);
    await writeFile(path.join(root, name, 'notes.txt'), 'no image');
  }
  const folder = await ImageFolder.open(root, { channels: 1, size: 2 });
  assert.deepEqual([folder.length, folder.classes], [2, ['cat', 'dog']]);
  const [images, labels] = await folder.hostBatch(Uint32Array.of(1, 0));
  assert.deepEqual(images?.shape, [2, 1, 2, 2]);
  assert.deepEqual([...(images?.data ?? [])], [9, 9, 9, 9, 200, 200, 200, 200]);
  assert.deepEqual(labels?.data, Int32Array.of(1, 0));
}); // prettier-ignore
