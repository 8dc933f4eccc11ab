/** What a foreign format must offer to be opened here. One file a format; index.ts lists them. */
import type { Result } from '../base/result.ts';
import type { Trace } from '../trace/model.ts';
import type { TimeRange } from '../trace/time-range.ts';

/** Why there is no trace at all. What is merely missing or doubtful becomes a note of the trace. */
export interface ImportError {
  /** Byte (of the unpacked text) at which reading stopped. */
  readonly at: number;
  readonly message: string;
}

export interface ReadOptions {
  /** Told now and then how much of the input, 0..1, has been read. Returning false stops the reading. */
  readonly progress?: (share: number) => boolean | void;
  /** Name of the file, for formats that keep facts there (the rank of a worker). */
  readonly fileName?: string;
  /** Only what happened within it. */
  readonly range?: TimeRange;
}

export interface Importer {
  readonly id: string;
  /** As a person knows the format. */
  readonly label: string;
  /** Endings of names the format usually has, lower case, with the dot. */
  readonly extensions: readonly string[];
  /** Whether the first bytes (unpacked, up to SNIFF_BYTES) look like this format. Must not throw. */
  sniff(head: Uint8Array): boolean;
  /** Reads a whole file, packed with gzip or not. Never throws on bad input. */
  read(bytes: Uint8Array, options?: ReadOptions): Result<Trace, ImportError>;
  /** The same from pieces that are read once, in order, for files too large to hold; absent where the whole is needed. */
  readPieces?(
    pieces: Iterable<Uint8Array>,
    sizeBytes: number,
    options?: ReadOptions,
  ): Result<Trace, ImportError>;
}

export const SNIFF_BYTES = 1 << 16;
