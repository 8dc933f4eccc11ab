export { TensorDataset, SampleDataset, type BatchTransform, type Dataset, type Field } from './dataset.ts';
export { randomSplit, Subset } from './split.ts';
export { DataLoader, type DataLoaderOptions } from './loader.ts';
export { readIdx, type IdxArray } from './idx.ts';
export { mnist, type ImageDataset, type MnistOptions } from './mnist.ts';
export { readNpy, readNpz, type NpyArray } from './npy.ts';
export { CsvTable, readCsv, type CsvOptions } from './csv.ts';
export { byteTokenizer, CharacterTokenizer } from './text.ts';
