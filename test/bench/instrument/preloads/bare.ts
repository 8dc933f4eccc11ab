/** WebGPU where a browser has it, and nothing else. */
import { create, globals } from 'webgpu';

Object.assign(globalThis, globals);
Object.defineProperty(globalThis, 'navigator', {
  value: { gpu: create([]), userAgent: 'Node.js' },
  configurable: true,
});
