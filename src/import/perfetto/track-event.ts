/** A track event: the begin or end of a slice, a mark, a value of a counter; or one of Chrome's older events within it. */
import { EVENT_TYPE, LEGACY, TRACK_EVENT } from './fields.ts';
import { readMessage } from './message.ts';
import type { FieldValue } from './message.ts';
import type { Recording, TrackEvent, TrackKey } from './recording.ts';
import type { Sequence } from './sequence.ts';

const KINDS: ReadonlyMap<number, TrackEvent['kind']> = new Map([
  [EVENT_TYPE.begin, 'begin'],
  [EVENT_TYPE.end, 'end'],
  [EVENT_TYPE.instant, 'instant'],
  [EVENT_TYPE.counter, 'counter'],
]);
const NO_FLOWS: readonly bigint[] = [];

interface Legacy {
  nameIid: number;
  phase: string;
  durationUs: number;
}

export function readTrackEvent(
  bytes: Uint8Array,
  sequence: Sequence,
  packetNs: bigint | null,
  recording: Recording,
): void {
  let type = 0;
  let name = '';
  let nameIid = 0;
  let category = '';
  let uuid = sequence.defaultTrack;
  let value = NaN;
  let atNs = packetNs;
  let flows = NO_FLOWS;
  let endedFlows = NO_FLOWS;
  let legacy: Legacy | null = null;
  readMessage(bytes, (field, part) => {
    switch (field) {
      case TRACK_EVENT.type:
        type = part.number();
        return;
      case TRACK_EVENT.name:
        name = part.text();
        return;
      case TRACK_EVENT.nameIid:
        nameIid = part.number();
        return;
      case TRACK_EVENT.categories:
        category ||= part.text();
        return;
      case TRACK_EVENT.trackUuid:
        uuid = part.integer();
        return;
      case TRACK_EVENT.counterValue:
        value = part.signed();
        return;
      case TRACK_EVENT.doubleCounterValue:
        value = part.double();
        return;
      case TRACK_EVENT.timestampAbsoluteUs:
        atNs = part.integer() * 1000n;
        return;
      case TRACK_EVENT.flows:
      case TRACK_EVENT.flowsOld:
        flows = [...flows, part.integer()];
        return;
      case TRACK_EVENT.endedFlows:
      case TRACK_EVENT.endedFlowsOld:
        endedFlows = [...endedFlows, part.integer()];
        return;
      case TRACK_EVENT.legacy:
        legacy = readLegacy(part);
    }
  });
  const { counts, events } = recording;
  const old = legacy as Legacy | null;
  const ownIid = nameIid || (old?.nameIid ?? 0);
  if (name === '' && ownIid > 0) {
    const interned = sequence.names.get(ownIid);
    if (interned === undefined) counts.lostNames++;
    name = interned ?? '';
  }
  if (atNs === null || atNs < 0n) {
    counts.untimed++;
    return;
  }
  const track: TrackKey = uuid ?? `sequence ${sequence.id}`;
  const add = (kind: TrackEvent['kind'], at: bigint): void =>
    void events.push({ atNs: at, kind, track, name: name || category, value, flows, endedFlows });
  const kind = KINDS.get(type);
  if (kind) add(kind, atNs);
  else if (old?.phase === 'B') add('begin', atNs);
  else if (old?.phase === 'E') add('end', atNs);
  else if (old && 'IiR'.includes(old.phase)) add('instant', atNs);
  else if (old?.phase === 'X') {
    add('begin', atNs);
    events.push({
      atNs: atNs + BigInt(Math.round(Math.max(0, Math.min(old.durationUs, 2 ** 53)) * 1000)),
      kind: 'end', track, name: '', value, flows: NO_FLOWS, endedFlows: NO_FLOWS,
    }); // prettier-ignore
  } else counts.legacy++;
}

function readLegacy(value: FieldValue): Legacy {
  const legacy = { nameIid: 0, phase: '', durationUs: 0 };
  value.message((field, part) => {
    if (field === LEGACY.nameIid) legacy.nameIid = part.number();
    else if (field === LEGACY.phase) legacy.phase = String.fromCharCode(part.number() & 127);
    else if (field === LEGACY.durationUs) legacy.durationUs = part.signed();
  });
  return legacy;
}
