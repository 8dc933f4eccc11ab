/** GPT-2's byte-pair encoding, in a bundle of its own (half a megabyte of merges) that is loaded when it is asked for. */
export { decode, encode, vocabularySize } from 'gpt-tokenizer/encoding/r50k_base';
