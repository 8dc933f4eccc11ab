/** The house: which room may import which, which package lives where. docs/architecture.md says why. */

const PURE_PARTS = ['base', 'trace'] as const;

export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  base: [],
  trace: ['base'],
  suggest: ['base', 'trace', 'analysis'],
  wire: ['base', 'trace', 'suggest'],
  // what makes traces
  probe: ['base', 'trace', 'wire'],
  gpu: ['base', 'trace', 'probe', 'kernels'],
  ops: ['base', 'trace', 'probe', 'gpu', 'kernels'],
  tensor: ['base', 'trace', 'probe', 'gpu', 'ops'],
  nn: ['base', 'trace', 'probe', 'gpu', 'ops', 'tensor'],
  optim: ['base', 'trace', 'probe', 'gpu', 'ops', 'tensor', 'nn'],
  data: ['base', 'trace', 'probe', 'gpu', 'ops', 'tensor'],
  api: ['base', 'trace', 'probe', 'gpu', 'ops', 'tensor', 'nn', 'optim', 'data'],
  adapters: ['base', 'trace', 'probe'],
  child: ['base', 'trace', 'wire', 'probe', 'gpu', 'adapters'],
  kernels: [],
  // what explains traces
  import: [...PURE_PARTS],
  export: [...PURE_PARTS, 'analysis', 'suggest'],
  analysis: [...PURE_PARTS],
  edit: ['base', 'analysis', 'suggest'],
  // what shows traces
  run: ['base', 'trace', 'wire', 'suggest', 'analysis'],
  sql: ['base', 'trace', 'wire', 'import', 'export', 'run'],
  cli: ['sql', 'base', 'trace', 'wire', 'import', 'export', 'analysis', 'suggest', 'edit', 'run'],
  extension: ['sql', 'base', 'trace', 'wire', 'import', 'export', 'analysis', 'suggest', 'edit', 'run'],
  // Runs in TypeScript's server, not in the extension: nothing of ours may come along.
  'typescript-plugin': [],
  webview: ['base', 'trace', 'wire', 'import', 'analysis', 'suggest'],
};

/** Packages and Node's modules: the only rooms that may import them. A key ending in ':' is a prefix. */
export const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  'node:': ['typescript-plugin', 'child', 'run', 'sql', 'cli', 'extension', 'data', 'gpu', 'probe', 'api'],
  vscode: ['extension'],
  webgpu: ['child', 'gpu'],
  d3: ['webview'],
  esbuild: ['child'],
  leven: ['cli'],
  fflate: ['trace', 'import', 'export', 'data'],
  '@bufbuild/protobuf': ['import'],
  'fast-png': ['data'],
  'gpt-tokenizer': ['data'],
  'jpeg-js': ['data'],
  'hyparquet-writer': ['export'],
  '@duckdb/node-api': ['sql'],
  yaml: ['cli'],
  '@jridgewell/trace-mapping': ['child'],
  '@babel/parser': ['edit'],
  wgsl_reflect: ['analysis'],
};

/** Folders whose every file must be named in their index.ts. */
export const LISTED = [
  'src/ops',
  'src/nn',
  'src/optim',
  'src/import',
  'src/export',
  'src/suggest/rules',
  'webview/views',
] as const;
