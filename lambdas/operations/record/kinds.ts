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

/** Dry runs of a setup: a plan of the spec in the request, and a drift of the recorded spec. */
export const comparingKinds: readonly OperationKind[] = ['plan', 'drift']

/** Whether an operation only reports what it would do. */
export function isDryRun(kind: OperationKind, { dryRun }: { readonly dryRun?: unknown }): boolean {
  return dryRun === true || comparingKinds.includes(kind)
}

/** The kinds whose operations, except dry runs, hold the lock of a cluster. */
export const changingKinds = [
  'setup',
  'rotation',
  'key-refresh',
  'key-revocation',
  'teardown',
] as const satisfies OperationKind[]
