/** The correct outcomes of a fault. Any other outcome describes a mistake. */
export const outcomes = {
  atOnce: 'verified at once',
  byNext: 'failed, verified by the next request',
  notMet: 'the call was not made',
} as const
