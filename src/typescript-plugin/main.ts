/**
 * A plugin of VS Code's TypeScript server: `import ... from 'kernelscope'` has types in a script whose workspace has
 * not installed the package. An installed one wins. Loaded by the server, which requires `export =` and CommonJS.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';

/** The little of the server's API that is used here; its own declarations are not shipped with TypeScript 7. */
interface ResolvedModule {
  readonly resolvedModule?:
    | {
        readonly resolvedFileName: string;
        readonly extension: string;
        readonly isExternalLibraryImport?: boolean;
      }
    | undefined;
}
type ResolveModules = (
  literals: readonly { readonly text: string }[],
  ...rest: unknown[]
) => readonly ResolvedModule[];
interface CreateInfo {
  readonly languageService: object;
  readonly languageServiceHost: { resolveModuleNameLiterals?: ResolveModules };
}

const NAME = 'kernelscope';
/** This file lies in node_modules/<plugin>/ of the extension; the declarations in its dist/. */
const DECLARATIONS = path.resolve(__dirname, '..', '..', 'dist', 'types', 'src', 'api', 'index.d.ts');

/** Resolves the package to the declarations that ship here, where nothing else answers to its name. */
export function withShippedTypes(resolve: ResolveModules, declarations: string): ResolveModules {
  const resolvedModule = {
    resolvedFileName: declarations,
    extension: '.d.ts',
    isExternalLibraryImport: true,
  };
  return (literals, ...rest) => {
    const found = resolve(literals, ...rest);
    return found.map((each, i) =>
      literals[i]?.text === NAME && !each.resolvedModule ? { ...each, resolvedModule } : each,
    );
  };
}

export function create(info: CreateInfo): object {
  const host = info.languageServiceHost;
  const resolve = host.resolveModuleNameLiterals?.bind(host);
  if (resolve && existsSync(DECLARATIONS))
    host.resolveModuleNameLiterals = withShippedTypes(resolve, DECLARATIONS);
  return info.languageService;
}
