/** What may come of a fault. Anything else is wrong, and says what. */
export const outcomes = {
  atOnce: 'verified at once',
  byNext: 'failed, verified by the next request',
  notMet: 'the call was not made',
} as const
