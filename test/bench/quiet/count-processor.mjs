// Loaded before a script under test (NODE_OPTIONS): notes the processor time of each step, of all threads together, and writes
// it to COUNT_PROCESSOR when the process ends. What other processes take does not show in it.
import { writeFileSync } from 'node:fs';

const file = process.env['COUNT_PROCESSOR'];
const KEY = Symbol.for('kernelscope.annotations');
const steps = [];
let before = null;

function ended() {
  const { user, system } = process.cpuUsage();
  if (before !== null) steps.push((user + system - before) / 1000);
  before = user + system;
}

if (file) {
  let annotations;
  Object.defineProperty(globalThis, KEY, {
    get: () => annotations,
    set(value) {
      annotations = value;
      let listener = value.listener;
      Object.defineProperty(value, 'listener', {
        get: () => listener,
        set(given) {
          const step = given?.step;
          if (step)
            given.step = (event, info) => {
              step.call(given, event, info);
              if (event === 'end') ended();
            };
          listener = given;
        },
      });
    },
  });
  process.on('exit', () => steps.length > 0 && writeFileSync(file, JSON.stringify(steps)));
}
