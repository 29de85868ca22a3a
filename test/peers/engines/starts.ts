/** The starting points of scenarios: the inputs of operations, and the answers of their steps when all tasks succeed. */

import { exampleRequest } from '../../support/api/requests.ts'
import type { WorkflowName } from '../../support/workflows/definitions.ts'
import { facts } from '../../support/workflows/setup-workflow.ts'
import type { Answer, AnswersByState } from './scenario.ts'

type Payloads = Readonly<Record<string, object | readonly object[]>>

export interface Start {
  readonly request: object
  /** Further fields of the execution's input. */
  readonly input?: object
  /** Answers that differ from the common ones, by state. A list has the answers to consecutive calls. */
  readonly payloads?: Payloads
  /** States whose steps fail permanently. */
  readonly failing?: readonly string[]
}

/** The answer of a step's function. */
export function stepAnswer(payload: object): Answer {
  return { result: { StatusCode: 200, Payload: payload } }
}

export const cause = JSON.stringify({ errorType: 'Refused', errorMessage: 'the object "a" was refused' })
export const refused: Answer = { error: 'Refused', cause }

const ownCa = { mode: 'own-ca', image: 'registry/webhook:v2', namespace: 'webhooks', replicas: 2 }
const csr = { ...ownCa, mode: 'csr' }
const changing = [
  { ...ownCa, trial: true },
  { ...ownCa, beside: true },
]
const roleArn = (item: number) => `arn:aws:iam::000000000000:role/workload-identity/role-${item}`
const providerArn = `arn:aws:iam::000000000000:oidc-provider/${facts.issuerUrl.slice(8)}`

const twoBatches = [
  { from: 0, clusters: ['one', 'two'] },
  { from: 2, clusters: ['three'] },
]

/** Payloads for all workflows with the state. All other steps answer that they are ready. */
const payloads: Payloads = {
  CheckCluster: facts,
  RegisterOidc: { providerArn },
  DeployWebhook: ownCa,
  DeployCandidate: { candidate: ownCa, previous: { mode: 'install', failurePolicy: 'Ignore' } },
  RemoveCandidate: { removed: true },
  FindClusters: { batches: twoBatches },
  AcquireLock: { acquired: true, target: { name: 'one' }, issuerUrl: facts.issuerUrl, providerArn, installed: ownCa },
  BeginVerification: { verificationId: 'verification-1' },
  ObserveCluster: { gone: false },
  DeleteCluster: { gone: true },
  RecordResult: { complete: true },
  RecordTeardown: { gone: true },
}

/** The answers of these states when all tasks succeed, with exceptions. */
export function successAnswers(states: readonly string[], otherwise: Payloads): AnswersByState {
  return Object.fromEntries(
    states.map((state) => [state, successAnswersOf(state, otherwise[state] ?? payloads[state])]),
  )
}

function successAnswersOf(state: string, payload: Payloads[string] = {}): AnswersByState[string] {
  if (state === 'BatchOfClusters') return [{ answers: [executionAnswer({ failed: [], ...payload })] }]
  if (state.startsWith('BatchOf')) {
    return [0, 1].map((item) => ({ item, answers: [executionAnswer(outputOfBatch(item * 40, payload))] }))
  }
  // A role for each workload, so that a proof of the role of another workload would be noticed.
  if (state.endsWith('CreateRole')) {
    return [0, 1].map((item) => ({ item, answers: [stepAnswer({ ready: true, roleArn: roleArn(item) })] }))
  }
  const given: readonly object[] = Array.isArray(payload) ? payload : [payload]
  return [{ answers: given.map((each) => stepAnswer({ ready: true, ...each })) }]
}

/** Needs two batches. */
const manyCount = 45

function executionAnswer(Output: object): Answer {
  return { result: { Status: 'SUCCEEDED', Output } }
}

/** The output of a batch: the roles of its workloads, and in some cases a failure of another workload. */
function outputOfBatch(from: number, failed: object): object {
  const roles = Array.from({ length: Math.min(40, manyCount - from) }, (_, index) => ({
    role: { at: from + index, arn: roleArn(from + index) },
  }))
  return [...roles, failed]
}

const notBound = { state: 'BindKsa', item: 'media/writer-7', error: 'Refused', cause: 'it was refused' }
const withFailure = { failed: notBound }
const secondWorkload = { namespace: 'media', serviceAccount: 'writer', role: { policyArns: [] } }
const withTwo = { 'workloads.1': secondWorkload }
const [owned, requesting, existing, hosted] = [
  exampleRequest('setup', withTwo),
  exampleRequest('csr-cluster', withTwo),
  exampleRequest('existing-cluster', { ...withTwo, webhook: { mode: 'none' } }),
  exampleRequest('kubeadm', withTwo),
]
const writers = (name: string) =>
  Array.from({ length: manyCount }, (_, item) => ({ ...secondWorkload, serviceAccount: `${name}-${item}` }))
const many = { ...owned, workloads: writers('writer') }
const manyInPlaceOfOthers = {
  ...many,
  removed: writers('former').map(({ namespace, serviceAccount }) => ({ namespace, serviceAccount })),
}
const known = {
  facts,
  providerArn,
  installed: ownCa,
  roleArns: Object.fromEntries(
    owned.workloads.map(({ namespace, serviceAccount }, item) => [`${namespace}/${serviceAccount}`, roleArn(item)]),
  ),
}
const workloads = owned.workloads.map((workload, item) => ({ roleArn: roleArn(item), workload }))
const removed = ['one', 'two'].map((serviceAccount) => ({ namespace: 'default', serviceAccount }))
const { cluster } = owned
const tornDown = {
  cluster,
  webhook: { namespaces: ['webhooks'], mayHaveRequests: false },
  workloads: owned.workloads.map(({ namespace, serviceAccount }) => ({ namespace, serviceAccount })),
  discovery: owned.discovery,
  whole: true,
  neverFound: false,
  deleteCluster: true,
  force: false,
  dryRun: false,
}
const failure = { error: 'Unfinished', cause: 'something stays' }
const keyRefresh = { cluster: hosted.cluster, issuerUrl: facts.issuerUrl, before: [] }
const key = { kid: 'k-1', thumbprint: 'print' }

const notRotated = { failed: [{ cluster: 'one', error: 'Refused', cause: 'it was refused' }, { cluster: 'two' }] }
const batchOfRotation = { clusters: ['one', 'two'], run: { request: { dryRun: false } } }
const schedule = { schedule: 'arn:schedule', scheduledTime: '2026-11-25T04:00:00Z' }
const ofBatch = owned.workloads.map((workload) => ({ workload }))
const unseen = { notCompared: [notBound] }

/** The execution of a batch other than the first one. */
function partOf(
  part: string,
  { request, ...input }: { readonly request: object; readonly [name: string]: unknown },
): Start {
  const target = { name: 'prod-eu', credentialsSecretArn: 'arn:secret' }
  return { request, input: { part, from: 40, target, ...input } }
}

/** For each workflow, enough starts to enter all of its states. */
export const starts: Readonly<Record<WorkflowName, Readonly<Record<string, Start>>>> = {
  setup: {
    'a cluster that is made': { request: owned },
    'a cluster with certificate requests': { request: requesting, payloads: { DeployWebhook: csr } },
    'a cluster with a hosted issuer': { request: hosted },
    'a cluster without the webhook': { request: existing, payloads: { DeployWebhook: { mode: 'none' } } },
    'a cluster of which two workloads have left the spec': { request: { ...owned, removed } },
    'a cluster whose webhook changes': { request: owned, payloads: { DeployWebhook: changing } },
    'a cluster with many workloads in the place of others': { request: manyInPlaceOfOthers },
    'a cluster with many workloads of which some have failed': {
      request: many,
      payloads: { BatchOfCreateRoles: withFailure, BatchOfVerifyWorkloads: withFailure },
    },
    'a cluster of which a part has failed': {
      request: owned,
      payloads: { RecordResult: { complete: false, ...failure } },
    },
  },
  batch: {
    'the roles of a setup': partOf('SetupCreateRoles', { request: owned, items: ofBatch, seenAccounts: [] }),
    'the proofs of a setup': partOf('SetupVerifyWorkloads', { request: owned, items: workloads, installed: ownCa }),
    'the removal of a setup': partOf('SetupRemoveWorkloads', { request: { ...owned, removed }, items: removed }),
    'a verification': partOf('VerifyVerifyWorkloads', { request: { cluster, installed: ownCa }, items: workloads }),
    'a plan': partOf('CompareCreateRoles', { request: owned, items: ofBatch, seenAccounts: [], known: {} }),
    'a drift that reads no role': {
      ...partOf('CompareCreateRoles', { request: owned, items: ofBatch, seenAccounts: [], known }),
      failing: ['CompareCreateRole'],
    },
    'a drift': partOf('CompareCreateRoles', { request: owned, items: ofBatch, seenAccounts: ['', 'print'], known }),
    'what a plan would remove': partOf('CompareRemoveWorkloads', { request: { ...owned, removed }, items: removed }),
    'a teardown': partOf('TeardownWorkloads', { request: tornDown, items: tornDown.workloads, clusterGone: false }),
    'a teardown of a cluster that is gone': partOf('TeardownWorkloads', {
      request: tornDown,
      items: tornDown.workloads,
      clusterGone: true,
    }),
  },
  compare: {
    'a plan': { request: owned },
    'a plan of a spec that two workloads have left': { request: { ...owned, removed } },
    'a plan with certificate requests': { request: requesting, payloads: { DeployWebhook: csr } },
    'a plan with a hosted issuer': { request: hosted },
    'a drift': { request: { ...owned, adopt: true, known } },
    'a drift that reads neither the cluster nor the provider nor the roles': {
      request: { ...owned, adopt: true, known },
      failing: ['CheckCluster', 'RegisterOidc', 'CreateRole'],
    },
    'a drift of many workloads': {
      request: { ...manyInPlaceOfOthers, known },
      payloads: { BatchOfCreateRoles: unseen, BatchOfRemoveWorkloads: unseen },
    },
    'a drift of the schedule that finds something': {
      request: { ...owned, adopt: true, known, scheduled: true },
      payloads: { RecordComparison: { found: { severity: 'security', changed: 1 } } },
    },
  },
  verify: {
    'two workloads': { request: { cluster, providerArn, installed: ownCa, workloads, all: true } },
    'many workloads': {
      request: {
        ...{ cluster, providerArn, installed: ownCa, all: true },
        workloads: many.workloads.map((workload, item) => ({ roleArn: roleArn(item), workload })),
      },
    },
  },
  'rotate-thumbprints': {
    'two batches of clusters': { request: { dryRun: false } },
    'two pages of clusters of which some have failed': {
      request: { dryRun: false },
      payloads: {
        FindClusters: [
          { batches: twoBatches, next: { begunAt: '2026-11-25T04:00:00.000Z', after: ' two' } },
          { batches: twoBatches },
        ],
        BatchOfClusters: notRotated,
      },
    },
  },
  drifts: {
    'two batches of clusters': { request: {}, input: schedule },
    'clusters of which some have failed': { request: {}, input: schedule, payloads: { BatchOfClusters: notRotated } },
  },
  clusters: {
    'two clusters': { request: {}, input: batchOfRotation },
    'two clusters with certificate requests': {
      request: {},
      input: batchOfRotation,
      payloads: { AcquireLock: { ...payloads.AcquireLock, installed: csr } },
    },
    'two clusters with hosted issuers': {
      request: {},
      input: batchOfRotation,
      payloads: { AcquireLock: { ...payloads.AcquireLock, hosted: true } },
    },
    'two clusters without a provider': {
      request: {},
      input: batchOfRotation,
      payloads: { AcquireLock: { acquired: false } },
    },
    'two clusters to compare': { request: {}, input: { clusters: ['one', 'two'], run: schedule } },
  },
  teardown: {
    'a cluster that was made': { request: tornDown },
    'a cluster with a hosted issuer': {
      request: { ...tornDown, cluster: hosted.cluster, discovery: hosted.discovery, deleteCluster: false },
    },
    'a cluster with many workloads': {
      request: { ...tornDown, workloads: manyInPlaceOfOthers.removed },
      payloads: { BatchOfWorkloads: withFailure },
    },
    'a cluster of which something stays': {
      request: tornDown,
      payloads: { RecordTeardown: { gone: false, ...failure } },
    },
  },
  'signing-keys': {
    'keys that are published': { request: keyRefresh },
    'a key that is revoked': { request: { ...keyRefresh, revoke: { key, force: false, revokedBy: 'somebody' } } },
  },
}
