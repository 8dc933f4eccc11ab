/** Where Vulkan drivers lie on this machine: the system's, one that was unpacked into the cache, and those that ship with browsers. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';

export interface Driver {
  /** The driver's manifest (ICD file). */
  readonly manifest: string;
  readonly kind: 'system' | 'cached' | 'browser';
  /** Folder with a Vulkan loader to use with it, when the system has none. */
  readonly loaderFolder?: string;
}

/** Where Kernelscope keeps what can be made again. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return (
    env['KERNELSCOPE_CACHE'] ??
    path.join(env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'kernelscope')
  );
}

/** Where `installDriver` unpacks to without root. */
export function unpackedDriverFolder(cache: string): string {
  return path.join(cache, 'driver');
}

const LOADER = 'libvulkan.so.1';
const LIBRARY_FOLDERS = [
  '/lib',
  '/usr/lib',
  '/lib64',
  '/usr/lib64',
  '/usr/local/lib',
  '/usr/lib/x86_64-linux-gnu',
  '/usr/lib/aarch64-linux-gnu',
];

export function hasSystemLoader(): boolean {
  return LIBRARY_FOLDERS.some((folder) => existsSync(path.join(folder, LOADER)));
}

export function findDrivers(cache: string, env: NodeJS.ProcessEnv = process.env): Driver[] {
  if (process.platform !== 'linux') return [];
  const loader = hasSystemLoader();
  const withLoader = (folder: string): { readonly loaderFolder?: string } =>
    !loader && existsSync(path.join(folder, LOADER)) ? { loaderFolder: folder } : {};
  const drivers: Driver[] = systemFolders(env)
    .flatMap((folder) => filesIn(path.join(folder, 'vulkan/icd.d')))
    .map((manifest) => ({ manifest, kind: 'system' }));
  const unpacked = unpackedDriverFolder(cache);
  for (const manifest of filesIn(unpacked))
    drivers.push({ manifest, kind: 'cached', loaderFolder: path.join(unpacked, 'lib') });
  for (const folder of browserFolders(env)) {
    const manifest = path.join(folder, 'vk_swiftshader_icd.json');
    if (existsSync(manifest)) drivers.push({ manifest, kind: 'browser', ...withLoader(folder) });
  }
  return drivers;
}

/** Changes whenever a driver comes, goes or is replaced, or a device appears. */
export function fingerprint(drivers: readonly Driver[]): string {
  const stamps = drivers.map(
    ({ manifest }) => `${manifest}@${statSync(manifest, { throwIfNoEntry: false })?.mtimeMs ?? 0}`,
  );
  const devices = ['/dev/nvidiactl', '/dev/dxg', '/dev/kfd'].filter((device) => existsSync(device));
  return [process.platform, process.arch, ...stamps, ...devices, ...filesIn('/dev/dri', '')].join('|');
}

function systemFolders(env: NodeJS.ProcessEnv): string[] {
  const home = env['XDG_DATA_HOME'] ?? path.join(homedir(), '.local/share');
  const data = (env['XDG_DATA_DIRS'] || '/usr/local/share:/usr/share').split(':');
  const config = (env['XDG_CONFIG_DIRS'] || '/etc/xdg').split(':');
  return [...new Set([home, ...config, '/etc', ...data])];
}

function browserFolders(env: NodeJS.ProcessEnv): string[] {
  const chromium = env['CHROMIUM'];
  const versions = filesIn(path.join(homedir(), '.cache/ms-playwright'), '').map((folder) =>
    path.join(folder, 'chrome-linux'),
  );
  return [
    ...(process.versions['electron'] ? [path.dirname(process.execPath)] : []),
    ...(chromium ? [path.dirname(chromium)] : []),
    '/usr/lib/chromium',
    '/usr/lib/chromium-browser',
    '/opt/google/chrome',
    '/usr/share/code',
    '/usr/share/codium',
    '/opt/microsoft/msedge',
    ...versions,
  ];
}

function filesIn(folder: string, extension = '.json'): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith(extension))
      .sort()
      .map((name) => path.join(folder, name));
  } catch {
    return [];
  }
}
