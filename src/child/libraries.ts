/** Names for what foreign libraries do: each is annotated right after the script's import of it has loaded its code. */
import Module from 'node:module';
import { TFJS_ENTRY, nameTensorFlow } from '../adapters/tfjs.ts';
import { nameJax } from '../adapters/jax-js.ts';

type Load = (module: NodeJS.Module, file: string) => void;

export function nameLibraries(): void {
  nameJax();
  // TensorFlow.js for Node is CommonJS, whichever way it is imported.
  const extensions = (Module as unknown as { readonly _extensions: Record<string, Load> })._extensions;
  const load = extensions['.js'] as Load;
  extensions['.js'] = (module, file) => {
    load(module, file);
    if (TFJS_ENTRY.test(file)) nameTensorFlow(module.exports as object);
  };
}
