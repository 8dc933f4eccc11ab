/**
 * The order within pairs of trials that run one after the other: whether the edited script runs first. Two pairs are always in opposite
 * order, so that an even drift cancels. What comes and goes in a rhythm (another proof beside this one) would always disturb the same side
 * under a fixed order: that of four trials under AB BA AB BA, that of three under AB BA BA AB. So the first order of each four pairs is
 * drawn, and so is which of the two they are; mostly the latter, since three trials keep step less well.
 */
const MIRRORED = 0.8;

export function* editedFirst(random: () => number): Generator<boolean, never> {
  for (;;) {
    const first = random() < 0.5;
    const third = random() < MIRRORED ? !first : first;
    yield* [first, !first, third, !third];
  }
}
