import { expect, test } from 'vitest'
import { costOf, costs } from '../../../infra/cost/execution-costs.ts'
import { batchesOf } from '../../../lambdas/workflows/rotation/rotation.ts'
import { exampleRequest } from '../../support/api/requests.ts'
import { runCompare } from '../../support/workflows/compare-workflow.ts'
import {
  definition,
  runStubbed,
  runWithInput,
  type StepStub,
  type StubbedRun,
} from '../../support/workflows/definitions.ts'
import { runSetup } from '../../support/workflows/setup-workflow.ts'
import { payloadOf } from '../../support/workflows/workflow-parts.ts'

const installed = { mode: 'own-ca', image: 'webhook:v0.6.17', namespace: 'webhook', replicas: 2 }
const names = (count: number) => Array.from({ length: count }, (_, index) => `item-${index}`)

/** The example of a cluster on AWS, which has most steps, with this number of workloads. */
function setupWith(count: number) {
  const request = exampleRequest('setup')
  const [workload] = request.workloads
  if (!workload) throw new Error('the example has no workload')
  return { ...request, workloads: names(count).map((serviceAccount) => ({ ...workload, serviceAccount })) }
}

function verify(count: number): Promise<StubbedRun> {
  const request = {
    cluster: { name: 'prod-eu', provider: 'existing', credentialsSecretArn: 'arn:secret', readyTimeoutMinutes: 60 },
    providerArn: 'arn:provider',
    installed,
    workloads: names(count).map((serviceAccount) => ({
      roleArn: `arn:${serviceAccount}`,
      workload: { namespace: 'default', serviceAccount, role: { name: serviceAccount, policyArns: [] } },
    })),
    all: true,
  }
  return runStubbed(definition('verify'), request, {
    CheckCluster: { ready: true, issuerUrl: 'https://issuer.example', kubernetesMinor: 33 },
    Verify: { ready: true },
    RecordVerification: { ready: true },
  })
}

function rotate(count: number): Promise<StubbedRun> {
  const lock = {
    acquired: true,
    target: { name: 'prod-eu', credentialsSecretArn: 'arn:secret' },
    issuerUrl: 'https://issuer.example',
    providerArn: 'arn:provider',
    installed,
  }
  return runStubbed(
    definition('rotate-thumbprints'),
    { dryRun: false },
    {
      FindClusters: { ready: true, batches: batchesOf(names(count)) },
      AcquireLock: { ready: true, ...lock },
      RenewCredentials: { ready: true, secrets: [] },
      RotateThumbprints: { ready: true, thumbprints: ['a'], added: [], removed: [] },
      RenewCertificate: { ready: true, certificate: 'kept' },
      BeginVerification: { ready: true, verificationId: 'verification-1' },
      CheckVerification: { ready: true },
      ReleaseLock: { ready: true },
      RecordRotation: { ready: true },
    },
  )
}

function driftsOf(count: number): Promise<StubbedRun> {
  const event = { schedule: 'arn:schedule', scheduledTime: '2026-11-25T04:00:00Z' }
  const started = new Set<unknown>()
  const CompareCluster: StepStub = (call) => {
    const { cluster } = payloadOf(call)
    const ready = started.has(cluster)
    started.add(cluster)
    return ready ? { ready } : { ready, reason: 'the drift is running', events: [] }
  }
  const FindClusters = { ready: true, batches: batchesOf(names(count)) }
  return runWithInput(definition('drifts'), event, { FindClusters, CompareCluster })
}

const kinds = ['setup', 'drift', 'verification', 'rotation', 'scheduledDrifts'] as const

const workflows = {
  setup: (count) => runSetup(setupWith(count)),
  drift: (count) => runCompare(setupWith(count)),
  verification: verify,
  rotation: rotate,
  scheduledDrifts: driftsOf,
} satisfies Readonly<Record<keyof typeof costs, (count: number) => Promise<StubbedRun>>>

test.each(kinds)('the cost estimate counts the transitions and calls of an execution of %s', async (kind) => {
  for (const count of [1, 2, 7, 45]) {
    const { status, entered, calls, batches } = await workflows[kind](count)
    const inBatches = batches.flatMap((batch) => batch.entered)
    expect(status).toBe('SUCCEEDED')
    expect(costOf(costs[kind], count), `${count} items`).toEqual({
      transitions: entered.length + inBatches.length,
      calls: calls.length,
    })
  }
})
