/** Names of the series that a run stores and the analysis looks for. */

/** Processor cores' worth of work, sampled four times a second, each sample the mean since the one before. */
export const PROCESSOR_SERIES = {
  own: 'processor cores in use',
  others: 'processor cores that other programs use',
} as const;
