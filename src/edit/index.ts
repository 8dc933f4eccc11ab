/** What the shells and the rules may ask of the user's source. */
export { applyEdits, reverseEdit } from './apply.ts';
export { findBatchSize } from './batch-size.ts';
export type { BatchLiteral } from './batch-size.ts';
export type { SourceReader } from './source-files.ts';
