import { accessRulesFile } from '../../lambdas/access/configuration.ts'
import type { ApiFunction } from '../../lambdas/api/routes.ts'
import { changingKinds, operationKinds } from '../../lambdas/operations/record/kinds.ts'
import * as allow from '../permissions/permissions.ts'
import type { Resources } from '../resources.ts'
import { type DescribedStep, steps } from '../steps.ts'
import { pascalCase } from '../workflows.ts'
import type { Entry } from './entry.ts'
import { type FunctionGroup, functionGroups } from './function-groups.ts'
import type { FunctionSpec } from './function-spec.ts'
import { type StepFunctionSpec, stepFunction, validationSettings } from './step-function.ts'

const forEvents = { memoryMb: 512, timeoutSeconds: 30 } as const

const record = (r: Resources) => ({ TABLE_NAME: r.table.tableName })
const workflows = (r: Resources) => ({ ...record(r), STATE_MACHINE_ARNS: allow.stateMachineArns(r) })
/** Adds the settings for access decisions of the API functions. */
const forCallers = (r: Resources) => ({
  ...workflows(r),
  CALLER_IDS: r.callerIds,
  ACCOUNT_ID: r.accountId,
})

const grouped = Object.entries<FunctionGroup>(functionGroups)
const inGroups = new Set(grouped.flatMap(([, group]) => group.steps))

/** Keys are function names: the name of the state, or of the group of states. */
export const stepFunctions: ReadonlyMap<string, StepFunctionSpec> = new Map([
  ...[...steps]
    .filter(([state]) => !inGroups.has(state))
    .map(([state, step]) => [state, stepFunction(step.entry, [step])] as const),
  ...grouped.map(([name, group]) => [pascalCase(name), sharedFunction(name, group.steps.map(stepNamed))] as const),
])

function sharedFunction(name: string, members: readonly DescribedStep[]): StepFunctionSpec {
  const handlers = Object.fromEntries(members.map(({ description, entry }) => [description.state, entry]))
  return stepFunction({ name, handlers }, members)
}

function stepNamed(state: string): DescribedStep {
  const step = steps.get(state)
  if (!step) throw new Error(`infra/functions/function-groups.ts names ${state}, which is no step`)
  return step
}

/** EventBridge and EventBridge Scheduler call it: infra/reconciler-calls.ts. */
export const reconciler: FunctionSpec = {
  entry: 'lambdas/operations/reconcile/reconciler.ts',
  memoryMb: 512,
  timeoutSeconds: 120,
  settings: (r) => ({
    ...workflows(r),
    NOTIFICATION_TOPIC_ARN: r.topicArn,
    RECORD_COPIES_BUCKET: r.copies.bucketName,
    OPERATION_DAYS: JSON.stringify(r.operationDays),
  }),
  permissions: (r) => [
    ...allow.table(r, ['DeleteItem', 'PutItem', 'Query', 'UpdateItem'], { writes: ['operations', 'open', 'clusters'] }),
    allow.startExecution(r, ...operationKinds),
    allow.executions(r, 'DescribeExecution', operationKinds),
    allow.notifications(r),
    allow.recordCopies(r),
  ],
}

/** EventBridge Scheduler calls it. */
export const scheduledRotation: FunctionSpec = {
  entry: 'lambdas/workflows/rotation/scheduled-rotation.ts',
  ...forEvents,
  settings: workflows,
  permissions: (r) => [
    ...allow.table(r, ['BatchGetItem', 'DeleteItem', 'PutItem', 'Query', 'UpdateItem'], {
      writes: ['operations', 'open', 'rotation', 'idempotency'],
    }),
    allow.startExecution(r, 'rotation'),
    allow.executions(r, 'DescribeExecution', ['rotation']),
  ],
}

/** CloudFormation calls it before it changes or deletes the issuer host. */
export const hostsInUse: FunctionSpec = {
  entry: 'lambdas/discovery/hosts-in-use.ts',
  memoryMb: 512,
  // A read of the table may take the timeout of a call and its retries. The response to CloudFormation takes some
  // seconds.
  timeoutSeconds: 60,
  settings: record,
  permissions: (r) => [allow.tableIndexes(r, 'by-list')],
}

/** CloudFormation calls it for each role and user that a grant names. */
export const findsGrantedCaller: Pick<FunctionSpec, 'entry' | 'memoryMb' | 'timeoutSeconds'> = {
  entry: 'lambdas/api/access/find-granted-caller.ts',
  memoryMb: 512,
  timeoutSeconds: 60,
}

/** The notification topic calls it when the deployment has a Slack channel. */
export const notifyChat: Pick<FunctionSpec, 'entry' | 'memoryMb' | 'timeoutSeconds'> = {
  entry: 'lambdas/operations/notifications/notify-chat.ts',
  ...forEvents,
}

/** Lambda calls it with messages of the notification queue when the deployment has an event bus. */
export const notifyBus: Pick<FunctionSpec, 'entry' | 'memoryMb' | 'timeoutSeconds'> = {
  entry: 'lambdas/operations/notifications/notify-bus.ts',
  ...forEvents,
}

const ofApi = (name: ApiFunction) => ({
  entry: `lambdas/api/${name}.ts`,
  memoryMb: 512,
  timeoutSeconds: 15,
  files: (r: Resources) => ({ [accessRulesFile]: JSON.stringify(r.accessRules) }),
})

/** The items that API requests write and read. The API writes only claims of buckets. Steps write all other claims. */
const ofRequests: allow.Items = {
  writes: [
    'operations',
    'open',
    'clusters',
    'generations',
    'rotation',
    'idempotency',
    'callers',
    'agents',
    'claim of bucket',
  ],
  reads: ['claim of issuer'],
}

/** Each function has the rights of all its operations. lambdas/api/routes.ts lists these operations. */
export const apiFunctions: Readonly<Record<ApiFunction, FunctionSpec>> = {
  read: {
    ...ofApi('read'),
    settings: (r) => ({ ...forCallers(r), ...validationSettings(r) }),
    permissions: (r) => [
      ...allow.table(r, ['BatchGetItem', 'Query'], { reads: ['operations', 'clusters', 'generations', 'agents'] }),
      allow.tableIndexes(r, 'by-list', 'by-cluster', 'by-status'),
    ],
  },
  start: {
    ...ofApi('start'),
    settings: (r) => ({ ...forCallers(r), ...validationSettings(r), RUNNING_PER_CALLER: String(r.runningPerCaller) }),
    permissions: (r) => [
      ...allow.table(r, ['BatchGetItem', 'DeleteItem', 'PutItem', 'Query', 'UpdateItem'], ofRequests),
      allow.tableIndexes(r, 'by-list'),
      allow.startExecution(r, ...operationKinds),
      allow.executions(r, 'DescribeExecution', changingKinds),
    ],
  },
  cancel: {
    ...ofApi('cancel'),
    settings: forCallers,
    // It ends operations, releases locks and removes waiting operations. It writes no item of a cluster and no request,
    // because an operation that waits or is queued is started later.
    permissions: (r) => [
      ...allow.table(r, ['BatchGetItem', 'Query'], { reads: ['operations', 'clusters'] }),
      ...allow.endOfOperations(r),
      ...allow.table(r, ['DeleteItem'], { writes: ['clusters'] }),
      allow.executions(r, 'DescribeExecution', operationKinds),
      allow.executions(r, 'StopExecution', operationKinds),
    ],
  },
}

/**
 * Agents of clusters call it, with tokens that the function itself verifies. The function waits for requests to the
 * agent (lambdas/api/agents/get-work.ts). API Gateway ends each call after 30 seconds.
 */
export const agentFunction: FunctionSpec = {
  entry: 'lambdas/api/agent.ts',
  memoryMb: 512,
  timeoutSeconds: 29,
  settings: (r) => ({ ...record(r), DEPLOYMENT: r.deployment }),
  permissions: (r) =>
    allow.table(r, ['BatchGetItem', 'DeleteItem', 'PutItem', 'Query', 'UpdateItem'], {
      writes: ['agents'],
      reads: ['clusters', 'claim of signing-key'],
    }),
}

export const allFunctions: readonly FunctionSpec[] = [
  ...stepFunctions.values(),
  reconciler,
  scheduledRotation,
  hostsInUse,
  ...Object.values(apiFunctions),
  agentFunction,
]

/** The entry of each function, for the bundler. */
export const entries: readonly Entry[] = [...allFunctions, findsGrantedCaller, notifyChat, notifyBus].map(
  ({ entry }) => entry,
)
