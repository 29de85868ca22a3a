import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asString, at, objectsIn } from '../../../sandbox/kubernetes/objects/objects.ts'
import type { RealCluster } from '../../../sandbox/kubernetes/real/cluster.ts'
import { secretArnOf } from '../../e2e/support/clusters/secrets.ts'
import type { OperationAnswer } from '../../e2e/support/operation.ts'
import { ownCluster } from '../../e2e/support/requests.ts'
import { driftOf, namedIn, planOf, writesIn } from '../../e2e/support/runs/comparison.ts'
import { processesOn, untilNoProcessesOn } from '../../sandbox/support/processes.ts'
import { exampleBody } from '../../support/api/requests.ts'
import { roleArnOf, roleNameOf } from '../../support/aws/roles.ts'
import { versionsHere } from '../../support/kubernetes/kubernetes-peer.ts'
import { createLookAlikes } from './support/look-alikes.ts'
import { type RealSystem, startRealSystem } from './support/real-system.ts'

/** Versions before and after 1.22, which removed the API of the webhook's certificate requests. */
const legacy = '1.21.14'
const current = '1.37.2'
const minutes = 60_000

let system: RealSystem
let folder = ''
let end = async () => {}

beforeAll(async () => {
  ;({ system, folder, end } = await startRealSystem())
}, 5 * minutes)

afterAll(() => end(), minutes)

describe('a setup on real API servers', { timeout: 5 * minutes }, () => {
  it.each([
    ...versionsHere(legacy).map((version) => ({ version, example: 'csr-cluster' as const, certificate: 'csr' })),
    ...versionsHere(current).map((version) => ({ version, example: 'setup' as const, certificate: 'own-ca' })),
  ])(
    'of $version creates a cluster, proves it with a webhook certificate by $certificate, and a second one writes nothing',
    async ({ version, example, certificate }) => {
      const own = await ownCluster(system, 'whole-line', example)
      const first = await system.setUp(own.body())
      expectProof(first, { account: 'default:s3-reader', cluster: own.name, role: roleNameOf(own.name) })
      const cluster = clusterOf(own.name)
      expect(cluster.gitVersion).toBe(`v${version}`)
      expect(await certificateOf(cluster)).toBe(certificate)
      await expectNoWrites(own.body())
    },
  )

  it('proves an existing cluster with a certificate of our own authority, and a second one writes nothing', async () => {
    const own = await existing('just-there', { 'webhook.certificate': 'own-ca' })
    const first = await system.setUp(own.body)
    expectProof(first, { account: 'reports:exporter', cluster: own.name, role: own.name })
    expect(await certificateOf(own.cluster)).toBe('own-ca')
    await expectNoWrites(own.body)
  })

  it('writes exactly what its plan lists, and a drift finds later changes with their managers', async () => {
    const { name, cluster, body } = await existing('planned')
    const plan = await planOf(system, body)
    expect(plan).toMatchObject({ unknown: [], problems: [] })
    const done = await system.setUp(body)
    expect(done.error).toBeUndefined()
    expect(writesIn(done.steps.flatMap(({ changes }) => changes))).toEqual(writesIn(plan.writes))
    expect(await driftOf(system, name)).toMatchObject({ summary: { differences: 0 }, additions: [], problems: [] })

    const place = `/namespaces/workload-identity-webhook`
    const deployment = `/apis/apps/v1${place}/deployments/pod-identity-webhook`
    await cluster.api.merge(`${deployment}?fieldManager=kubectl-scale`, { spec: { replicas: 1 } })
    await cluster.api.call('DELETE', `/apis/policy/v1${place}/poddisruptionbudgets/pod-identity-webhook`)
    const observed = await driftOf(system, name)
    expect(namedIn(observed)).toEqual([
      'Deployment workload-identity-webhook/pod-identity-webhook: spec.replicas',
      'missing PodDisruptionBudget workload-identity-webhook/pod-identity-webhook',
    ])
    expect(observed.changed).toMatchObject([{ desired: 2, observed: 1, manager: 'kubectl-scale' }])

    await cluster.api.merge(`${deployment}?fieldManager=kubectl-scale`, { spec: { replicas: 2 } })
    expect((await system.setUp(body)).error).toBeUndefined()
    expect(await driftOf(system, name)).toMatchObject({ summary: { differences: 0 } })
  })

  it.each(versionsHere(legacy))(
    'on %s approves the requests of the webhook, and none of ten look-alikes by other accounts',
    async () => {
      const { cluster, body } = await existing('look-alikes')
      expect((await system.setUp(body)).error).toBeUndefined()
      expect(await certificateOf(cluster)).toBe('csr')
      const lookAlikes = await createLookAlikes(cluster)
      expect(lookAlikes.filter(({ refusal }) => refusal !== undefined)).toEqual([])
      const earlier = await approvedOn(cluster)
      await loseCertificate(cluster)

      const again = await system.setUp(body)
      expect(again.error).toBeUndefined()
      const approved = (await approvedOn(cluster)).filter(({ name }) => !earlier.some((one) => one.name === name))
      // A pod that starts after another one has stored its certificate requests none.
      expect(approved.length).toBeGreaterThan(0)
      expect(new Set(approved.map(({ username }) => username))).toEqual(
        new Set(['system:serviceaccount:workload-identity-webhook:pod-identity-webhook']),
      )
      const changes = again.steps.find(({ state }) => state === 'ApproveCsr')?.changes ?? []
      for (const { name, difference } of lookAlikes) {
        const observed = changes.find(({ object }) => object === `CertificateSigningRequest ${name}`)
        expect(observed, name).toMatchObject({ action: 'unchanged', detail: expect.stringMatching(difference) })
      }
    },
  )

  it.each(versionsHere(current))('on %s finds no look-alike request, because the API server refuses them', async () => {
    const { cluster, body } = await existing('look-alikes')
    expect((await system.setUp(body)).error).toBeUndefined()
    const lookAlikes = await createLookAlikes(cluster)
    expect(lookAlikes).toHaveLength(10)
    const taken = lookAlikes.filter(({ refusal }) => refusal === undefined)
    expect(taken.map(({ name }) => name)).toEqual(['of-another-signer'])
    expect((await system.setUp(body)).error).toBeUndefined()
    expect(await approvedOn(cluster)).toEqual([])
  })

  it.each(versionsHere(current))('on %s with csr is refused, with a remedy', async (version) => {
    const minor = version.split('.')[1]
    const { body } = await existing('asks-in-vain', { 'webhook.certificate': 'csr' })
    expect((await system.setUp(body)).error).toMatchObject({
      step: 'DeployWebhook',
      reason: `Kubernetes 1.${minor} signs no certificate request of the webhook: the last version that does is 1.21`,
      action: expect.stringMatching(/^Set webhook\.certificate to own-ca or auto/),
    })
  })

  it('leaves nothing behind when it is closed', async () => {
    expect((await processesOn(folder)).map(({ command }) => command)).toContainEqual(
      expect.stringContaining('kube-apiserver'),
    )
    await end()
    end = async () => {}
    // The shell that supervises a program ends a moment after it.
    await untilNoProcessesOn(folder, minutes)
  })
})

function clusterOf(name: string): RealCluster {
  const cluster = system.sandbox.kubernetes.cluster(name)
  if (!cluster) throw new Error(`the sandbox has no cluster ${name}`)
  return cluster
}

async function existing(purpose: string, edits: Readonly<Record<string, unknown>> = {}) {
  const { kubernetes, secrets } = system.sandbox
  const host = `oidc.${purpose}.example.com`
  const cluster = await kubernetes.addUserCluster({ name: purpose, version: current, issuer: { host } })
  await secrets.keep(`${purpose}/user-cluster`, kubernetes.kubeconfig(purpose))
  const body = exampleBody('existing-cluster', {
    'cluster.name': purpose,
    'cluster.credentialsSecretArn': secretArnOf(`${purpose}/user-cluster`),
    'cluster.issuerUrl': `https://${host}`,
    'workloads.0.role.name': purpose,
    ...edits,
  })
  return { name: purpose, cluster, body }
}

function expectProof(
  operation: OperationAnswer,
  { account, cluster, role }: { account: string; cluster: string; role: string },
): void {
  expect(operation.error).toBeUndefined()
  expect(operation.result?.proofs).toMatchObject([
    {
      subject: `system:serviceaccount:${account}`,
      audience: 'sts.amazonaws.com',
      roleArn: roleArnOf(cluster, role),
      assumedRoleArn: expect.stringContaining(`:assumed-role/${role}/`),
      mutation: 'mutated',
      refused: [{ answer: 'AccessDenied' }, { answer: 'InvalidIdentityToken' }],
    },
  ])
}

async function expectNoWrites(body: unknown): Promise<void> {
  await system.clearCalls()
  expect((await system.setUp(body)).error).toBeUndefined()
  expect(await system.writes()).toEqual([])
}

/** The mode of the webhook's certificate, which follows from the name of its Secret. */
async function certificateOf(cluster: RealCluster): Promise<string> {
  const secrets = await cluster.objects('Secret', 'workload-identity-webhook')
  const names = secrets.filter(({ type }) => type === 'kubernetes.io/tls').map(({ metadata }) => metadata.name)
  return names.map((name) => (name === 'pod-identity-webhook' ? 'csr' : 'own-ca')).join()
}

async function approvedOn(cluster: RealCluster): Promise<{ name: string; username: string }[]> {
  const requests = await cluster.objects('CertificateSigningRequest')
  return requests
    .filter(({ status }) => objectsIn(at(status, 'conditions')).some(({ type }) => type === 'Approved'))
    .map(({ metadata, spec }) => ({ name: metadata.name, username: asString(at(spec, 'username')) }))
}

/** Deletes the certificate and the webhook's pods, so that new pods request a certificate. */
async function loseCertificate({ api }: RealCluster): Promise<void> {
  const place = '/api/v1/namespaces/workload-identity-webhook'
  await api.call('DELETE', `${place}/secrets/pod-identity-webhook`)
  await api.call('DELETE', `${place}/pods`)
}
