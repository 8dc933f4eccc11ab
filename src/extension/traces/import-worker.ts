/**
 * Reads foreign traces in a thread of its own, so that the editor's other extensions go on while a large file is read. Its
 * answer is our own trace file: columns that the extension and its views take over as they are.
 */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { formatImportError, importRanks, importTracePieces } from '../../import/index.ts';
import { filePieces } from '../../run/file-pieces.ts';
import { writeTraceFile } from '../../trace/codec.ts';
import type { ImportAnswer, ImportTask } from './import-task.ts';

function answer({ files, asRanks }: ImportTask): ImportAnswer {
  try {
    const [file = ''] = files;
    const read = asRanks
      ? importRanks(files.map((each) => ({ name: path.basename(each), bytes: readFileSync(each) })))
      : importTracePieces(filePieces(file), statSync(file).size, { fileName: path.basename(file) });
    return read.ok ? { bytes: writeTraceFile(read.value) } : { error: formatImportError(read.error) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { error: code ? `cannot be read (${code})` : message };
  }
}

const made = answer(workerData as ImportTask);
parentPort?.postMessage(made, 'bytes' in made ? [made.bytes.buffer as ArrayBuffer] : []);
