/** The CNN's weights for images with channels last. */
import type { StateEntry } from '../../../src/nn/state.ts';

/** `[rows, channels, ...places]` to `[rows, ...places, channels]`. */
function channelsLast(data: Float32Array, rows: number, channels: number): Float32Array {
  const places = data.length / rows / channels;
  const turned = new Float32Array(data.length);
  for (let row = 0; row < rows; row++)
    for (let channel = 0; channel < channels; channel++)
      for (let place = 0; place < places; place++)
        turned[(row * places + place) * channels + channel] = data[
          (row * channels + channel) * places + place
        ] as number;
  return turned;
}

/** Kernels OIHW to OHWI, and the inputs of the first dense layer, which are a flattened image of 64 channels. */
export function entryChannelsLast(name: string, { shape, data }: StateEntry): StateEntry {
  const [rows = 1, channels = 1, ...places] = shape;
  if (shape.length === 4)
    return { shape: [rows, ...places, channels], data: channelsLast(data as Float32Array, rows, channels) };
  return name === 'fc1.weight'
    ? { shape, data: channelsLast(data as Float32Array, rows, 64) }
    : { shape, data };
}
