export const operationKinds = [
  'setup',
  'verification',
  'plan',
  'drift',
  'rotation',
  'key-refresh',
  'key-revocation',
  'teardown',
] as const

export type OperationKind = (typeof operationKinds)[number]

/** The kinds that hold the lock of a cluster. */
export const changingKinds = [
  'setup',
  'rotation',
  'key-refresh',
  'key-revocation',
  'teardown',
] as const satisfies OperationKind[]
