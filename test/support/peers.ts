/** TensorFlow.js and jax-js, which no part of Kernelscope depends on: installed when a bench or a test first wants them. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const FOLDER = path.resolve('test/bench/peers');
const INSTALL_SECONDS = 300;

/** Python with PyTorch: Debian's python3-torch, or what `KERNELSCOPE_PYTHON` names. */
export const python = process.env['KERNELSCOPE_PYTHON'] ?? '/usr/bin/python3';

export type Found = { readonly folder: string } | { readonly missing: string };

/** The folder whose node_modules holds the peers, installing them where they are not; or why they are not to be had. */
export function findPeers(): Found {
  if (
    existsSync(path.join(FOLDER, 'node_modules/@tensorflow/tfjs-backend-webgpu')) &&
    existsSync(path.join(FOLDER, 'node_modules/@jax-js/jax'))
  )
    return { folder: FOLDER };
  console.log('installing TensorFlow.js and jax-js (about 300 MB) into test/bench/peers');
  try {
    execFileSync('npm', ['ci', '--no-audit', '--no-fund'], {
      cwd: FOLDER,
      stdio: 'pipe',
      timeout: INSTALL_SECONDS * 1000,
    });
    return { folder: FOLDER };
  } catch (error) {
    const said = String((error as { stderr?: unknown }).stderr ?? error);
    return {
      missing: `npm could not install them: ${said.split('\n').find((line) => line.includes('code')) ?? said.slice(0, 120)}`,
    };
  }
}

/** What PyTorch multiplies matrices with; Debian's own reference library is some twenty times slower than OpenBLAS. */
const ASK = `import torch
torch.ones(2, 2) @ torch.ones(2, 2)
maps = open('/proc/self/maps').read()
fast = any(name in maps for name in ('openblas', 'mkl', 'blis'))
print(torch.__version__, 'fast' if fast else 'slow')`;

export type Torch = { readonly version: string; readonly fastBlas: boolean } | { readonly missing: string };

/** Whether PyTorch can be imported and has a fast BLAS; or why not. */
export function findTorch(): Torch {
  try {
    const said = execFileSync(python, ['-c', ASK], { stdio: 'pipe', timeout: 60_000, encoding: 'utf8' });
    const [version = '', blas] = said.trim().split(' ');
    return { version, fastBlas: blas === 'fast' };
  } catch {
    return { missing: `${python} has no torch (Debian: apt-get install python3-torch libopenblas0-pthread)` };
  }
}
