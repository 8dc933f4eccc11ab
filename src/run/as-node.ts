/** Inside VS Code, process.execPath is Electron, which is Node only when asked to be. */
export function asNode(): Readonly<Record<string, string>> {
  return process.versions['electron'] ? { ELECTRON_RUN_AS_NODE: '1' } : {};
}
