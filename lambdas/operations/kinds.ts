export const operationKinds = [
  'setup',
  'verification',
  'plan',
  'drift',
  'webhook-upgrade',
  'rotation',
  'teardown',
] as const

export type OperationKind = (typeof operationKinds)[number]

/** The kinds that hold the lock of a cluster. */
export const changingKinds = ['setup', 'webhook-upgrade', 'rotation', 'teardown'] as const satisfies OperationKind[]
