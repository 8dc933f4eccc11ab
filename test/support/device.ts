/** One engine for the tests of a file; tensors are made on it. */
import { after } from 'node:test';
import { openEngine, type Engine } from '../../src/gpu/engine.ts';
import { useEngine } from '../../src/tensor/engine.ts';

export async function testEngine(): Promise<Engine> {
  const engine = await openEngine();
  useEngine(engine);
  after(() => engine.dispose());
  return engine;
}
