/** How a module name finds the declarations that ship with the extension. */

/** The little of the server's API that is used here; its own declarations are not shipped with TypeScript 7. */
export interface ResolvedModule {
  readonly resolvedModule?:
    | {
        readonly resolvedFileName: string;
        readonly extension: string;
        readonly isExternalLibraryImport?: boolean;
      }
    | undefined;
}
export type ResolveModules = (
  literals: readonly { readonly text: string }[],
  ...rest: unknown[]
) => readonly ResolvedModule[];
const NAME = 'kernelscope';
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
