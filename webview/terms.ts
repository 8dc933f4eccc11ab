/** The words of a trace (phases, roles, families, bounds ...) in the language of the editor; a word that is none of them stays. */
import { t } from './translate.ts';

const TERMS: Readonly<Record<string, () => string>> = {
  // Phases of a step, transfers.
  data: () => t('data'),
  forward: () => t('forward'),
  backward: () => t('backward'),
  optimizer: () => t('optimizer'),
  readback: () => t('readback'),
  upload: () => t('upload'),
  copy: () => t('copy'),
  other: () => t('other'),
  // Families of kernels.
  convolution: () => t('convolution'),
  attention: () => t('attention'),
  normalization: () => t('normalization'),
  'element-wise': () => t('element-wise'),
  reduction: () => t('reduction'),
  loss: () => t('loss'),
  // Roles of buffers.
  unknown: () => t('unknown'),
  parameter: () => t('parameter'),
  gradient: () => t('gradient'),
  'optimizer-state': () => t('optimizer-state'),
  activation: () => t('activation'),
  workspace: () => t('workspace'),
  input: () => t('input'),
  staging: () => t('staging'),
  // How a buffer ended.
  alive: () => t('alive'),
  destroyed: () => t('destroyed'),
  collected: () => t('collected'),
  released: () => t('released'),
  'device-lost': () => t('device lost'),
  // What holds a kernel back.
  compute: () => t('compute'),
  memory: () => t('memory'),
  latency: () => t('latency'),
  none: () => t('nothing'),
  'small grid': () => t('small grid'),
  tail: () => t('last wave'),
  'idle lanes': () => t('idle lanes'),
  threads: () => t('threads'),
  workgroups: () => t('workgroups'),
  'workgroup memory': () => t('workgroup memory'),
  registers: () => t('registers'),
  // How a figure was obtained.
  measured: () => t('measured'),
  computed: () => t('computed'),
  estimated: () => t('estimated'),
  'data sheet': () => t('data sheet'),
  observed: () => t('observed'),
  // What became of a row of a comparison.
  faster: () => t('faster'),
  slower: () => t('slower'),
  same: () => t('same'),
  'not certain': () => t('not certain'),
  new: () => t('new'),
  gone: () => t('gone'),
};

export function term(word: string): string {
  return Object.hasOwn(TERMS, word) ? (TERMS[word]?.() ?? word) : word;
}

/** As a title or a label begins. */
export function capital(text: string): string {
  return `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`;
}
