/** Reads the packets of a Perfetto trace, one by one: a packet that is broken inside costs only itself. */
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { Unzlib } from 'fflate';
import type { ReadOptions } from '../importer.ts';
import { Clocks } from './clocks.ts';
import { readProcessTree, readThreadDescriptor, readTrackDescriptor } from './descriptors.ts';
import { CLOCK, CLOCK_SNAPSHOT, OWN_PACKETS, PACKET, PLAIN_FIELDS, SEQUENCE_STATE_CLEARED, TRACE } from './fields.ts'; // prettier-ignore
import { readGpuStage } from './gpu-stage.ts';
import type { OldSpecifications } from './gpu-stage.ts';
import { WireError, readMessage } from './message.ts';
import type { FieldValue } from './message.ts';
import { emptyRecording } from './recording.ts';
import type { Recording } from './recording.ts';
import { Sequence } from './sequence.ts';
import { readTrackEvent } from './track-event.ts';

/** One packet of compressed ones holds half a megabyte of them, says Perfetto; more than this is a bomb. */
const MAX_UNPACKED_BYTES = 1 << 26;
/** Tag of a packet: field 1, length-delimited. */
const FIRST_BYTE = 0x0a;
/** Perfetto's decoder knows no field above. */
const MAX_FIELD = 1000;
const PROGRESS_EVERY_PACKETS = 1 << 14;

export interface PacketFile {
  readonly recording: Recording;
  readonly clocks: Clocks;
  /** Byte at which the packets stop being packets, and why; null when the file was read to its end. */
  readonly stoppedAt: { readonly at: number; readonly message: string } | null;
}

export function readPackets(bytes: Uint8Array, options: ReadOptions = {}): PacketFile {
  const reader = new PacketReader();
  const stoppedAt = reader.readAll(bytes, 0, options);
  return { recording: reader.recording, clocks: reader.clocks, stoppedAt };
}

/** Whether the first bytes are packets: each a message to its very end. No text is, for long. */
export function looksLikePackets(head: Uint8Array): boolean {
  const LOOKED_AT = 4;
  if (head[0] !== FIRST_BYTE) return false;
  let whole = 0;
  try {
    const reader = new BinaryReader(head);
    while (reader.pos < reader.len && whole < LOOKED_AT) {
      const [field, wire] = reader.tag();
      if (field !== TRACE.packet || wire !== WireType.LengthDelimited) return false;
      readMessage(reader.bytes(), (part) => {
        if (part > MAX_FIELD) throw new WireError('no field of a packet');
      });
      whole++;
    }
  } catch (error) {
    // The head may end within a packet: then those before it tell.
    return whole > 0 && !(error instanceof WireError);
  }
  return whole > 0;
}

class PacketReader {
  readonly recording = emptyRecording();
  readonly clocks = new Clocks();
  readonly #sequences = new Map<number, Sequence>();
  readonly #specifications: OldSpecifications = { queues: [], stages: [] };

  /** `depth` 1: packets from within a compressed packet, which holds no further one. */
  readAll(bytes: Uint8Array, depth: number, { progress }: ReadOptions): PacketFile['stoppedAt'] {
    const reader = new BinaryReader(bytes);
    let at = 0;
    try {
      while (reader.pos < reader.len) {
        at = reader.pos;
        const [field, wire] = reader.tag();
        if (field !== TRACE.packet || wire !== WireType.LengthDelimited) {
          reader.skip(wire, field);
          continue;
        }
        this.#packet(reader.bytes(), depth);
        if (
          this.recording.counts.packets % PROGRESS_EVERY_PACKETS === 0 &&
          progress?.(reader.pos / reader.len) === false
        )
          return { at, message: 'reading was stopped' };
      }
    } catch {
      return { at, message: 'the file ends within a packet, or is none of Perfetto from here on' };
    }
    return null;
  }

  #packet(bytes: Uint8Array, depth: number): void {
    this.recording.counts.packets++;
    try {
      this.#readPacket(bytes, depth);
    } catch {
      this.recording.counts.broken++;
    }
  }

  #readPacket(bytes: Uint8Array, depth: number): void {
    let sequenceId = 0;
    let timestamp: bigint | null = null;
    let clock = 0;
    let flags = 0;
    let kind = 0;
    const parts = new Map<number, Uint8Array>();
    readMessage(bytes, (field, value) => {
      if (field === PACKET.timestamp) timestamp = value.integer();
      else if (field === PACKET.sequence) sequenceId = value.number();
      else if (field === PACKET.clock) clock = value.number();
      else if (field === PACKET.sequenceFlags) flags |= value.number();
      else if (field === PACKET.stateCleared) flags |= Number(value.number() !== 0) && SEQUENCE_STATE_CLEARED;
      else if (field === PACKET.internedData || field === PACKET.defaults) parts.set(field, value.bytes());
      else if (!PLAIN_FIELDS.has(field)) {
        kind = field;
        if (value.wire === WireType.LengthDelimited) parts.set(field, value.bytes());
      }
    });
    let sequence = this.#sequences.get(sequenceId);
    if (!sequence) this.#sequences.set(sequenceId, (sequence = new Sequence(sequenceId)));
    // The order within a packet is fixed by meaning, not by place: clearing, then names and defaults, then the event.
    if (flags & SEQUENCE_STATE_CLEARED) sequence.clear();
    const interned = parts.get(PACKET.internedData);
    if (interned) sequence.intern(interned);
    const defaults = parts.get(PACKET.defaults);
    if (defaults) sequence.setDefaults(defaults);
    const payload = parts.get(kind);
    if (!payload) return;
    const atNs = (): bigint | null =>
      timestamp === null ? null : this.clocks.toTrace(sequence.id, clock || sequence.defaultClock, timestamp);
    this.#payload(kind, payload, sequence, atNs, depth);
  }

  #payload(
    kind: number,
    payload: Uint8Array,
    sequence: Sequence,
    atNs: () => bigint | null,
    depth: number,
  ): void {
    const { recording } = this;
    switch (kind) {
      case PACKET.trackEvent:
        readTrackEvent(payload, sequence, atNs(), recording);
        return;
      case PACKET.trackDescriptor:
        readTrackDescriptor(payload, recording);
        return;
      case PACKET.threadDescriptor:
        readThreadDescriptor(payload, sequence, recording);
        return;
      case PACKET.processTree:
        readProcessTree(payload, recording);
        return;
      case PACKET.clockSnapshot:
        this.#snapshot(payload, sequence.id);
        return;
      case PACKET.gpuRenderStage:
        readGpuStage(payload, sequence, atNs(), this.#specifications, recording);
        return;
      case PACKET.compressedPackets: {
        const stopped = depth > 0 ? true : this.readAll(inflated(payload), 1, {});
        if (stopped) recording.counts.broken++;
        return;
      }
      case PACKET.zstdPackets:
        recording.counts.zstd++;
        return;
    }
    if (OWN_PACKETS.has(kind)) return;
    const { others } = recording.counts;
    others.set(kind, (others.get(kind) ?? 0) + 1);
  }

  #snapshot(payload: Uint8Array, sequence: number): void {
    const readings: Parameters<Clocks['snapshot']>[1][number][] = [];
    let primary = 0;
    readMessage(payload, (field, value) => {
      if (field === CLOCK_SNAPSHOT.primary) primary = value.number();
      else if (field === CLOCK_SNAPSHOT.clocks) readings.push(readClock(value));
    });
    this.clocks.snapshot(sequence, readings, primary);
  }
}

function readClock(value: FieldValue): {
  id: number;
  timestamp: bigint;
  isIncremental: boolean;
  multiplierNs: bigint;
} {
  // prettier-ignore
  const reading = { id: 0, timestamp: 0n, isIncremental: false, multiplierNs: 1n };
  value.message((field, part) => {
    if (field === CLOCK.id) reading.id = part.number();
    else if (field === CLOCK.timestamp) reading.timestamp = part.integer();
    else if (field === CLOCK.isIncremental) reading.isIncremental = part.number() !== 0;
    else if (field === CLOCK.multiplierNs) reading.multiplierNs = part.integer() || 1n;
  });
  return reading;
}

function inflated(packed: Uint8Array): Uint8Array {
  const pieces: Uint8Array[] = [];
  let size = 0;
  const unzlib = new Unzlib((piece) => {
    size += piece.length;
    if (size > MAX_UNPACKED_BYTES) throw new RangeError('a packet unpacks to too much');
    pieces.push(piece);
  });
  const FEED_BYTES = 1 << 14;
  for (let at = 0; at < packed.length; at += FEED_BYTES)
    unzlib.push(packed.subarray(at, at + FEED_BYTES), at + FEED_BYTES >= packed.length);
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
