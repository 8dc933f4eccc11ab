/** What a larger batch means for training itself: fewer updates, another learning rate (Goyal et al.: linear for SGD; square root for Adam). */
export function batchCaution(factor: number): string {
  const times = Number.isInteger(factor) ? `${factor}x` : `${factor.toFixed(1)}x`;
  return (
    `A ${times} larger batch makes ${times} fewer updates an epoch, so training itself changes. Scale the learning rate by ${times.slice(0, -1)} ` +
    `(SGD, with some warm-up steps) or about ${Math.sqrt(factor).toFixed(1)} (Adam), and compare the loss at equal epochs. ` +
    `Gradient accumulation is the other way round: it gives the updates of a large batch at the memory of a small one, but no speed.`
  );
}
