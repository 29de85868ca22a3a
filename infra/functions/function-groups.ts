/**
 * The steps that share a function. A function is a security boundary: steps share one only when their rights in AWS are
 * equal, or when the extra rights do not matter. A step in no group has its own function.
 */
export interface FunctionGroup {
  /** The names of the states. */
  readonly steps: readonly string[]
  /** Rights that only some of the steps need. test/infra/functions/function-groups.test.ts checks that the list is complete. */
  readonly coarser: readonly { readonly rights: readonly string[]; readonly because: string }[]
}

/** Keys are the names of the functions' bundles. */
export const functionGroups = {
  'record-steps': {
    steps: [
      'AcquireLock',
      'CheckVerification',
      'FindClusters',
      'RecordComparison',
      'RecordKeys',
      'RecordResult',
      'RecordRotation',
      'RecordVerification',
      'ReleaseLock',
    ],
    coarser: [
      {
        rights: ['BatchGetItem', 'ConditionCheckItem', 'DeleteItem', 'Query'].flatMap((action) => [
          `dynamodb:${action} on record: CLUSTER#*`,
          `dynamodb:${action} on record: OPERATION#*`,
        ]),
        because:
          'each step of the group may update these items, and so change the record of a cluster, an operation or a lock',
      },
      {
        rights: ['BatchGetItem', 'Query'].map((action) => `dynamodb:${action} on record: GENERATIONS#*`),
        because: 'a generation is a spec of a cluster, and all of them may read the present one',
      },
      {
        rights: ['dynamodb:Query on record/index/by-list'],
        because: 'the index has items of the record, which all of them may read',
      },
      {
        rights: ['setup', 'rotate-thumbprints', 'signing-keys', 'teardown'].map(
          (workflow) => `states:DescribeExecution on execution:${workflow}:*`,
        ),
        because: 'the record, which all of them may read, also has the input and output of an execution',
      },
    ],
  },
  'cluster-steps': {
    steps: [
      'ActivateWebhook',
      'CheckCandidate',
      'CheckIssuer',
      'CheckWebhook',
      'DeleteCsrs',
      'ObserveCluster',
      'RemoveCandidate',
      'RemoveWebhook',
      'SwitchToCandidate',
      'UnbindKsa',
    ],
    coarser: [],
  },
  // They have the same rights as cluster-steps, but their certificate libraries would slow down the start of those
  // steps.
  'certificate-steps': { steps: ['DeployCandidate', 'RenewCertificate'], coarser: [] },
} as const satisfies Readonly<Record<string, FunctionGroup>>
