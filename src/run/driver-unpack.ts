/** Mesa's driver from Debian's packages, unpacked into a folder for those who may not install. */
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';
import { outputOf } from './output-of.ts';

const UNPACK_LIMIT_MS = 600_000;

/**
 * Unpacks the .deb files of a folder into `target`, with a manifest beside them that names the driver where it now lies.
 * One line that says what was done.
 */
export async function unpackDriver(
  archives: string,
  target: string,
  onLine: (line: string) => void,
): Promise<Result<string, string>> {
  const packages = readdirSync(archives).filter((name) => name.endsWith('.deb'));
  if (packages.length === 0)
    return err('the packages are installed already; `kernelscope doctor` says what is wrong with them');
  onLine(`unpacking ${packages.length} packages`);
  rmSync(target, { recursive: true, force: true });
  const root = path.join(target, 'root');
  mkdirSync(root, { recursive: true });
  for (const name of packages) {
    const unpacked = await outputOf('dpkg-deb', ['-x', path.join(archives, name), root], UNPACK_LIMIT_MS);
    if (!unpacked.ok) return err(`${name} does not unpack: ${unpacked.error}`);
  }
  const manifests = path.join(root, 'usr/share/vulkan/icd.d');
  const manifest = existsSync(manifests)
    ? readdirSync(manifests).find((name) => name.startsWith('lvp'))
    : undefined;
  const libraries = libraryFolder(path.join(root, 'usr/lib'));
  if (!manifest || !libraries) return err('the packages hold no lavapipe driver');
  const icd = JSON.parse(readFileSync(path.join(manifests, manifest), 'utf8')) as {
    ICD: { library_path: string };
  };
  icd.ICD.library_path = path.join(libraries, path.basename(icd.ICD.library_path));
  linkFrom(path.join(root, 'lib', path.basename(libraries)), libraries);
  symlinkSync(libraries, path.join(target, 'lib'));
  writeFileSync(path.join(target, 'lavapipe.json'), JSON.stringify(icd, null, 2));
  return ok(`unpacked Mesa's software driver into ${target}`);
}

/** `usr/lib/<machine>-linux-gnu`, where the driver lies. */
function libraryFolder(folder: string): string | null {
  const found = readdirSync(folder).find((name) => existsSync(path.join(folder, name, 'libvulkan_lvp.so')));
  return found ? path.join(folder, found) : null;
}

/** Debian 12 still puts some libraries (expat) into `/lib`; the loader of programs is told of one folder. */
function linkFrom(folder: string, libraries: string): void {
  if (!existsSync(folder)) return;
  for (const name of readdirSync(folder)) {
    const place = path.join(libraries, name);
    if (!existsSync(place)) symlinkSync(path.join(folder, name), place);
  }
}
