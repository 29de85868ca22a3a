/**
 * Every expression of the state machines, with what it was given while operations of each kind ran on the sandbox, and failed
 * in each of their ways: the reference implementation of JSONata gives what the sandbox's engine gave.
 */
import { DeleteBucketPolicyCommand, GetBucketPolicyCommand, PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3'
import jsonata from 'jsonata'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { comparedDescriptions } from '../../lambdas/workflows/comparison/compared-steps.ts'
import { account, rootCredentials } from '../../sandbox/account.ts'
import type { AwsFault } from '../../sandbox/aws/server.ts'
import type { Interruption } from '../../sandbox/faults.ts'
import type { Cluster } from '../../sandbox/kubernetes/index.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { runDrifts } from '../e2e/support/aws-clients.ts'
import { teardownSteps } from '../e2e/support/disturbances.ts'
import { type ExistingCluster, existingCluster } from '../e2e/support/existing-cluster.ts'
import { manyWorkloads, workloadsOf } from '../e2e/support/many-workloads.ts'
import type { OperationAnswer } from '../e2e/support/operation.ts'
import { type PrivateCluster, privateBody, privateCluster, setUpPrivate } from '../e2e/support/private-cluster.ts'
import { type OwnCluster, ownCluster } from '../e2e/support/requests.ts'
import { onlyThese, type Rotated, rotate } from '../e2e/support/rotation.ts'
import { secretArnOf } from '../e2e/support/secrets.ts'
import { functionProcesses, System } from '../e2e/support/system.ts'
import { DeployedRoles } from '../permissions/support/deployed-role.ts'
import { deleteLock, deleteRotationLock } from '../permissions/support/record.ts'
import type { WorkflowName } from '../support/definitions.ts'
import { otherImage } from '../support/other-image.ts'
import { python } from '../support/python.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { deployedPlaces, placeOf, type Recording, record, recorded } from './support/recorded-expressions.ts'

const listed = z.object({ operations: z.array(z.object({ operationId: z.string() })) })
const comparedStates = comparedDescriptions.map(({ state }) => state)

/** How much of a wait is really waited: enough for pods to start before a deadline, and so little that a deadline is soon there. */
const calm = 0.05
const hurried = 0.002

let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let sandbox: Sandbox
let running: System

beforeAll(async () => {
  directory = await temporaryDirectory()
  sandbox = await startSandbox({
    directory: directory.path,
    python,
    port: 0,
    waitScale: calm,
    functionProcesses,
    report: () => {},
  })
  running = new System(sandbox)
  await record(sandbox.aws.endpoint)
}, 180_000)
afterAll(async () => {
  await sandbox?.close()
  await directory.remove()
})

/** Every step reads the item of its operation once when it starts, beside other items. */
const readOfOperation = { operation: 'dynamodb:BatchGetItem', body: '"sk":{"S":"OPERATION"}' }

/**
 * Kills the functions of these states as often as a workflow starts them for one cluster.
 *
 * @param call in which they are killed. A step must make it once in each attempt, or later attempts are not killed
 */
async function killAlways(
  states: readonly string[],
  call: Pick<AwsFault, 'operation' | 'body'> = readOfOperation,
): Promise<void> {
  for (const state of states) {
    await sandbox.aws.faults.add({ kind: 'kill-caller', step: state, times: 3, ...call })
  }
}

/** A cluster with certificate requests that is set up. */
async function requestingCluster(purpose: string): Promise<OwnCluster & { readonly cluster: Cluster }> {
  const own = await ownCluster(running, purpose, 'csr-cluster')
  await endsWith(undefined, own.body())
  const cluster = sandbox.kubernetes.cluster(own.name)
  if (!cluster) throw new Error(`${own.name} was not made`)
  return { ...own, cluster }
}

/** While something is done, nobody can read the hosted documents. */
async function withoutBucketPolicy(use: () => Promise<void>): Promise<void> {
  const options = { endpoint: sandbox.aws.endpoint, region: account.region, credentials: rootCredentials }
  const s3 = new S3Client({ ...options, forcePathStyle: true })
  const Bucket = sandbox.deployment.outputs.IssuerBucketName
  const { Policy } = await s3.send(new GetBucketPolicyCommand({ Bucket }))
  await s3.send(new DeleteBucketPolicyCommand({ Bucket }))
  try {
    await use()
  } finally {
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }))
    s3.destroy()
  }
}

/** Sends a setup that must end with this error, or with none. */
async function endsWith(error: string | undefined, body: unknown): Promise<void> {
  expect((await running.setUp(body)).error?.name).toBe(error)
}

/** While something is done, the workflow may not start executions of batches. */
async function withoutBatches<Result>(workflow: WorkflowName, use: () => Promise<Result>): Promise<Result> {
  const roles = new DeployedRoles(sandbox.aws.endpoint)
  const role = await roles.roleOfWorkflow(workflow)
  const start = (await roles.permissions(role)).find(({ action }) => action === 'states:StartExecution')
  if (!start) throw new Error(`the workflow ${workflow} starts no executions`)
  await sandbox.aws.setWaitScale(hurried)
  return roles.without(role, start, use)
}

/** Sends a setup whose workflow may not start batches any more once the cluster has been sent this call. Gives back how it ends. */
async function withoutBatchesFrom(
  { faults }: Cluster,
  call: Pick<Interruption, 'operation' | 'object'>,
  send: () => Promise<string>,
): Promise<OperationAnswer> {
  const [called, taken] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const meanwhile = () => {
    called.resolve()
    return taken.promise
  }
  faults.interrupt({ ...call, answer: 'sent', meanwhile })
  const location = await send()
  await called.promise
  return withoutBatches('setup', () => {
    taken.resolve()
    return running.ended(location)
  })
}

describe('scheduled drifts', () => {
  test('that find a change', async () => {
    const own = await existingCluster(running, 'drifting')
    await endsWith(undefined, own.body())
    for (const webhook of own.cluster.store.list('MutatingWebhookConfiguration')) own.cluster.store.remove(webhook)
    const event = { scheduledTime: '2026-11-25T04:00:00Z', schedule: 'drifts' }
    expect(await runDrifts(running, event)).toMatchObject({ status: 'SUCCEEDED' })
    const response = await fetch(`${running.api}/v1/operations?cluster=${own.name}&kind=drift`)
    const [drift] = listed.parse(await response.json()).operations
    expect((await running.ended(`/v1/operations/${drift?.operationId}`)).status).toBe('succeeded')
    const unstarted = await withoutBatches('drifts', () => runDrifts(running, event))
    expect(unstarted).toMatchObject({ status: 'FAILED', cause: expect.stringContaining(own.name) })
    await sandbox.aws.setWaitScale(calm)
  })
})

describe('setups and verifications', () => {
  afterEach(() => sandbox.aws.setWaitScale(calm))

  test('of a cluster that is made and waited for', async () => {
    sandbox.kubernetes.provisioningMs = 500
    const own = await ownCluster(running, 'made')
    await endsWith(undefined, own.body())
  })

  test('of a cluster with certificate requests', async () => {
    const own = await ownCluster(running, 'requesting', 'csr-cluster')
    await endsWith(undefined, own.body())
  })

  test('of a cluster without the webhook', async () => {
    const own = await existingCluster(running, 'without')
    await endsWith(undefined, own.body({ webhook: { mode: 'none' } }))
  })

  test('that fail at a step', async () => {
    const own = await existingCluster(running, 'refused')
    own.cluster.faults.add({ kind: 'refuse', operation: 'PATCH *serviceaccounts/exporter*', times: 1 })
    await endsWith('AccessDenied', own.body())
  })

  test('that are killed in each step that others go on beside', async () => {
    const own = await requestingCluster('setup-killed')
    for (const state of [
      'DeployWebhook',
      'ApproveCsr',
      'CheckWebhook',
      'ActivateWebhook',
      'RegisterOidc',
      'CreateRole',
      'Verify',
    ]) {
      await killAlways([state])
      expect((await running.setUp(own.body())).error, state).toMatchObject({ step: state })
      await sandbox.aws.faults.clear()
      await deleteLock(running, own.name)
    }
  })

  test('of more workloads than one execution sets up, and of which one fails at each step', async () => {
    const own = await existingCluster(running, 'many')
    const taken = await existingCluster(running, 'taken')
    await endsWith(undefined, taken.body({ 'workloads.0.role.name': `${own.name}-42` }))
    const { faults } = own.cluster
    faults.add({ kind: 'refuse', operation: 'PATCH *serviceaccounts/account-43*', times: 1 })
    faults.add({ kind: 'refuse', operation: 'POST *', object: 'ServiceAccount apps/account-44', times: 10 })
    const { error } = await running.setUp(own.body({ workloads: workloadsOf(own.name) }))
    expect(error).toMatchObject({ step: 'CreateRole', item: 'apps/account-42' })
    for (const failed of ['BindKsa of apps/account-43', 'Verify of apps/account-44']) {
      expect(error?.reason).toContain(failed)
    }
  })

  test('that remove what has left the spec, of which some stays', async () => {
    const own = await existingCluster(running, 'leaving')
    const { body, put } = removalsOf(own, 3)
    await endsWith(undefined, body)
    await failToRemove(own, () => put(1))
    expect((await running.ended(await put(2))).error).toBeUndefined()
  })

  test('that make and remove more workloads than one execution does, in batches of which some may not be started', async () => {
    const own = await existingCluster(running, 'leaving-many')
    const { body, put } = removalsOf(own, manyWorkloads)
    const account = { operation: 'PATCH *serviceaccounts/account-*' }
    const { error } = await withoutBatchesFrom(own.cluster, account, () => running.start(body))
    expect(error).toMatchObject({ name: 'StepFunctions.AWSStepFunctionsException', step: 'BatchOfCreateRoles' })
    expect(error?.reason).toContain('BatchOfVerifyWorkloads')
    await failToRemove(own, () => put(1))
    const proof = { operation: 'POST *', object: 'ServiceAccount apps/account-0' }
    const unstarted = await withoutBatchesFrom(own.cluster, proof, () => put(2))
    expect(unstarted.error).toMatchObject({ step: 'BatchOfRemoveWorkloads' })
    expect((await running.ended(await put(2))).error).toBeUndefined()
  })

  /** A setup of so many workloads, and what sends the one that removes all but the first. */
  function removalsOf(own: ExistingCluster, count: number) {
    const [kept, ...others] = workloadsOf(own.name).slice(0, count)
    const put = async (generation: number) => {
      const path = `/v1/clusters/${own.name}?removals=allow&manager=api`
      const ifMatch = { 'if-match': `"${generation}"` }
      const response = await running.putTo(path, own.body({ workloads: [kept] }), ifMatch)
      return response.headers.get('location') ?? ''
    }
    return { body: own.body({ workloads: [kept, ...others] }), put }
  }

  /** The account of one workload stays, and the roles of the others. */
  async function failToRemove({ cluster }: ExistingCluster, send: () => Promise<string>): Promise<void> {
    cluster.faults.add({ kind: 'refuse', operation: 'GET *serviceaccounts/account-1', times: 1 })
    // A refusal of IAM is no failure of the step, which gives back what remains.
    await sandbox.aws.faults.add({ kind: 'refuse', ...readOfOperation, step: 'DeleteRole', times: 1000 })
    const { error } = await running.ended(await send())
    expect(error).toMatchObject({ name: 'AccessDenied', step: 'UnbindKsa', item: 'apps/account-1' })
    expect(error?.reason).toContain('failed, too: DeleteRole of apps/account-10 ')
    await sandbox.aws.faults.clear()
  }

  test('of more workloads than one execution sets up, which are verified, compared and removed in batches, of which some fail', async () => {
    const own = await existingCluster(running, 'many-others')
    const path = `/v1/clusters/${own.name}`
    await endsWith(undefined, own.body({ workloads: workloadsOf(own.name) }))
    const verify = async () => running.ended(await running.send(`${path}/verifications`, {}))
    const drift = async () => running.ended(await running.send(`${path}/drift`, {}))
    const planRemoval = async () => {
      const response = await running.putTo(`${path}?dryRun=true&manager=api`, own.body({ workloads: [] }))
      return running.ended(response.headers.get('location') ?? '')
    }
    const planTeardown = () => running.tearDown(`${path}?dryRun=true`)
    for (const send of [verify, drift, planRemoval, planTeardown]) expect((await send()).error).toBeUndefined()

    const { faults } = own.cluster
    const refuseRole = (state: string) =>
      // IAM may refuse what depends on a new role: the step is called again then.
      sandbox.aws.faults.add({ kind: 'refuse', operation: 'iam:GetRole', step: state, times: 1000 })
    const refuseAccount = () => faults.add({ kind: 'refuse', operation: '*serviceaccounts/account-43*', times: 1 })
    faults.add({ kind: 'refuse', operation: 'POST *', object: 'ServiceAccount apps/account-44', times: 10 })
    expect((await verify()).error).toMatchObject({ step: 'Verify' })
    faults.clear()
    await refuseRole('CreateRole')
    // BindKsa then reads each account itself.
    faults.add({ kind: 'refuse', operation: 'GET /api/v1/serviceaccounts*', times: 1 })
    refuseAccount()
    const failedOf = ({ steps }: OperationAnswer) =>
      steps.filter(({ status }) => status === 'failed').map(({ state }) => state)
    expect([...new Set(failedOf(await drift()))].sort()).toEqual(['BindKsa', 'CreateRole'])
    await sandbox.aws.faults.clear()
    for (const send of [planRemoval, planTeardown]) {
      await refuseRole('DeleteRole')
      refuseAccount()
      expect([...new Set(failedOf(await send()))].sort()).toEqual(['DeleteRole', 'UnbindKsa'])
      await sandbox.aws.faults.clear()
    }
    await withoutBatches('verify', async () => expect((await verify()).status).toBe('failed'))
    await withoutBatches('teardown', async () => expect((await planTeardown()).status).toBe('failed'))
  })

  test('that fail by each deadline', async () => {
    const { kubernetes } = sandbox
    const [late, stuck] = [await existingCluster(running, 'late'), await existingCluster(running, 'stuck')]
    const credentials = secretArnOf(`${late.name}/later`)
    stuck.cluster.isSchedulable = false
    const requesting = await ownCluster(running, 'unissued', 'csr-cluster')
    kubernetes.onClusterUp((name) => {
      const cluster = name === requesting.name ? kubernetes.cluster(name) : undefined
      if (cluster) cluster.isSchedulable = false
    })
    await sandbox.aws.setWaitScale(hurried)
    await Promise.all([
      endsWith(
        'ClusterNotReady',
        late.body({ 'cluster.credentialsSecretArn': credentials, 'cluster.readyTimeoutMinutes': 5 }),
      ),
      endsWith('WebhookNotReady', stuck.body()),
      endsWith('CertificateNotIssued', requesting.body()),
    ])
  })

  test('of a cluster that moves to a hosted issuer, and of one that is not changed by the deadline', async () => {
    const [moved, late] = [await existingCluster(running, 'moved'), await existingCluster(running, 'moved-late')]
    await Promise.all([endsWith(undefined, moved.body()), endsWith(undefined, late.body())])
    const hosting = { discovery: { hosting: 'deployment' }, 'cluster.issuerUrl': undefined }
    const location = await running.start(moved.body(hosting))
    await running.until(location, ({ steps }) =>
      steps.some(({ state, waitingFor }) => state === 'CheckIssuer' && waitingFor !== undefined),
    )
    const issuer = `https://${sandbox.deployment.outputs.IssuerHost}/${moved.name}`
    moved.cluster.setIssuers([issuer, moved.issuerUrl])
    expect((await running.ended(location)).error).toBeUndefined()
    await sandbox.aws.setWaitScale(hurried)
    await endsWith('IssuerNotChanged', late.body({ ...hosting, 'cluster.readyTimeoutMinutes': 5 }))
  })

  test('of a cluster whose keys are not there by the deadline', async () => {
    const own = await privateCluster(running, 'unpublished')
    await sandbox.aws.setWaitScale(hurried)
    const credentials = secretArnOf(`${own.name}/later`)
    const body = privateBody(own.name, {
      'cluster.credentialsSecretArn': credentials,
      'cluster.readyTimeoutMinutes': 5,
    })
    await endsWith('DiscoveryNotPublished', body)
  })

  test('that verify, find a workload that cannot be proved, and a cluster that is not ready', async () => {
    const own = await existingCluster(running, 'verified')
    await endsWith(undefined, own.body())
    const verify = async () => running.ended(await running.send(`/v1/clusters/${own.name}/verifications`, {}))
    expect((await verify()).status).toBe('succeeded')

    const account = own.cluster
      .objects('ServiceAccount', 'reports')
      .find(({ metadata }) => metadata.name === 'exporter')
    if (!account) throw new Error('the account is not there')
    own.cluster.store.put({ ...account, metadata: { ...account.metadata, annotations: {} } })
    await sandbox.aws.setWaitScale(hurried)
    expect(await verify()).toMatchObject({ status: 'failed', error: { step: 'Verify' } })

    own.documents = {}
    expect(await verify()).toMatchObject({ status: 'failed', error: { name: 'ClusterNotReady' } })
  })

  test('that are planned, and looked at for drift: as they were made, with every step killed, and unrecorded', async () => {
    const [made, own, hosted] = [
      await ownCluster(running, 'looked-at', 'csr-cluster'),
      await existingCluster(running, 'looked-at'),
      await privateCluster(running, 'looked-at-hosted'),
    ]
    const plan = async (body: unknown) => running.ended(await running.send('/v1/plans', body))
    const drift = async (name: string) => running.ended(await running.send(`/v1/clusters/${name}/drift`, {}))
    const planRemoval = async () => {
      const path = `/v1/clusters/${own.name}?dryRun=true&manager=api`
      const response = await running.putTo(path, own.body({ workloads: [] }))
      return running.ended(response.headers.get('location') ?? '')
    }
    expect([(await plan(made.body())).status, (await plan(own.body())).status]).toEqual(['succeeded', 'succeeded'])
    await Promise.all([endsWith(undefined, made.body()), endsWith(undefined, own.body())])
    expect([(await drift(made.name)).status, (await drift(own.name)).status]).toEqual(['succeeded', 'succeeded'])
    expect((await setUpPrivate(running, hosted)).ended.error).toBeUndefined()
    expect((await drift(hosted.name)).status).toBe('succeeded')
    expect((await planRemoval()).status).toBe('succeeded')

    await sandbox.aws.setWaitScale(hurried)
    await killAlways(comparedStates)
    const killed = await drift(made.name)
    expect(killed.status).toBe('succeeded')
    // Nothing has left the spec.
    const states = comparedStates.filter((state) => !/^(PublishDiscovery|UnbindKsa|DeleteRole)$/.test(state))
    expect(killed.steps.filter(({ status }) => status === 'failed')).toHaveLength(states.length)
    await sandbox.aws.faults.clear()
    await killAlways(['PublishDiscovery'])
    const published = (await drift(hosted.name)).steps.find(({ state }) => state === 'PublishDiscovery')
    expect(published?.status).toBe('failed')
    for (const state of ['UnbindKsa', 'DeleteRole']) {
      await killAlways([state])
      const removed = (await planRemoval()).steps.find((step) => step.state === state)
      expect(removed?.status).toBe('failed')
    }
    const unrecorded = { operation: 'dynamodb:UpdateItem', step: 'RecordComparison' }
    await sandbox.aws.faults.add({ kind: 'refuse', ...unrecorded, times: 1 })
    expect((await drift(own.name)).error).toMatchObject({ step: 'RecordComparison' })
  })
})

describe('changes of the webhook', () => {
  let own: Awaited<ReturnType<typeof requestingCluster>>

  beforeAll(async () => {
    own = await requestingCluster('changed')
  })
  afterEach(async () => {
    own.cluster.isSchedulable = true
    await sandbox.aws.faults.clear()
    await sandbox.aws.setWaitScale(calm)
  })

  async function change(webhook: object = {}): Promise<OperationAnswer> {
    return running.setUp(own.body({ 'webhook.image': otherImage(own.cluster), ...webhook }))
  }

  test('that succeed', async () => {
    expect(await change()).toMatchObject({ status: 'succeeded' })
  })

  test.for([
    'DeployCandidate',
    'CheckCandidate',
    'SwitchToCandidate',
    'DeployWebhook',
    'ApproveCsr',
    'CheckWebhook',
    'ActivateWebhook',
    'RemoveCandidate',
    'DeleteRequests',
  ])('that are killed in %s', async (state) => {
    await killAlways([state])
    expect(await change()).toMatchObject({ status: 'failed', error: { step: state } })
    // As if the time were over that the killed function had: until then its operation keeps the cluster.
    await deleteLock(running, own.name)
  })

  test('whose new version is never ready', async () => {
    own.cluster.isSchedulable = false
    await sandbox.aws.setWaitScale(hurried)
    expect((await change()).error?.name).toBe('CandidateNotReady')
  })

  test.for([
    { error: 'CertificateNotIssued', ask: {} },
    { error: 'WebhookNotReady', ask: { 'webhook.certificate': 'own-ca' } },
  ])('whose roll gets stuck: $error', async ({ error, ask }) => {
    own.cluster.faults.interrupt({
      operation: 'PATCH *',
      object: 'Deployment workload-identity-webhook/pod-identity-webhook',
      write: true,
      answer: 'sent',
      meanwhile: async () => {
        own.cluster.isSchedulable = false
        await sandbox.aws.setWaitScale(hurried)
      },
    })
    expect((await change(ask)).error?.name).toBe(error)
  })
})

describe('rotations', () => {
  let own: ExistingCluster
  let requesting: Awaited<ReturnType<typeof requestingCluster>>
  let without: ExistingCluster
  let hosted: PrivateCluster

  beforeAll(async () => {
    ;[own, requesting, without, hosted] = await Promise.all([
      existingCluster(running, 'rotated'),
      requestingCluster('rotated'),
      existingCluster(running, 'rotated-without'),
      privateCluster(running, 'rotated-hosted'),
    ])
    expect((await setUpPrivate(running, hosted)).ended.error).toBeUndefined()
    await Promise.all([
      endsWith(undefined, own.body()),
      endsWith(undefined, without.body({ webhook: { mode: 'none' } })),
    ])
  })
  afterEach(async () => {
    await sandbox.aws.faults.clear()
    await sandbox.aws.setWaitScale(calm)
  })

  /**
   * What came of one cluster, while all others are left out. A function that was killed may still write, as far as
   * anybody knows, so its rotation and its cluster are held: they are freed as if that time were over.
   */
  async function rotated({ name }: { readonly name: string }): Promise<Rotated | undefined> {
    let outcomes = new Map<string, Rotated>()
    await onlyThese(running, [name], async () => {
      outcomes = await rotate(running)
    })
    await deleteLock(running, name)
    await deleteRotationLock(running)
    return outcomes.get(name)
  }

  test('of a cluster of each mode, and without a write', async () => {
    const names = [own, requesting, without, hosted].map(({ name }) => name)
    for (const dryRun of [true, false]) {
      await onlyThese(running, names, async () => {
        const outcomes = await rotate(running, { dryRun })
        expect(names.map((name) => outcomes.get(name)?.outcome)).toEqual(names.map(() => 'unchanged'))
      })
    }
  })

  test('whose function is killed while it takes the cluster', async () => {
    await killAlways(['AcquireLock'], { operation: 'dynamodb:UpdateItem', body: `"CLUSTER#${own.name}"` })
    expect(await rotated(own)).toMatchObject({ outcome: 'failed', error: { step: 'AcquireLock' } })
  })

  test.for(['RenewCredentials', 'RotateThumbprints', 'RenewCertificate', 'BeginVerification', 'CheckVerification'])(
    'whose function is killed in %s',
    async (step) => {
      await killAlways([step])
      expect(await rotated(own)).toMatchObject({ outcome: 'failed', error: { step } })
    },
  )

  test('whose verification does not end', async () => {
    const slow = { operation: 'secretsmanager:GetSecretValue', step: 'Verify', delayMs: 5_000 }
    await sandbox.aws.faults.add({ kind: 'delay', ...slow, times: 1 })
    await sandbox.aws.setWaitScale(hurried)
    expect(await rotated(own)).toMatchObject({ outcome: 'failed', error: { name: 'VerificationNotEnded' } })
  })

  test('whose function is killed in ApproveCsr', async () => {
    await killAlways(['ApproveCsr'])
    expect(await rotated(requesting)).toMatchObject({ outcome: 'failed', error: { step: 'ApproveCsr' } })
  })

  test.for(['PublishDiscovery', 'NarrowTrust'])('of a hosted cluster whose function is killed in %s', async (step) => {
    await killAlways([step])
    expect(await rotated(hosted)).toMatchObject({ outcome: 'failed', error: { step } })
  })

  test('of a hosted cluster that does not say its keys by the deadline', async () => {
    const { faults } = hosted.cluster
    faults.add({ kind: 'unavailable', operation: 'GET */openid/v1/jwks', times: 1_000 })
    await sandbox.aws.setWaitScale(hurried)
    expect(await rotated(hosted)).toMatchObject({ outcome: 'failed', error: { name: 'DiscoveryNotPublished' } })
    faults.clear()
  })

  test('that cannot give a cluster back', async () => {
    await killAlways(['ReleaseLock'])
    expect(await rotated(own)).toMatchObject({ outcome: 'failed', error: { name: 'NotReached' } })
  })

  test('of a cluster whose certificate is not issued', async () => {
    const [secret] = requesting.cluster
      .objects('Secret', 'workload-identity-webhook')
      .filter(({ metadata }) => metadata.name === 'pod-identity-webhook')
    if (!secret) throw new Error('there is no certificate')
    requesting.cluster.store.remove(secret)
    await sandbox.aws.setWaitScale(hurried)
    expect(await rotated(requesting)).toMatchObject({ outcome: 'failed', error: { name: 'CertificateNotIssued' } })
  })

  test('of a cluster that a setup is changing, which is waited for', async () => {
    await onlyThese(running, [own.name], async () => {
      let rotation = ''
      own.cluster.faults.interrupt({
        operation: '*',
        answer: 'sent',
        meanwhile: async () => {
          rotation = await running.send('/v1/rotations', {})
          await running.until(rotation, ({ steps }) => steps.some(({ waitingFor }) => waitingFor !== undefined))
        },
      })
      await endsWith(undefined, own.body())
      expect((await running.ended(rotation)).status).toBe('succeeded')
    })
  })

  test('that cannot find its clusters, or may not start an execution for them', async () => {
    await sandbox.aws.setWaitScale(hurried)
    const rotation = async () => running.ended(await running.send('/v1/rotations', {}))
    expect((await withoutBatches('rotate-thumbprints', rotation)).status).toBe('failed')
    await killAlways(['FindClusters'])
    expect(await rotation()).toMatchObject({ status: 'failed', error: { step: 'FindClusters' } })
  })
})

describe('signing keys', () => {
  let own: PrivateCluster

  beforeAll(async () => {
    own = await privateCluster(running, 'signing')
    expect((await setUpPrivate(running, own)).ended.error).toBeUndefined()
  })
  afterEach(() => sandbox.aws.setWaitScale(calm))

  const refresh = async () => running.ended(await running.send(`/v1/clusters/${own.name}/signing-keys`, {}))
  const revoke = async (kid: string) =>
    running.ended(await running.send(`/v1/clusters/${own.name}/signing-keys/${kid}/revoke`, {}))

  test('that are published, and revoked', async () => {
    const added = own.cluster.signer.addVerificationKey()
    expect((await refresh()).status).toBe('succeeded')
    expect((await revoke(added)).status).toBe('succeeded')
  })

  test('that nobody can read before the deadline', async () => {
    const added = own.cluster.signer.addVerificationKey()
    expect((await refresh()).status).toBe('succeeded')
    await withoutBucketPolicy(async () => {
      await sandbox.aws.setWaitScale(hurried)
      expect((await refresh()).error?.name).toBe('DiscoveryNotPublished')
      expect((await revoke(added)).error?.name).toBe('KeyStillServed')
    })
  })
})

describe('teardowns', () => {
  afterEach(async () => {
    await sandbox.aws.faults.clear()
    await sandbox.aws.setWaitScale(calm)
  })

  const tearDown = ({ name }: { readonly name: string }) => running.tearDown(`/v1/clusters/${name}?deleteCluster=true`)

  test('of a cluster that was made, and of one that somebody has deleted', async () => {
    const [made, gone] = await Promise.all([requestingCluster('torn-down'), requestingCluster('torn-down')])
    expect(await tearDown(made)).toMatchObject({ status: 'succeeded', result: { remaining: [] } })

    const { store } = sandbox.kubernetes.management
    for (const kind of ['AWSNodePool', 'AWSCluster']) {
      for (const object of store.list(kind)) if (object.metadata.name.startsWith(gone.name)) store.remove(object)
    }
    expect(await tearDown(gone)).toMatchObject({ status: 'succeeded', result: { remaining: [] } })
  })

  test('of a cluster whose issuer is hosted, as it was made and with that step killed', async () => {
    const [gone, kept] = [await privateCluster(running, 'torn-down'), await privateCluster(running, 'torn-down-killed')]
    for (const each of [gone, kept]) expect((await setUpPrivate(running, each)).ended.error).toBeUndefined()
    const remove = ({ name }: PrivateCluster) => running.tearDown(`/v1/clusters/${name}`)
    expect(await remove(gone)).toMatchObject({ status: 'succeeded', result: { remaining: [] } })
    await killAlways(['RemoveDiscovery'])
    expect(await remove(kept)).toMatchObject({ status: 'failed', error: { step: 'RemoveDiscovery' } })
  })

  test('that are killed in every step', async () => {
    const own = await requestingCluster('killed')
    await killAlways(teardownSteps.filter((step) => step !== 'RecordTeardown'))
    expect(await tearDown(own)).toMatchObject({ status: 'failed' })
    await deleteLock(running, own.name)
    // Not reached as long as the cluster is there.
    await sandbox.aws.faults.clear()
    await killAlways(['EmptyBucket'])
    expect(await tearDown(own)).toMatchObject({ status: 'failed', error: { step: 'EmptyBucket' } })
  })

  test('of what is kept from going', async () => {
    const own = await requestingCluster('kept')
    const { management } = sandbox.kubernetes
    keep(own.cluster, 'Service', 'pod-identity-webhook')
    keep(management, 'AWSNodePool', `${own.name}-pool`)
    await sandbox.aws.setWaitScale(hurried)
    expect((await tearDown(own)).result).toMatchObject({
      remaining: [{ name: 'WebhookNotGone' }, { name: 'ClusterNotGone' }],
    })
  })

  test('of a cluster whose management cluster refuses access, without and with force', async () => {
    const own = await requestingCluster('refused')
    const { faults } = sandbox.kubernetes.management
    faults.add({ kind: 'refuse', operation: `GET *awsclusters/${own.name}*`, times: 100 })
    try {
      const refused = { status: 'failed', error: { name: 'AccessDenied' } }
      expect(await running.tearDown(`/v1/clusters/${own.name}`)).toMatchObject(refused)
      expect(await running.tearDown(`/v1/clusters/${own.name}?force=true`)).toMatchObject(refused)
    } finally {
      faults.clear()
    }
  })

  /** As long as somebody's finalizer is there, it stays. */
  function keep({ store }: Cluster, kind: string, name: string): void {
    const object = store.list(kind).find(({ metadata }) => metadata.name === name)
    if (!object) throw new Error(`there is no ${kind} ${name}`)
    store.put({ ...object, metadata: { ...object.metadata, finalizers: ['example.com/keep'] } })
  }
})

describe('their expressions', () => {
  let all: readonly Recording[]
  beforeAll(async () => {
    all = await recorded(sandbox.aws.endpoint)
    console.info(`${all.length} evaluations recorded`)
  })

  test('were all visited', async () => {
    const visited = new Set(all.map(placeOf))
    const places = await deployedPlaces(sandbox.aws.endpoint)
    expect(places.size).toBeGreaterThan(100)
    expect([...places].filter((place) => !visited.has(place))).toEqual([])
  })

  test('give by the reference implementation what they gave in the sandbox', async () => {
    const differences: object[] = []
    for (const recording of all) {
      const reference = await byReference(recording)
      const ours: Given = recording.error === undefined ? { output: recording.output } : { isError: true }
      if (!isSame(reference, ours)) differences.push({ place: placeOf(recording), reference, ours })
    }
    expect(differences).toEqual([])
  })
})

type Given = { readonly output: unknown } | { readonly isError: true }

/** No value is an error, as on AWS: https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html */
async function byReference({ expression, variables, states }: Recording): Promise<Given> {
  try {
    const output: unknown = await jsonata(expression).evaluate(undefined, { ...variables, states })
    return output === undefined ? { isError: true } : { output: JSON.parse(JSON.stringify(output)) }
  } catch {
    return { isError: true }
  }
}

function isSame(one: Given, other: Given): boolean {
  try {
    expect(one).toEqual(other)
    return true
  } catch {
    return false
  }
}
