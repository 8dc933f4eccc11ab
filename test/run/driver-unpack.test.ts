import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { unpackDriver } from '../../src/run/driver-unpack.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'kernelscope-test-'));
after(() => rmSync(folder, { recursive: true }));

const packer = spawnSync('dpkg-deb', ['--version']).status === 0 ? undefined : 'skipped: no dpkg-deb here';
const LIBRARIES = 'lib/x86_64-linux-gnu';

/** A package with these files, text by path. */
function packed(archives: string, name: string, files: Record<string, string>): void {
  const tree = path.join(folder, 'trees', name);
  const control = `Package: ${name}\nVersion: 1\nArchitecture: all\nMaintainer: test <t@example.org>\nDescription: test\n`;
  for (const [file, text] of Object.entries({ 'DEBIAN/control': control, ...files })) {
    mkdirSync(path.dirname(path.join(tree, file)), { recursive: true });
    writeFileSync(path.join(tree, file), text);
  }
  mkdirSync(archives, { recursive: true });
  assert.equal(spawnSync('dpkg-deb', ['--build', tree, path.join(archives, `${name}.deb`)]).status, 0);
}

test('a driver is unpacked with all its libraries in one folder', { skip: packer }, async () => {
  const archives = path.join(folder, 'archives');
  packed(archives, 'mesa', {
    'usr/share/vulkan/icd.d/lvp_icd.x86_64.json': JSON.stringify({
      ICD: { library_path: 'libvulkan_lvp.so' },
    }),
    [`usr/${LIBRARIES}/libvulkan_lvp.so`]: 'driver',
  });
  packed(archives, 'expat', { [`${LIBRARIES}/libexpat.so.1`]: 'of /lib' });
  const target = path.join(folder, 'driver');
  const done = await unpackDriver(archives, target, () => {});
  assert.ok(done.ok);
  const manifest = JSON.parse(readFileSync(path.join(target, 'lavapipe.json'), 'utf8')) as {
    ICD: { library_path: string };
  };
  assert.equal(readFileSync(manifest.ICD.library_path, 'utf8'), 'driver');
  assert.equal(readFileSync(path.join(target, 'lib/libexpat.so.1'), 'utf8'), 'of /lib');
});

test('packages without a driver are said to have none', { skip: packer }, async () => {
  const archives = path.join(folder, 'none');
  packed(archives, 'other', { [`usr/${LIBRARIES}/libother.so`]: '' });
  const done = await unpackDriver(archives, path.join(folder, 'no-driver'), () => {});
  assert.deepEqual(done, { ok: false, error: 'the packages hold no lavapipe driver' });
  assert.ok(!existsSync(path.join(folder, 'no-driver/lavapipe.json')));
});
