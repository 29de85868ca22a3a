import { type OperationName, routes } from '../lambdas/api/routes.ts'
import { changingKinds, operationKinds } from '../lambdas/operations/kinds.ts'
import { workflowOf } from './definition/definition.ts'
import type { FunctionSpec } from './function-spec.ts'
import * as allow from './permissions.ts'
import type { Resources } from './resources.ts'
import { stepFunction } from './step-function.ts'
import { steps } from './steps.ts'
import { forEachKind, workflows as workflowNames } from './workflows.ts'

const forApi = { memoryMb: 512, timeoutSeconds: 15 } as const
const forEvents = { memoryMb: 512, timeoutSeconds: 30 } as const

const record = (r: Resources) => ({ TABLE_NAME: r.table.tableName })
/** What each operation of the API decides by. */
const access = (r: Resources) => ({ ACCESS_RULES: r.accessRules, CALLER_IDS: r.callerIds, ACCOUNT_ID: r.accountId })
const workflows = (r: Resources) => ({ ...record(r), STATE_MACHINE_ARNS: allow.stateMachineArns(r) })
/** What starts operations for callers of the API. */
const starts = (r: Resources) => ({ ...workflows(r), RUNNING_PER_CALLER: String(r.runningPerCaller) })

/** Keys are the names of the Task states. */
export const stepFunctions: ReadonlyMap<string, FunctionSpec> = new Map(
  [...steps].map(([state, step]) => [state, stepFunction(step)]),
)

/** Called by EventBridge and its Scheduler: see infra/reconciler-calls.ts. */
export const reconciler: FunctionSpec = {
  entry: 'lambdas/operations/reconciler.ts',
  memoryMb: 512,
  timeoutSeconds: 120,
  settings: (r) => ({
    ...workflows(r),
    NOTIFICATION_TOPIC_ARN: r.topicArn,
    RECORD_COPIES_BUCKET: r.copies.bucketName,
    OPERATION_DAYS: JSON.stringify(r.operationDays),
    FAILED_SUBJECTS: JSON.stringify(forEachKind((kind) => workflowOf(workflowNames[kind]).Notifications.Failed)),
  }),
  permissions: (r) => [
    allow.table(r, 'DeleteItem', 'PutItem', 'Query', 'UpdateItem'),
    allow.startExecution(r, ...operationKinds),
    allow.executions(r, 'DescribeExecution', operationKinds),
    allow.notifications(r),
    allow.recordCopies(r),
  ],
}

const startsRotation = (r: Resources) => [
  allow.table(r, 'BatchGetItem', 'DeleteItem', 'PutItem', 'Query', 'UpdateItem'),
  allow.startExecution(r, 'rotation'),
  allow.executions(r, 'DescribeExecution', ['rotation']),
]

/** Called by EventBridge Scheduler. */
export const scheduledRotation: FunctionSpec = {
  entry: 'lambdas/workflows/rotation/scheduled-rotation.ts',
  ...forEvents,
  settings: workflows,
  permissions: startsRotation,
}

/** Called by CloudFormation, before it changes or deletes the host of the issuers. */
export const hostsInUse: FunctionSpec = {
  entry: 'lambdas/discovery/hosts-in-use.ts',
  memoryMb: 512,
  // Reading may take the time-out and the retries of a call, and the answer some seconds.
  timeoutSeconds: 60,
  settings: record,
  permissions: (r) => [allow.tableIndexes(r, 'by-list')],
}

/** Called by CloudFormation, for each role and user that a grant names. */
export const findsGrantedCaller: Pick<FunctionSpec, 'entry' | 'memoryMb' | 'timeoutSeconds'> = {
  entry: 'lambdas/api/find-granted-caller.ts',
  memoryMb: 512,
  timeoutSeconds: 60,
}

/** Called by the topic of notifications, where there is a channel of Slack. */
export const tellChat: Pick<FunctionSpec, 'entry' | 'memoryMb' | 'timeoutSeconds'> = {
  entry: 'lambdas/operations/tell-chat.ts',
  ...forEvents,
}

/** Called with the queue of notifications, where there is an event bus. */
export const notifyBus: Pick<FunctionSpec, 'entry' | 'memoryMb' | 'timeoutSeconds'> = {
  entry: 'lambdas/operations/notify-bus.ts',
  ...forEvents,
}

type ApiSpec = Pick<FunctionSpec, 'settings' | 'permissions'>

const shownLimits = (r: Resources) => ({
  ALLOWED_POLICY_ARNS: JSON.stringify(r.allowedPolicyArns),
  SECRET_PREFIX: r.secretPrefix,
})

/** What a request is validated against. */
const validation = (r: Resources) => ({
  ...shownLimits(r),
  ACCOUNT_ID: r.accountId,
  PARTITION: r.partition,
  DEPLOYMENT: r.deployment,
  MEMBER_ACCOUNTS: allow.memberAccounts(r),
  ISSUER_HOSTS: allow.issuerHosts(r),
  INLINE_POLICY_ACTIONS: JSON.stringify(r.inlinePolicyActions),
})

const startsSetup: ApiSpec = {
  settings: (r) => ({ ...starts(r), ...validation(r) }),
  permissions: (r) => [
    allow.table(r, 'BatchGetItem', 'DeleteItem', 'PutItem', 'Query', 'UpdateItem'),
    allow.startExecution(r, 'setup'),
    allow.executions(r, 'DescribeExecution', changingKinds),
  ],
}

const startsTeardown: ApiSpec = {
  settings: starts,
  permissions: (r) => [
    allow.table(r, 'BatchGetItem', 'DeleteItem', 'PutItem', 'Query', 'UpdateItem'),
    allow.tableIndexes(r, 'by-list'),
    allow.startExecution(r, 'teardown'),
    allow.executions(r, 'DescribeExecution', changingKinds),
  ],
}

function startsKeyChange(kind: 'key-refresh' | 'key-revocation'): ApiSpec {
  return {
    settings: starts,
    permissions: (r) => [
      allow.table(r, 'BatchGetItem', 'DeleteItem', 'PutItem', 'Query', 'UpdateItem'),
      allow.tableIndexes(r, 'by-list'),
      allow.startExecution(r, kind),
      allow.executions(r, 'DescribeExecution', changingKinds),
    ],
  }
}

/** Reads clusters, and shows which operation may change them. */
const showsLock: ApiSpec = {
  settings: workflows,
  permissions: (r) => [
    allow.table(r, 'Query'),
    allow.tableIndexes(r, 'by-list'),
    allow.executions(r, 'DescribeExecution', changingKinds),
  ],
}

const readsGenerations: ApiSpec = {
  settings: record,
  permissions: (r) => [allow.table(r, 'BatchGetItem', 'Query'), allow.tableIndexes(r, 'by-list')],
}

/** The same, with items by their keys. */
const showsLockAndItems: ApiSpec = {
  ...showsLock,
  permissions: (r) => [...showsLock.permissions(r), allow.table(r, 'BatchGetItem')],
}

const api: Readonly<Record<OperationName, ApiSpec>> = {
  'start-setup': startsSetup,
  'list-operations': {
    settings: workflows,
    permissions: (r) => [
      allow.table(r, 'Query'),
      allow.tableIndexes(r, 'by-list', 'by-cluster', 'by-status'),
      allow.executions(r, 'DescribeExecution', operationKinds),
    ],
  },
  'get-operation': {
    settings: workflows,
    permissions: (r) => [allow.table(r, 'Query'), allow.executions(r, 'DescribeExecution', operationKinds)],
  },
  'cancel-operation': {
    settings: workflows,
    permissions: (r) => [
      allow.table(r, 'BatchGetItem', 'DeleteItem', 'Query', 'UpdateItem'),
      allow.executions(r, 'DescribeExecution', operationKinds),
      allow.executions(r, 'StopExecution', operationKinds),
    ],
  },
  'list-workloads': showsLockAndItems,
  'list-clusters': showsLock,
  'get-cluster': showsLockAndItems,
  'list-generations': readsGenerations,
  'get-generation': readsGenerations,
  'add-workload': {
    ...startsSetup,
    permissions: (r) => [...startsSetup.permissions(r), allow.tableIndexes(r, 'by-list')],
  },
  'get-manifest': { settings: record, permissions: (r) => [allow.table(r, 'Query'), allow.tableIndexes(r, 'by-list')] },
  'get-rights': { settings: record, permissions: (r) => [allow.table(r, 'Query'), allow.tableIndexes(r, 'by-list')] },
  'compute-rights': { settings: validation, permissions: () => [] },
  'start-verification': {
    settings: starts,
    permissions: (r) => [
      allow.table(r, 'BatchGetItem', 'PutItem', 'Query', 'UpdateItem'),
      allow.tableIndexes(r, 'by-list'),
      allow.startExecution(r, 'verification'),
    ],
  },
  'start-plan': {
    settings: startsSetup.settings,
    permissions: (r) => [
      allow.table(r, 'BatchGetItem', 'PutItem', 'Query', 'UpdateItem'),
      allow.startExecution(r, 'plan'),
    ],
  },
  'start-drift': {
    settings: startsSetup.settings,
    permissions: (r) => [
      allow.table(r, 'BatchGetItem', 'PutItem', 'Query', 'UpdateItem'),
      allow.tableIndexes(r, 'by-list'),
      allow.startExecution(r, 'drift'),
    ],
  },
  'start-rotation': { settings: starts, permissions: startsRotation },
  'refresh-signing-keys': startsKeyChange('key-refresh'),
  'revoke-signing-key': startsKeyChange('key-revocation'),
  'accept-signing-key': {
    settings: record,
    permissions: (r) => [allow.table(r, 'Query', 'UpdateItem'), allow.tableIndexes(r, 'by-list')],
  },
  'put-cluster': {
    ...startsSetup,
    permissions: (r) => [...startsSetup.permissions(r), allow.startExecution(r, 'plan')],
  },
  'tear-down-cluster': startsTeardown,
  'tear-down-workload': startsTeardown,
  'get-access': { settings: shownLimits, permissions: () => [] },
  'get-openapi': { settings: () => ({}), permissions: () => [] },
}

export const apiFunctions: readonly (FunctionSpec & { readonly operation: OperationName })[] = routes.map(
  ({ operation }) => ({
    operation,
    entry: `lambdas/api/${operation}.ts`,
    ...forApi,
    permissions: api[operation].permissions,
    settings: (r) => ({ ...access(r), ...api[operation].settings(r) }),
  }),
)

/**
 * Called by EventBridge Scheduler. It waits between the starts, for ten minutes at most: lambdas/workflows/comparison/in-turn.ts.
 */
export const scheduledDrift: FunctionSpec = {
  entry: 'lambdas/api/scheduled-drift.ts',
  memoryMb: 512,
  timeoutSeconds: 900,
  settings: (r) => ({ ...workflows(r), ...validation(r) }),
  permissions: api['start-drift'].permissions,
}

export const allFunctions: readonly FunctionSpec[] = [
  ...stepFunctions.values(),
  reconciler,
  scheduledRotation,
  scheduledDrift,
  hostsInUse,
  ...apiFunctions,
]

/** The entry of each function, for the bundler. */
export const entries: readonly string[] = [...allFunctions, findsGrantedCaller, tellChat, notifyBus].map(
  ({ entry }) => entry,
)
