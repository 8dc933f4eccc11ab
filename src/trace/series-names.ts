/** Names of the series that a run stores and the analysis looks for. */

/** Processor cores' worth of work, of the run and of all other programs, sampled four times a second, each sample the mean since the one before. */
export const PROCESSOR_SERIES = {
  own: 'cores in use',
  others: 'cores of others',
} as const;
