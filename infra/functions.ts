/** The one table of functions: what each is made from, gets, reads and may do. */
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam'
import { type OperationName, routes } from '../lambdas/api/routes.ts'
import { changingKinds, operationKinds } from '../lambdas/operations/kinds.ts'
import * as allow from './permissions.ts'
import type { Resources } from './resources.ts'

export interface FunctionSpec {
  /** From the repository's root. */
  readonly entry: string
  readonly memoryMb: number
  readonly timeoutSeconds: number
  /** Environment variables; lambdas/settings.ts has their meaning. */
  readonly settings: (resources: Resources) => Readonly<Record<string, string>>
  readonly permissions: (resources: Resources) => readonly PolicyStatement[]
  /** Whether it talks to API servers, which may be reached from the deployment's network only. */
  readonly reachesClusters?: true
}

/** Loading the clients of Kubernetes and Google takes processor time, which comes with memory. */
const withKubernetesClient = { memoryMb: 768, timeoutSeconds: 60, reachesClusters: true } as const
const withGoogleClient = { memoryMb: 768, timeoutSeconds: 60 } as const
const withAwsOnly = { memoryMb: 512, timeoutSeconds: 60 } as const
const forApi = { memoryMb: 512, timeoutSeconds: 15 } as const

const record = (r: Resources) => ({ TABLE_NAME: r.table.tableName })
const cluster = (r: Resources) => ({ ...record(r), SECRET_PREFIX: r.secretPrefix })
const account = (r: Resources) => ({ ...record(r), ACCOUNT_ID: r.accountId, PARTITION: r.partition })
const workflows = (r: Resources) => ({
  ...record(r),
  STATE_MACHINE_ARNS: JSON.stringify(
    Object.fromEntries(Object.entries(r.stateMachines).map(([kind, { arn }]) => [kind, arn])),
  ),
})

const onCluster = {
  ...withKubernetesClient,
  settings: cluster,
  permissions: (r: Resources) => [allow.progress(r), allow.clusterSecrets(r)],
}

/** What of a rotation looks at the record alone. */
const inRotation = { ...withAwsOnly, timeoutSeconds: 30 } as const

/** By the name of the Task state; each entry is the state's name in kebab case. */
export const stepFunctions = {
  CreateBucket: {
    entry: 'lambdas/bucket/create-bucket.ts',
    ...withGoogleClient,
    settings: (r) => ({ ...record(r), GOOGLE_CREDENTIALS_SECRET: allow.googleCredentialsSecret(r) }),
    permissions: (r) => [allow.progress(r), allow.googleCredentials(r)],
  },
  ApplyCluster: { entry: 'lambdas/cluster/apply-cluster.ts', ...onCluster },
  CheckCluster: { entry: 'lambdas/cluster/check-cluster.ts', ...onCluster },
  DeployWebhook: { entry: 'lambdas/webhook/deploy-webhook.ts', ...onCluster, timeoutSeconds: 120 },
  ApproveCsr: { entry: 'lambdas/webhook/approve-csr.ts', ...onCluster },
  CheckWebhook: { entry: 'lambdas/webhook/check-webhook.ts', ...onCluster },
  ActivateWebhook: { entry: 'lambdas/webhook/activate-webhook.ts', ...onCluster },
  RegisterOidc: {
    entry: 'lambdas/provider/register-oidc.ts',
    ...withAwsOnly,
    settings: account,
    permissions: (r) => [allow.progress(r), ...allow.oidcProviders(r)],
  },
  CreateRole: {
    entry: 'lambdas/role/create-role.ts',
    ...withAwsOnly,
    settings: (r) => ({
      ...account(r),
      ROLE_PATH: r.rolePath,
      PERMISSIONS_BOUNDARY_ARN: r.permissionsBoundaryArn,
    }),
    permissions: (r) => [allow.progress(r), allow.table(r, 'PutItem'), ...allow.workloadRoles(r)],
  },
  BindKsa: { entry: 'lambdas/service-account/bind-ksa.ts', ...onCluster },
  Verify: {
    entry: 'lambdas/proof/verify.ts',
    ...withKubernetesClient,
    timeoutSeconds: 120,
    settings: (r) => ({ ...cluster(r), ...account(r) }),
    permissions: (r) => [allow.progress(r), allow.clusterSecrets(r), allow.attachedPolicies(r)],
  },
  RecordResult: {
    entry: 'lambdas/workflows/setup/record-result.ts',
    ...withAwsOnly,
    timeoutSeconds: 30,
    settings: record,
    permissions: (r) => [allow.table(r, 'DeleteItem', 'GetItem', 'Query', 'UpdateItem')],
  },
  RecordVerification: {
    entry: 'lambdas/workflows/verification/record-verification.ts',
    ...withAwsOnly,
    timeoutSeconds: 30,
    settings: record,
    permissions: (r) => [allow.table(r, 'DeleteItem', 'UpdateItem')],
  },
  RecordComparison: {
    entry: 'lambdas/workflows/comparison/record-comparison.ts',
    ...withAwsOnly,
    timeoutSeconds: 30,
    settings: record,
    permissions: (r) => [allow.table(r, 'DeleteItem', 'Query', 'UpdateItem')],
  },
  FindClusters: {
    entry: 'lambdas/workflows/rotation/find-clusters.ts',
    ...inRotation,
    settings: record,
    permissions: (r) => [allow.progress(r), allow.tableIndexes(r, 'by-list')],
  },
  TakeCluster: {
    entry: 'lambdas/workflows/rotation/take-cluster.ts',
    ...inRotation,
    settings: workflows,
    permissions: (r) => [
      allow.table(r, 'DeleteItem', 'GetItem', 'Query', 'UpdateItem'),
      allow.executions(r, 'DescribeExecution', changingKinds),
    ],
  },
  RotateThumbprints: {
    entry: 'lambdas/provider/rotate-thumbprints.ts',
    ...withAwsOnly,
    settings: record,
    permissions: (r) => [allow.progress(r), ...allow.providerThumbprints(r)],
  },
  RenewCertificate: { entry: 'lambdas/webhook/renew-certificate.ts', ...onCluster },
  BeginVerification: {
    entry: 'lambdas/workflows/rotation/begin-verification.ts',
    ...inRotation,
    settings: workflows,
    permissions: (r) => [
      allow.table(r, 'GetItem', 'PutItem', 'Query', 'UpdateItem'),
      allow.startExecution(r, 'verification'),
    ],
  },
  CheckVerification: {
    entry: 'lambdas/workflows/rotation/check-verification.ts',
    ...inRotation,
    settings: record,
    permissions: (r) => [allow.progress(r)],
  },
  ReleaseCluster: {
    entry: 'lambdas/workflows/rotation/release-cluster.ts',
    ...inRotation,
    settings: record,
    permissions: (r) => [allow.table(r, 'DeleteItem', 'GetItem', 'Query', 'UpdateItem')],
  },
  RecordRotation: {
    entry: 'lambdas/workflows/rotation/record-rotation.ts',
    ...inRotation,
    settings: record,
    permissions: (r) => [allow.table(r, 'UpdateItem')],
  },
  DeployNext: { entry: 'lambdas/webhook/candidate/deploy-next.ts', ...onCluster },
  CheckNext: { entry: 'lambdas/webhook/candidate/check-next.ts', ...onCluster },
  DivertToNext: { entry: 'lambdas/webhook/candidate/divert-to-next.ts', ...onCluster },
  RemoveNext: { entry: 'lambdas/webhook/candidate/remove-next.ts', ...onCluster },
  DeleteRequests: { entry: 'lambdas/webhook/delete-requests.ts', ...onCluster },
  FindUnmutatedPods: { entry: 'lambdas/service-account/find-unmutated-pods.ts', ...onCluster },
  RestartControllers: { entry: 'lambdas/service-account/restart-controllers.ts', ...onCluster },
  RecordWebhook: {
    entry: 'lambdas/webhook/record-webhook.ts',
    ...withAwsOnly,
    timeoutSeconds: 30,
    settings: record,
    permissions: (r) => [allow.progress(r)],
  },
  RecordUpgrade: {
    entry: 'lambdas/workflows/webhook-upgrade/record-upgrade.ts',
    ...withAwsOnly,
    timeoutSeconds: 30,
    settings: record,
    permissions: (r) => [allow.table(r, 'DeleteItem', 'GetItem', 'Query', 'UpdateItem')],
  },
  LookForCluster: { entry: 'lambdas/cluster/look-for-cluster.ts', ...onCluster },
  UnbindKsa: { entry: 'lambdas/service-account/unbind-ksa.ts', ...onCluster },
  DeleteRole: {
    entry: 'lambdas/role/delete-role.ts',
    ...withAwsOnly,
    settings: record,
    permissions: (r) => [allow.progress(r), ...allow.removedRoles(r)],
  },
  RemoveWebhook: { entry: 'lambdas/webhook/remove-webhook.ts', ...onCluster },
  DeleteCluster: { entry: 'lambdas/cluster/delete-cluster.ts', ...onCluster },
  DeleteProvider: {
    entry: 'lambdas/provider/delete-provider.ts',
    ...withAwsOnly,
    settings: account,
    permissions: (r) => [allow.progress(r), allow.tableIndexes(r, 'by-list'), ...allow.removedProviders(r)],
  },
  EmptyBucket: {
    entry: 'lambdas/bucket/empty-bucket.ts',
    ...withGoogleClient,
    settings: (r) => ({ ...record(r), GOOGLE_CREDENTIALS_SECRET: allow.googleCredentialsSecret(r) }),
    permissions: (r) => [allow.progress(r), allow.tableIndexes(r, 'by-list'), allow.googleCredentials(r)],
  },
  RecordTeardown: {
    entry: 'lambdas/workflows/teardown/record-teardown.ts',
    ...withAwsOnly,
    settings: record,
    permissions: (r) => [allow.table(r, 'DeleteItem', 'Query', 'UpdateItem')],
  },
  RecordFailure: {
    entry: 'lambdas/workflows/record-failure.ts',
    ...withAwsOnly,
    timeoutSeconds: 30,
    settings: record,
    permissions: (r) => [allow.table(r, 'DeleteItem', 'Query', 'UpdateItem')],
  },
} as const satisfies Readonly<Record<string, FunctionSpec>>

/** Called by EventBridge. */
export const executionEnded: FunctionSpec = {
  entry: 'lambdas/operations/execution-ended.ts',
  ...withAwsOnly,
  timeoutSeconds: 30,
  settings: workflows,
  permissions: (r) => [
    allow.table(r, 'DeleteItem', 'Query', 'UpdateItem'),
    allow.executions(r, 'DescribeExecution', operationKinds),
  ],
}

const startsRotation = (r: Resources) => [
  allow.table(r, 'GetItem', 'PutItem', 'Query', 'UpdateItem'),
  allow.startExecution(r, 'rotation'),
]

/** Called by EventBridge Scheduler. */
export const scheduledRotation: FunctionSpec = {
  entry: 'lambdas/workflows/rotation/scheduled-rotation.ts',
  ...withAwsOnly,
  timeoutSeconds: 30,
  settings: workflows,
  permissions: startsRotation,
}

type ApiSpec = Pick<FunctionSpec, 'settings' | 'permissions'>

const startsSetup: ApiSpec = {
  settings: (r) => ({
    ...workflows(r),
    ...account(r),
    SECRET_PREFIX: r.secretPrefix,
    ALLOWED_POLICY_ARNS: JSON.stringify(r.allowedPolicyArns),
  }),
  permissions: (r) => [
    allow.table(r, 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'),
    allow.startExecution(r, 'setup'),
    allow.executions(r, 'DescribeExecution', changingKinds),
  ],
}

const startsTeardown: ApiSpec = {
  settings: workflows,
  permissions: (r) => [
    allow.table(r, 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'),
    allow.tableIndexes(r, 'by-list', 'by-cluster'),
    allow.startExecution(r, 'teardown'),
    allow.executions(r, 'DescribeExecution', changingKinds),
  ],
}

const api: Readonly<Record<OperationName, ApiSpec>> = {
  'start-setup': startsSetup,
  'list-operations': { settings: record, permissions: (r) => [allow.tableIndexes(r, 'by-list', 'by-cluster')] },
  'get-operation': { settings: record, permissions: (r) => [allow.table(r, 'Query')] },
  'cancel-operation': {
    settings: workflows,
    permissions: (r) => [
      allow.table(r, 'DeleteItem', 'Query', 'UpdateItem'),
      allow.executions(r, 'StopExecution', operationKinds),
    ],
  },
  'list-clusters': { settings: record, permissions: (r) => [allow.tableIndexes(r, 'by-list')] },
  'get-cluster': { settings: record, permissions: (r) => [allow.table(r, 'Query'), allow.tableIndexes(r, 'by-list')] },
  'add-workload': {
    ...startsSetup,
    permissions: (r) => [...startsSetup.permissions(r), allow.tableIndexes(r, 'by-list')],
  },
  'get-manifest': { settings: record, permissions: (r) => [allow.table(r, 'Query'), allow.tableIndexes(r, 'by-list')] },
  'start-verification': {
    settings: workflows,
    permissions: (r) => [
      allow.table(r, 'GetItem', 'PutItem', 'Query', 'UpdateItem'),
      allow.tableIndexes(r, 'by-list'),
      allow.startExecution(r, 'verification'),
    ],
  },
  'start-plan': {
    settings: startsSetup.settings,
    permissions: (r) => [allow.table(r, 'GetItem', 'PutItem', 'Query', 'UpdateItem'), allow.startExecution(r, 'plan')],
  },
  'start-drift': {
    settings: workflows,
    permissions: (r) => [
      allow.table(r, 'GetItem', 'PutItem', 'Query', 'UpdateItem'),
      allow.tableIndexes(r, 'by-list'),
      allow.startExecution(r, 'drift'),
    ],
  },
  'start-rotation': { settings: workflows, permissions: startsRotation },
  'start-webhook-upgrade': {
    settings: workflows,
    permissions: (r) => [
      allow.table(r, 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'),
      allow.tableIndexes(r, 'by-list'),
      allow.startExecution(r, 'webhook-upgrade'),
      allow.executions(r, 'DescribeExecution', changingKinds),
    ],
  },
  'tear-down-cluster': startsTeardown,
  'tear-down-workload': startsTeardown,
  'get-openapi': { settings: () => ({}), permissions: () => [] },
}

export const apiFunctions: readonly (FunctionSpec & { readonly operation: OperationName })[] = routes.map(
  ({ operation }) => ({ operation, entry: `lambdas/api/${operation}.ts`, ...forApi, ...api[operation] }),
)

/** Every function's entry, for the bundler. */
export const entries: readonly string[] = [
  ...Object.values(stepFunctions),
  executionEnded,
  scheduledRotation,
  ...apiFunctions,
].map(({ entry }) => entry)
