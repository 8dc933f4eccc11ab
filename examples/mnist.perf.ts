// Performance tests of the examples: `npm run kernelscope -- perf examples`, or VS Code's Test Explorer.
// Read, not run: options are literals. A baseline is recorded with --update-baselines.
import { perf } from 'kernelscope';

perf.test('a step of the MLP', { script: './mnist-mlp.ts', steps: 30, maxStepMs: 250, maxPeakMB: 100 });
perf.test('the CNN fits a small device', { script: './mnist-cnn.ts', steps: 20, maxPeakMB: 400 });
