/** Every id that package.json and the code share. test/extension-manifest holds both sides together. */

/** Commands a person can find in the palette or a menu; package.json titles each of them. */
export const COMMANDS = {
  profile: 'kernelscope.profile',
  profileUntilStopped: 'kernelscope.profileUntilStopped',
  stop: 'kernelscope.stop',
  openTrace: 'kernelscope.openTrace',
  openRanks: 'kernelscope.openRanks',
  compareTraces: 'kernelscope.compareTraces',
  saveTrace: 'kernelscope.saveTrace',
  showTimeline: 'kernelscope.showTimeline',
  openLarge: 'kernelscope.openLarge',
  showOutput: 'kernelscope.showOutput',
  pinBaseline: 'kernelscope.pinBaseline',
  measureOnCpu: 'kernelscope.measureOnCpu',
  clear: 'kernelscope.clear',
  doctor: 'kernelscope.doctor',
  prove: 'kernelscope.proveSuggestion',
  apply: 'kernelscope.applySuggestion',
  applyConfirmed: 'kernelscope.applyConfirmed',
  dismiss: 'kernelscope.dismissSuggestion',
  restoreDismissed: 'kernelscope.restoreDismissed',
  exportReport: 'kernelscope.exportReport',
  whatIf: 'kernelscope.whatIf',
  layersByTime: 'kernelscope.layersByTime',
  layersByModel: 'kernelscope.layersByModel',
  compareRun: 'kernelscope.compareRun',
  clearRuns: 'kernelscope.clearRuns',
} as const;

/** Commands only lenses, hovers and messages call: they need an argument. Not in package.json. */
export const INNER_COMMANDS = {
  selectLayers: 'kernelscope.inner.selectLayers',
  explain: 'kernelscope.inner.explain',
  showRun: 'kernelscope.inner.showRun',
  applied: 'kernelscope.inner.applied',
  goTo: 'kernelscope.inner.goTo',
  installDriver: 'kernelscope.inner.installDriver',
} as const;

export type CommandId = (typeof COMMANDS)[keyof typeof COMMANDS];
export type InnerCommandId = (typeof INNER_COMMANDS)[keyof typeof INNER_COMMANDS];

export const VIEWS = {
  timeline: 'kernelscope.timeline',
  layers: 'kernelscope.layers',
  runs: 'kernelscope.runs',
} as const;
/** Tools for language models, as in `kernelscope mcp`. */
export const TOOLS = {
  profile: 'profileTrainingScript',
  explain: 'explainTrace',
  verify: 'verifySuggestion',
} as const;

/** `trace` opens on a click, `anyTrace` only when asked for: its files may be anything. `large` is no editor of files. */
export const EDITORS = {
  trace: 'kernelscope.trace',
  anyTrace: 'kernelscope.anyTrace',
  large: 'kernelscope.large',
} as const;

/** Keys of `when` clauses in package.json. */
export const CONTEXT = {
  running: 'kernelscope.running',
  hasProfile: 'kernelscope.hasProfile',
  hasSuggestions: 'kernelscope.hasSuggestions',
  /** Paths of open scripts that train on a GPU: `resourcePath in kernelscope.scripts`. */
  scripts: 'kernelscope.scripts',
  /** One of them at least is open. */
  hasScript: 'kernelscope.hasScript',
  /** How the tree of layers is sorted: 'model' or 'time'. */
  layerOrder: 'kernelscope.layerOrder',
  /** Paths of folders with the traces of several ranks. */
  rankFolders: 'kernelscope.rankFolders',
} as const;

/** Names below the section `kernelscope` of the settings. */
export const SETTINGS = {
  steps: 'steps',
  timeLimit: 'timeLimit',
  mode: 'mode',
  driver: 'driver',
  codeLenses: 'codeLenses',
  heat: 'heat',
  trialBudget: 'trialBudget',
  noiseFloor: 'noiseFloor',
  profileAfterApply: 'profileAfterApply',
  queryTimeLimit: 'queryTimeLimit',
  gpuPrices: 'gpuPrices',
} as const;

/** Controller of the Test Explorer. */
export const PERF_TESTS = 'kernelscope.perf';
export const SECTION = 'kernelscope';
export const WALKTHROUGH = 'kernelscope.start';
export const OUTPUT_NAME = 'Kernelscope';
export const DIAGNOSTICS = 'kernelscope';
