/**
 * Every expression of the state machines, with what it was given while setups and verifications ran on the sandbox: the
 * reference implementation of JSONata gives what the sandbox's engine gave.
 */
import jsonata from 'jsonata'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { comparedStates } from '../../lambdas/domain/comparison.ts'
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts'
import { existingCluster } from '../e2e/support/existing-cluster.ts'
import { ownCluster } from '../e2e/support/requests.ts'
import { secretArnOf } from '../e2e/support/secrets.ts'
import { System } from '../e2e/support/system.ts'
import { python } from '../support/python.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { deployedPlaces, placeOf, type Recording, record, recorded } from './support/recorded-expressions.ts'

/** How much of a wait is really waited: enough for pods to start before a deadline, and so little that a deadline is soon there. */
const calm = 0.05
const hurried = 0.002

let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let sandbox: Sandbox
let running: System

beforeAll(async () => {
  directory = await temporaryDirectory()
  sandbox = await startSandbox({ directory: directory.path, python, port: 0, waitScale: calm, report: () => {} })
  running = new System(sandbox)
  await record(sandbox.aws.endpoint)
}, 180_000)
afterAll(async () => {
  await sandbox?.close()
  await directory.remove()
})

/** Sends a setup that must end with this error, or with none. */
async function endsWith(error: string | undefined, body: unknown): Promise<void> {
  expect((await running.setUp(body)).error?.name).toBe(error)
}

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
    const [made, own] = [
      await ownCluster(running, 'looked-at', 'csr-cluster'),
      await existingCluster(running, 'looked-at'),
    ]
    const plan = async (body: unknown) => running.ended(await running.send('/v1/plans', body))
    const drift = async (name: string) => running.ended(await running.send(`/v1/clusters/${name}/drift`, {}))
    expect([(await plan(made.body())).status, (await plan(own.body())).status]).toEqual(['succeeded', 'succeeded'])
    await Promise.all([endsWith(undefined, made.body()), endsWith(undefined, own.body())])
    expect([(await drift(made.name)).status, (await drift(own.name)).status]).toEqual(['succeeded', 'succeeded'])

    await sandbox.aws.setWaitScale(hurried)
    for (const state of comparedStates) {
      // As often as the workflow starts it.
      await sandbox.aws.faults.add({
        kind: 'kill-caller',
        operation: 'dynamodb:GetItem',
        actor: `*${state}*`,
        times: 3,
      })
    }
    const killed = await drift(made.name)
    expect(killed.status).toBe('succeeded')
    expect(killed.steps.filter(({ status }) => status === 'failed')).toHaveLength(comparedStates.length)
    const unrecorded = { operation: 'dynamodb:UpdateItem', actor: '*RecordComparison*' }
    await sandbox.aws.faults.add({ kind: 'refuse', ...unrecorded, times: 1 })
    expect((await drift(own.name)).error).toMatchObject({ step: 'RecordComparison' })
  })
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
