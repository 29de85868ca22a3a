/** The schemas of the table's items, which parse each read. table.ts has the keys. Times are ISO 8601 in UTC. */
import * as z from 'zod/mini'
import { type OperationError, operationError, recordedError } from '../../errors/recorded.ts'
import { change } from '../../report/change.ts'
import { severities } from '../../report/severity.ts'
import { clusterEvent, task } from '../../report/waiting.ts'
import { textOf } from '../../spec/format.ts'
import { dnsLabel } from '../../spec/names.ts'
import { setupRequest, workload, workloadFields } from '../../spec/setup-request.ts'
import { operationKinds } from './kinds.ts'

export const operationStatuses = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const
const endedStatuses = ['succeeded', 'failed', 'cancelled'] as const

const time = z.iso.datetime()
/** The result of a setup. It omits the proofs, which are the outputs of the Verify steps. */
export const setupResult = z.object({
  facts: z.record(z.string(), z.unknown()).check(z.describe('Cluster id, issuer, keys and Kubernetes version')),
  providerArn: z.string(),
  webhook: z.record(z.string(), z.unknown()),
})

export const operationItem = z.object({
  operationId: z.string(),
  kind: z.enum(operationKinds),
  cluster: z.exactOptional(z.string().check(z.describe('Absent for an operation on all clusters'))),
  namespaces: z.exactOptional(
    z.array(z.string()).check(z.describe('Namespaces of the workloads that its request names')),
  ),
  workload: z.exactOptional(
    z.object(workloadFields).check(z.describe('Only for a teardown of one workload: that workload. The cluster stays')),
  ),
  dryRun: z.exactOptional(
    z.literal(true).check(z.describe('The operation only reports changes, and does not make them')),
  ),
  status: z.enum(operationStatuses),
  asRecorded: z.exactOptional(
    z
      .record(z.string(), z.string())
      .check(z.describe('Fields that the request leaves out, with the values that were taken from the record')),
  ),
  requestedBy: z.string().check(z.describe('ARN of the caller, or issuer and subject of its token')),
  createdAt: time,
  startedAt: z.exactOptional(time),
  endedAt: z.exactOptional(time),
  error: z.exactOptional(operationError),
  result: z.exactOptional(setupResult),
  waits: z.exactOptional(
    z
      .literal(true)
      .check(
        z.describe('Another operation was changing the cluster. A later operation applies the spec of this operation'),
      ),
  ),
  broughtAboutBy: z.exactOptional(
    z.string().check(z.describe('Only for an operation that waits: the operation that applies its spec')),
  ),
  /** Only for a scheduled drift: hashes of the differences that a repair would attempt. Absent if there are none. */
  toRepair: z.exactOptional(z.array(z.string())),
  /** Only for a scheduled drift: the summary for subscribers. Absent when the drift has found nothing. */
  found: z.exactOptional(z.looseObject({ severity: z.enum(severities) })),
  /** The time from which the end may be notified. Absent after the notification was sent: see end-notification.ts. */
  notifyAt: z.exactOptional(time),
})

export const stepItem = z.object({
  state: z.string(),
  item: z.exactOptional(
    z
      .string()
      .check(
        z.describe(
          'namespace/account in a step that runs for each workload; the name of the cluster in a step of a rotation',
        ),
      ),
  ),
  status: z.enum(['running', 'waiting', 'succeeded', 'failed']),
  attempts: z.number().check(z.describe('How often the function of the step was started, including retries and polls')),
  startedAt: time,
  attemptAt: time,
  /** The number of the state machine's retries since it entered the state. */
  retries: z.number(),
  /** The time at which Lambda stops the current attempt. Absent while no attempt runs. */
  runsUntil: z.exactOptional(time),
  endedAt: z.exactOptional(time),
  waiting: z.exactOptional(
    z.object({
      reason: z.string(),
      events: z.array(clusterEvent),
      task: z.exactOptional(task),
      /** The time until which the operation waits. Absent for a step that is not polled. */
      until: z.exactOptional(time),
    }),
  ),
  /** The changes in the order of their writes. A polled or retried step may have several changes of one object. */
  changes: z._default(z.array(change), []),
  output: z.exactOptional(z.record(z.string(), z.unknown())),
  error: z.exactOptional(recordedError),
})

/**
 * One aspect in the form of a Kubernetes condition. The record stores conditions by their type:
 * https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#typical-status-properties
 */
export const condition = z.object({
  status: z.enum(['True', 'False', 'Unknown']).check(z.describe('Unknown: it could not be observed')),
  reason: z
    .string()
    .check(z.describe('One word in CamelCase: Succeeded, Waiting, Removed, Drifted, Added, or the name of an error')),
  message: z.string(),
  severity: z.exactOptional(
    z
      .enum(severities)
      .check(z.describe('Only for InSync: the highest severity of the differences that a drift has found')),
  ),
  lastTransitionTime: time.check(z.describe('When `status` changed last')),
})

export const clusterConditionTypes = [
  'BucketReady',
  'DiscoveryPublished',
  'ClusterReady',
  'WebhookReady',
  'ProviderRegistered',
  'InSync',
] as const
/** InSync comes from the newest drift or a later setup. Its reason Added stays until a drift finds no additions. */
export const workloadConditionTypes = ['RoleReady', 'AccountBound', 'Verified', 'InSync'] as const

const conditionsOf = <Types extends readonly [string, ...string[]]>(types: Types) =>
  z.partialRecord(z.enum(types), condition)

/** The location of an AWSCluster. It is recorded because later credentials may be for another management cluster. */
const clusterLocation = z.object({
  server: z.string().check(z.describe('URL of the API server of the management cluster')),
  namespace: z.string(),
})

/** The observed facts of a cluster. If the cluster was never ready, only facts that follow from its issuer exist. */
export const clusterFacts = z.object({
  clusterId: z.exactOptional(z.string()),
  issuerUrl: z.string(),
  jwksUri: z.string(),
  foundAt: z.exactOptional(
    clusterLocation.check(z.describe('Where the AWSCluster was last found; absent without a management cluster')),
  ),
  region: z.exactOptional(
    z.string().check(z.describe('AWS region of an Anthos cluster on AWS; absent for an existing cluster')),
  ),
  kubernetesVersion: z.exactOptional(z.string().check(z.describe('1.33.2-gke.100'))),
  kubernetesMinor: z.exactOptional(z.number().check(z.describe('33 for 1.33'))),
})

const keyRef = z.object({
  kid: z.string(),
  thumbprint: z.string().check(z.describe('RFC 7638, SHA-256, base64url')),
})

/** A published key of a cluster whose issuer the deployment hosts. */
const recordedKey = z.extend(keyRef, {
  missingSince: z.exactOptional(
    time.check(
      z.describe('The time from which the API server no longer had the key; the key is published for one more day'),
    ),
  ),
})

/** The properties of credentials for an API server. None of them is secret. */
const recordedCredentials = z.object({
  endsAt: z.exactOptional(
    time.check(z.describe('When the token or the client certificate expires; absent if it contains no expiry')),
  ),
  renewed: z.exactOptional(z.literal(true).check(z.describe('Rotations renew the token before it expires'))),
})

/** The issuer of a cluster before its move to a hosted issuer. */
const formerIssuer = z.object({
  issuerUrl: z.string(),
  trustedUntil: z.exactOptional(
    time.check(
      z.describe(
        'Until when the roles of the cluster trust tokens of this issuer; absent while the cluster still issues them',
      ),
    ),
  ),
})

/** A revoked key. The deployment does not publish it again for its cluster before a teardown deletes the record. */
const revokedKey = z.extend(keyRef, {
  revokedAt: time,
  revokedBy: z.string().check(z.describe('ARN of the caller, or issuer and subject of its token')),
})

/** A key that an administrator has accepted for publication, although no published key has vouched for it. */
const acceptedKey = z.extend(keyRef, {
  acceptedAt: time,
  acceptedBy: z.string().check(z.describe('ARN of the caller, or issuer and subject of its token')),
})

export const validity = z.object({ notBefore: time, notAfter: time })

/** The status of a cluster. Each step writes its own fields as soon as it knows their values. */
export const clusterStatus = z.object({
  cluster: z.exactOptional(clusterFacts),
  credentials: z.exactOptional(
    recordedCredentials.check(z.describe('The credentials in the secret of the cluster, as they were last read')),
  ),
  managementCredentials: z.exactOptional(
    recordedCredentials.check(
      z.describe('The credentials in the secret of the management cluster, as they were last read'),
    ),
  ),
  notifiedEnds: z.exactOptional(
    z.array(time).check(z.describe('Expiry times of these credentials for which a notification was sent')),
  ),
  formerIssuer: z.exactOptional(
    formerIssuer.check(z.describe('The issuer before the move of the cluster to a hosted issuer')),
  ),
  publishedKeys: z.exactOptional(
    z
      .array(recordedKey)
      .check(z.describe('Keys that the deployment publishes for the cluster; only with discovery.hosting')),
  ),
  revokedKeys: z.exactOptional(
    z
      .array(revokedKey)
      .check(z.describe('Keys that the deployment does not publish for the cluster again before a teardown')),
  ),
  waitingKeys: z.exactOptional(
    z
      .array(keyRef)
      .check(
        z.describe('Keys that sign tokens of the cluster, but are published only after an administrator accepts them'),
      ),
  ),
  acceptedKeys: z.exactOptional(
    z
      .array(acceptedKey)
      .check(z.describe('Keys that an administrator has accepted, although no published key has vouched for them')),
  ),
  webhook: z.exactOptional(
    z
      .looseObject({
        mode: z.string(),
        certificate: z.exactOptional(
          validity.check(
            z.describe(
              'Validity of the serving certificate. If the cluster signs it: as a setup or a rotation last read it',
            ),
          ),
        ),
      })
      .check(z.describe('The webhook that pods are sent to')),
  ),
  webhookCertificate: z.exactOptional(
    validity.check(
      z.describe('Validity of the certificate that the cluster has signed for the webhook, as it was last read'),
    ),
  ),
  webhookNamespaces: z.exactOptional(
    z
      .array(z.string())
      .check(
        z.describe('Namespaces in which a setup may have written objects of the webhook. The objects may still exist'),
      ),
  ),
  webhookCandidate: z.exactOptional(
    z
      .boolean()
      .check(
        z.describe('Whether a candidate, which is a new version of the webhook, may exist beside the webhook in use'),
      ),
  ),
  providerArn: z.exactOptional(z.string()),
  providerChangedAt: z.exactOptional(
    time.check(z.describe('When the product last created or tagged the provider: IAM propagates changes with a delay')),
  ),
  formerProviderArns: z.exactOptional(
    z.array(z.string()).check(z.describe('Providers of earlier issuers of the cluster. They remain until a teardown')),
  ),
  verifiedAt: z.exactOptional(
    time.check(z.describe('When all workloads were last proven; absent before a setup has succeeded')),
  ),
  rotatedAt: z.exactOptional(
    time.check(z.describe('When a rotation of the cluster last began, even if it then failed; dry runs do not count')),
  ),
  comparedAt: z.exactOptional(time.check(z.describe('When a scheduled drift last recorded what it had found'))),
  observedGeneration: z.exactOptional(
    z.number().check(z.describe('The newest generation of the spec that a setup has applied completely')),
  ),
  conditions: conditionsOf(clusterConditionTypes),
})

/** The times when a run over all clusters last reached a cluster. Such a run is a rotation, or a schedule of drifts. */
export const lastRunAttributes = ['rotatedAt', 'comparedAt'] as const

/** The status before anything is observed or created. */
export const noStatus = { conditions: {} } as const

/** A request in its normal form, without its workloads, which have a separate item. */
export const clusterSpec = z.omit(setupRequest, { workloads: true })

export const clusterItem = z.object({
  cluster: z.string(),
  /** The newest request. If it names no bucket, the spec keeps the bucket of an earlier request. */
  spec: clusterSpec,
  /** The generation of the spec with its workloads. The first one is 1. */
  generation: z.number(),
  status: clusterStatus,
  lastOperationId: z.string(),
  createdAt: time,
  updatedAt: time,
})

export const manager = textOf(dnsLabel, 'Who declares the workload: file, portal, api, or another name')

/** A workload of a spec, with its manager. Steps do not receive the manager, because it does not affect the role. */
export const declaredWorkload = z.extend(workload, { manager })

/** The workloads of a cluster's spec. clusterItem contains the rest of the spec. */
export const workloadsItem = z.object({ workloads: z.array(declaredWorkload) })

export const declaredSpec = z.extend(clusterSpec, { workloads: z.array(declaredWorkload) })

export const generationItem = z.object({
  generation: z.number(),
  spec: declaredSpec,
  writtenBy: z.string().check(z.describe('ARN of the caller, or issuer and subject of its token')),
  writtenAt: time,
  operationId: z.string().check(z.describe('The operation that was started to apply it')),
})

/** A role with the policies that the product attached or put, or was about to attach or put, in any order. */
const recordedRole = z.object({
  roleName: z.string(),
  roleArn: z.string(),
  policyArns: z.array(z.string()),
  inlinePolicyName: z.exactOptional(z.string()),
  changedAt: z.exactOptional(
    time.check(
      z.describe(
        'When the product last created or tagged the role, or set its boundary or trust policy: IAM propagates changes with a delay',
      ),
    ),
  ),
})

const roleRecord = z.extend(recordedRole, {
  /** Oldest first. */
  formerRoles: z.exactOptional(
    z
      .array(recordedRole)
      .check(z.describe('Roles that the workload had under other names. They remain until a teardown')),
  ),
  applied: z.exactOptional(
    workload.shape.role.check(z.describe('The spec that was last applied to the role, in full')),
  ),
})

export const workloadStatus = z.object({
  role: z.exactOptional(roleRecord),
  verifiedAt: z.exactOptional(time.check(z.describe('When the workload was last proven'))),
  refusedAt: z.exactOptional(
    time.check(z.describe('When STS last refused tokens of other accounts and audiences for its role')),
  ),
  conditions: conditionsOf(workloadConditionTypes),
})

export const workloadItem = z.object({
  namespace: z.string(),
  serviceAccount: z.string(),
  status: workloadStatus,
  updatedAt: time,
})

/** A workload in the list of all clusters' workloads. */
export const listedWorkload = z.extend(workloadItem, { cluster: z.string() })

export const lockItem = z.object({ operationId: z.string(), acquiredAt: time })
export const idempotencyItem = z.object({
  operationId: z.string(),
  /** SHA-256 of the caller's request, in lowercase hex. */
  requestHash: z.string(),
  /** Seconds since 1970, for the TTL of the table. After this time the key may start another operation. */
  expiresAt: z.number(),
})

export const waitingItem = z.extend(z.pick(operationItem, { operationId: true, broughtAboutBy: true }), {
  /** The name of the API caller, without its session. Absent when the operation has no API caller. */
  caller: z.exactOptional(z.string()),
})

/** The differences that repairs of the cluster have attempted on one day, as hashes. */
export const attemptsItem = z.object({ day: z.iso.date(), differences: z.array(z.string()) })

/** The operations in a caller's concurrency slots. The attribute may be absent: DynamoDB stores no empty set. */
export const callerItem = z.object({ operationIds: z.exactOptional(z.set(z.string())) })

export type OperationStatus = (typeof operationStatuses)[number]
export type SetupResult = z.output<typeof setupResult>
export type OperationItem = z.output<typeof operationItem>
export type StepItem = z.output<typeof stepItem>
export type Condition = z.output<typeof condition>
export type ClusterConditionType = (typeof clusterConditionTypes)[number]
export type WorkloadConditionType = (typeof workloadConditionTypes)[number]
export type FormerIssuer = z.output<typeof formerIssuer>
export type RecordedCredentials = z.output<typeof recordedCredentials>
/** The ID of a key, and its thumbprint, which identifies it. */
export type KeyRef = z.output<typeof keyRef>
export type AcceptedKey = z.output<typeof acceptedKey>
export type RecordedKey = z.output<typeof recordedKey>
export type RevokedKey = z.output<typeof revokedKey>
export type Validity = z.output<typeof validity>
export type ClusterLocation = z.output<typeof clusterLocation>
export type ClusterFacts = z.output<typeof clusterFacts>
export type ClusterSpec = z.output<typeof clusterSpec>
export type ClusterStatus = z.output<typeof clusterStatus>
export type DeclaredWorkload = z.output<typeof declaredWorkload>
export type DeclaredSpec = z.output<typeof declaredSpec>
export type ClusterItem = z.output<typeof clusterItem>
export type WorkloadStatus = z.output<typeof workloadStatus>
export type WorkloadItem = z.output<typeof workloadItem>
export type GenerationItem = z.output<typeof generationItem>
export type ListedWorkload = z.output<typeof listedWorkload>
export type RecordedRole = z.output<typeof recordedRole>
/** The role that create-role has created or adopted for a workload, or was about to create or adopt. */
export type RoleRecord = z.output<typeof roleRecord>
export type LockItem = z.output<typeof lockItem>
export type WaitingItem = z.output<typeof waitingItem>
export type AttemptsItem = z.output<typeof attemptsItem>
export type IdempotencyItem = z.output<typeof idempotencyItem>

export interface OperationEnd {
  readonly status: (typeof endedStatuses)[number]
  readonly error?: OperationError
  readonly result?: SetupResult
  /** Only for an operation that waited. */
  readonly broughtAboutBy?: string
  /** Only for a scheduled drift. */
  readonly toRepair?: string[]
  /** Only for a scheduled drift. */
  readonly found?: OperationItem['found']
}

export function hasEnded(status: OperationStatus): status is OperationEnd['status'] {
  return (endedStatuses as readonly string[]).includes(status)
}
