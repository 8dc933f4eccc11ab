/** The decoders of images, in a bundle of their own that is loaded when the first image is. */
export { convertIndexedToRgb, decode as decodePng } from 'fast-png';
export { decode as decodeJpeg } from 'jpeg-js';
