import { expect, test } from 'vitest'
import { definition, errorNamed, runStubbed, type StepStub } from '../support/workflows/definitions.ts'
import { payloadOf, payloadsOf, stepInput } from '../support/workflows/workflow-parts.ts'

const verify = definition('verify')

const request = {
  cluster: { name: 'prod-eu', provider: 'existing', credentialsSecretArn: 'arn:secret', readyTimeoutMinutes: 60 },
  providerArn: 'arn:provider',
  installed: { mode: 'none' },
  workloads: ['reader', 'writer'].map((serviceAccount) => ({
    roleArn: `arn:${serviceAccount}`,
    workload: {
      namespace: 'default',
      serviceAccount,
      role: { name: serviceAccount, policyArns: [], maxSessionSeconds: 3600 },
    },
  })),
  all: true,
}

const allWell: Readonly<Record<string, StepStub>> = {
  CheckCluster: { ready: true, issuerUrl: 'https://issuer.example', kubernetesMinor: 33 },
  Verify: { ready: true },
  RecordVerification: { ready: true },
}

const run = (stubs: Readonly<Record<string, StepStub>> = {}) => runStubbed(verify, request, { ...allWell, ...stubs })

test('each workload is verified, and the result is recorded', async () => {
  const { status, calls } = await run()
  expect(status).toBe('SUCCEEDED')
  expect(payloadsOf(calls, 'Verify').map(({ item }) => item)).toEqual(['default/reader', 'default/writer'])
  expect(payloadsOf(calls, 'RecordVerification')).toMatchObject([{ input: { all: true } }])
  for (const call of calls) {
    expect(stepInput(call.state).safeParse(payloadOf(call).input).error, call.state).toBeUndefined()
  }
})

test('a workload whose proof fails fails the verification, after all others are verified', async () => {
  const Verify: StepStub = (call) =>
    payloadOf(call).item === 'default/reader' ? errorNamed('VerificationFailed') : { ready: true }
  const { status, error, calls, entered } = await run({ Verify })
  expect({ status, error }).toEqual({ status: 'FAILED', error: 'VerificationFailed' })
  expect(payloadsOf(calls, 'Verify')).toHaveLength(2)
  expect(entered).not.toContain('RecordVerification')
})

test('a verification does not wait for a cluster', async () => {
  const { status, error, waits } = await run({
    CheckCluster: { ready: false, reason: 'put the kubeconfig', events: [] },
  })
  expect({ status, error, waits }).toEqual({ status: 'FAILED', error: 'ClusterNotReady', waits: [] })
})

test('400 failing workloads stay within 256 KiB of state, and the verification fails with the first failure', async () => {
  const [first] = request.workloads
  const workloads = Array.from({ length: 400 }, (_, index) => ({
    ...first,
    workload: { ...first?.workload, namespace: 'n'.repeat(63), serviceAccount: `${'s'.repeat(240)}-${index}` },
  }))
  const fails = Object.assign(errorNamed('VerificationFailed'), { message: 'x'.repeat(5000) })
  const { status, error, cause, heaviest } = await runStubbed(
    verify,
    { ...request, workloads },
    { ...allWell, Verify: fails },
  )
  expect({ status, error }).toEqual({ status: 'FAILED', error: 'VerificationFailed' })
  expect(cause).toContain('xxx')
  expect(heaviest.bytes, heaviest.where).toBeLessThan(256 * 1024)
})
