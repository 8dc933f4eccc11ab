/** WGSL files are imported as text (esbuild's text loader). */
declare module '*.wgsl' {
  const source: string;
  export default source;
}

/** Programs of worker threads, imported as text too. */
declare module '*.worker.js' {
  const source: string;
  export default source;
}
