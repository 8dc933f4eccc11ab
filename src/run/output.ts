/** Lines that a driver or Dawn prints about itself on every start; they say nothing about the script. */
const NOISE =
  /^Warning: max\w+ artificially reduced from \d+ to \d+ to fit dynamic offset allocation limit\.\r?\n?/gm;

export function withoutDriverNoise(text: string): string {
  return text.replace(NOISE, '');
}
