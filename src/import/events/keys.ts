/** Arguments that importers ask for, as string ids of one file. */
import type { ByteStrings } from '../json/strings.ts';

/**
 * Arguments of complete events that some dialect reads. All others are passed over: an operator's shapes and a kernel's
 * repeated facts are most of a file.
 */
export const SLICE_ARGUMENTS = [
  // PyTorch
  'correlation', 'External id', 'external id', 'device', 'stream', 'grid', 'block', 'registers per thread', 'shared memory', 'bytes', 'Call stack', 'Module Hierarchy',
  'est. achieved occupancy %', 'theoretical occupancy %', 'blocks per SM', 'warps per SM',
  // JAX
  'kernel_details', 'tf_op', 'hlo_op', 'memcpy_details', 'model_flops', 'bytes_accessed', 'step_num',
  // our own export
  'table', 'columns',
] as const; // prettier-ignore

export function eventKeys(strings: ByteStrings) {
  const id = (text: string) => strings.known(text);
  return {
    name: id('name'),
    labels: id('labels'),
    sortIndex: id('sort_index'),
    correlation: id('correlation'),
    externalId: id('External id'),
    externalIdOld: id('external id'),
    device: id('device'),
    stream: id('stream'),
    gridX: id('grid.0'),
    gridY: id('grid.1'),
    gridZ: id('grid.2'),
    blockX: id('block.0'),
    blockY: id('block.1'),
    blockZ: id('block.2'),
    registers: id('registers per thread'),
    sharedMemory: id('shared memory'),
    bytes: id('bytes'),
    callStack: id('Call stack'),
    moduleHierarchy: id('Module Hierarchy'),
    memoryBytes: id('Bytes'),
    address: id('Addr'),
    deviceType: id('Device Type'),
    deviceId: id('Device Id'),
    totalAllocated: id('Total Allocated'),
    totalReserved: id('Total Reserved'),
  };
}

export type EventKeys = ReturnType<typeof eventKeys>;
