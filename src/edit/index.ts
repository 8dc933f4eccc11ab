/** What the shells and the rules may ask of the user's source. */
import type { SourceFinder } from '../suggest/source-finder.ts';
import { findBatchSize } from './batch-size.ts';
import { findEveryNth } from './every-nth.ts';
import { findParameterGroups } from './parameter-groups.ts';
import { findNumberOption, findSharedOption } from './shared-option.ts';
import type { SourceReader } from './source-files.ts';

export { applyEdits, reverseEdit } from './apply.ts';
export { findBatchSize } from './batch-size.ts';
export { PERF_FILE, readPerfFile } from './perf-file.ts';
export type { PerfTest } from './perf-file.ts';
export type { SourceReader } from './source-files.ts';

/** Answers the rules from the files of the workspace, starting at the script. */
export function sourceFinder(reader: SourceReader, script: string): SourceFinder {
  return {
    batchSize: (observed) => findBatchSize(reader, script, observed),
    sharedOption: (option, callees) => findSharedOption(reader, script, option, callees),
    numberOption: (option, callees) => findNumberOption(reader, script, option, callees),
    oneParameterGroup: () => findParameterGroups(reader, script),
    everyNth: ({ file, line }, every) => findEveryNth(reader, script, file, line, every),
  };
}
