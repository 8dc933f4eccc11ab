/**
 * A plugin of VS Code's TypeScript server: `import ... from 'kernelscope'` has types in a script whose workspace has
 * not installed the package. An installed one wins. Loaded by the server, which requires `export =` and CommonJS.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ResolveModules } from './shipped-types.ts';
import { withShippedTypes } from './shipped-types.ts';

interface CreateInfo {
  readonly languageService: object;
  readonly languageServiceHost: { resolveModuleNameLiterals?: ResolveModules };
}

/** This file lies in node_modules/<plugin>/ of the extension; the declarations in its dist/. */
const DECLARATIONS = path.resolve(__dirname, '..', '..', 'dist', 'types', 'src', 'api', 'index.d.ts');

export function create(info: CreateInfo): object {
  const host = info.languageServiceHost;
  const resolve = host.resolveModuleNameLiterals?.bind(host);
  if (resolve && existsSync(DECLARATIONS))
    host.resolveModuleNameLiterals = withShippedTypes(resolve, DECLARATIONS);
  return info.languageService;
}
