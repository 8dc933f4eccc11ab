/** What one writer of packets has told so far: names by number, defaults. Another writer's numbers mean other names. */
import { DEFAULTS, ENTRY, INTERNED } from './fields.ts';
import { readMessage } from './message.ts';

export interface StageEntry {
  readonly name: string;
  readonly category: number;
}

export class Sequence {
  readonly id: number;
  readonly names = new Map<number, string>();
  readonly categories = new Map<number, string>();
  readonly stages = new Map<number, StageEntry>();
  defaultTrack: bigint | null = null;
  /** 0: none given. */
  defaultClock = 0;

  constructor(id: number) {
    this.id = id;
  }

  /** The writer lost packets, or begins anew: its numbers are void. */
  clear(): void {
    this.names.clear();
    this.categories.clear();
    this.stages.clear();
    this.defaultTrack = null;
    this.defaultClock = 0;
  }

  intern(data: Uint8Array): void {
    readMessage(data, (field, value) => {
      if (field === INTERNED.names) addEntry(value.bytes(), (iid, { name }) => this.names.set(iid, name));
      else if (field === INTERNED.categories)
        addEntry(value.bytes(), (iid, { name }) => this.categories.set(iid, name));
      else if (field === INTERNED.gpuSpecifications)
        addEntry(value.bytes(), (iid, entry) => this.stages.set(iid, entry));
    });
  }

  setDefaults(data: Uint8Array): void {
    readMessage(data, (field, value) => {
      if (field === DEFAULTS.clock) this.defaultClock = value.number();
      else if (field === DEFAULTS.trackEvent)
        value.message((inner, uuid) => {
          if (inner === DEFAULTS.trackUuid) this.defaultTrack = uuid.integer();
        });
    });
  }
}

function addEntry(entry: Uint8Array, add: (iid: number, entry: StageEntry) => void): void {
  let iid = 0;
  let name = '';
  let category = 0;
  readMessage(entry, (field, value) => {
    if (field === ENTRY.iid) iid = value.number();
    else if (field === ENTRY.name) name = value.text();
    else if (field === ENTRY.category) category = value.number();
  });
  add(iid, { name, category });
}
