// A worker thread of a DataLoader: makes the samples that it is asked for. Run as text, in a thread of its own.
// The dataset comes as its class (the file that exports it) and its properties, as Python's comes pickled.
import { parentPort, workerData } from 'node:worker_threads';

const { module, type, properties } = workerData;

const made = import(module).then((exported) => {
  const found = [exported[type], exported.default, exported.data?.[type]].find((each) => each?.name === type);
  if (!found) throw new Error(`${module} exports no class ${type}; a dataset for workers must be exported`);
  return Object.assign(Object.create(found.prototype), properties);
});
made.catch(() => undefined);

async function answer({ id, indices, raw }) {
  const dataset = await made;
  if (raw) return parentPort.postMessage({ id, samples: await dataset.samples(indices) });
  const fields = await dataset.hostBatch(indices);
  return parentPort.postMessage({ id, fields }, fields.map(({ data }) => data.buffer)); // prettier-ignore
}

parentPort.on('message', (message) => {
  answer(message).catch((error) =>
    parentPort.postMessage({ id: message.id, error: error instanceof Error ? error.stack : String(error) }),
  );
});
