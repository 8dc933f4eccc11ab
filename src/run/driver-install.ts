/**
 * Gets a software Vulkan driver (Mesa's lavapipe) from the machine's own package mirror: installed as root, or unpacked into the
 * cache folder without. Debian's stable Mesa is often too old, so its backports are asked first. Apt works on a list of
 * sources of its own made from the machine's: the system's configuration stays as it is.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Result } from '../base/result.ts';
import { err, ok } from '../base/result.ts';
import { unpackDriver } from './driver-unpack.ts';
import { unpackedDriverFolder } from './drivers.ts';
import { outputOf } from './output-of.ts';

const PACKAGES = ['mesa-vulkan-drivers', 'libvulkan1'];
const UPDATE_LIMIT_MS = 180_000;
const INSTALL_LIMIT_MS = 600_000;

export interface InstallOptions {
  readonly cache: string;
  readonly onLine: (line: string) => void;
  /** Root installs for the whole machine; otherwise the driver is unpacked into the cache. By default, what the user may do. */
  readonly root?: boolean;
}

/** One line that says what was done. */
export async function installDriver(options: InstallOptions): Promise<Result<string, string>> {
  const { cache, onLine } = options;
  if (process.platform !== 'linux')
    return err('a software driver can be installed on Linux only; here the system brings its own');
  if (!existsSync('/usr/bin/apt-get'))
    return err(
      'there is no apt here: install the package that holds Mesa lavapipe (mesa-vulkan-drivers, vulkan-swrast) with your package manager',
    );
  const root = options.root ?? process.getuid?.() === 0;
  const apt = new Apt(path.join(cache, 'apt'), root);
  const sources = await apt.machineSources();
  if (sources.length === 0) return err('apt has no package sources (apt-get indextargets lists none)');
  for (const backports of [true, false]) {
    const suite = backports ? backportsOf(sources) : null;
    if (backports && !suite) continue;
    apt.writeSources(suite ? [...sources, suite] : sources);
    onLine(`reading package lists${suite ? ` with ${suite.suite}` : ''}`);
    const updated = await apt.run(['update', '-q'], UPDATE_LIMIT_MS);
    if (!updated.ok) {
      if (backports) continue;
      return err(`apt-get update failed: ${updated.error}`);
    }
    const target = suite ? ['-t', suite.suite] : [];
    onLine(
      root ? `installing ${PACKAGES.join(' and ')}` : `downloading ${PACKAGES.join(', ')} and what they need`,
    );
    const install = [
      'install',
      '-q',
      '-y',
      '--no-install-recommends',
      ...(root ? [] : ['--download-only']),
      ...target,
      ...PACKAGES,
    ];
    const installed = await apt.run(install, INSTALL_LIMIT_MS);
    if (!installed.ok) {
      if (backports) continue;
      return err(`apt-get install failed: ${installed.error}`);
    }
    const done = root ? null : await unpackDriver(apt.archives, unpackedDriverFolder(cache), onLine);
    apt.clean();
    if (done) return done;
    return ok(`installed ${PACKAGES.join(' and ')}${suite ? ` from ${suite.suite}` : ''}`);
  }
  return err('no package source offers Mesa');
}

interface Source {
  readonly uri: string;
  readonly suite: string;
  readonly component: string;
}

/** `ID` and `VERSION_CODENAME` of os-release. */
function release(): { readonly id: string; readonly codename: string } {
  const text = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  const field = (name: string): string => new RegExp(`^${name}="?([^"\\n]*)`, 'm').exec(text)?.[1] ?? '';
  return { id: field('ID'), codename: field('VERSION_CODENAME') };
}

/** Debian's backports from the mirror that its main suite comes from; null elsewhere. */
function backportsOf(sources: readonly Source[]): Source | null {
  const { id, codename } = release();
  const main = sources.find(({ suite, component }) => suite === codename && component === 'main');
  return id === 'debian' && main ? { ...main, suite: `${codename}-backports` } : null;
}

class Apt {
  readonly archives: string;
  readonly #folder: string;
  readonly #options: readonly string[];

  constructor(folder: string, root: boolean) {
    this.#folder = folder;
    this.archives = path.join(folder, 'archives');
    for (const each of ['lists/partial', 'archives/partial'])
      mkdirSync(path.join(folder, each), { recursive: true });
    const options = {
      'Dir::Etc::sourcelist': path.join(folder, 'sources.list'),
      'Dir::Etc::sourceparts': '/dev/null',
      'Dir::State::lists': path.join(folder, 'lists'),
      'Dir::Cache': folder,
      'Dir::Cache::archives': this.archives,
      'Dir::State::status': '/var/lib/dpkg/status',
      // The folders are this user's; apt's own user may not write there.
      'APT::Sandbox::User': '',
      'APT::Update::Error-Mode': 'any',
      // Another installation may be under way, as on a machine that has just started.
      'DPkg::Lock::Timeout': '120',
      ...(root ? {} : { 'Debug::NoLocking': '1' }),
    };
    this.#options = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  }

  /** The distribution's archive as the machine reaches it: no mirror is written in this program. */
  async machineSources(): Promise<Source[]> {
    const listed = await outputOf(
      'apt-get',
      ['indextargets', '--format', '$(REPO_URI)|$(RELEASE)|$(COMPONENT)', 'Created-By: Packages'],
      UPDATE_LIMIT_MS,
    );
    if (!listed.ok) return [];
    const lines = [...new Set(listed.value.split('\n').filter((line) => line.includes('|')))];
    const { codename } = release();
    return lines
      .map((line) => {
        const [uri = '', suite = '', component = ''] = line.split('|');
        return { uri, suite, component };
      })
      .filter(({ suite }) => suite.startsWith(codename));
  }

  writeSources(sources: readonly Source[]): void {
    const keyring = `/usr/share/keyrings/${release().id}-archive-keyring.gpg`;
    const signed = existsSync(keyring) ? `[signed-by=${keyring}] ` : '';
    const lines = sources.map(({ uri, suite, component }) => `deb ${signed}${uri} ${suite} ${component}`);
    writeFileSync(path.join(this.#folder, 'sources.list'), `${[...new Set(lines)].join('\n')}\n`);
  }

  /** Package lists are large, and stale tomorrow. */
  clean(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  run(args: readonly string[], limitMs: number): Promise<Result<string, string>> {
    return outputOf('apt-get', [...this.#options, ...args], limitMs);
  }
}
