import { beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import type { Cluster } from '../../../sandbox/kubernetes/index.ts'
import { at, objectsIn } from '../../../sandbox/kubernetes/objects/objects.ts'
import { existingCluster } from '../../e2e/support/clusters/existing-cluster.ts'
import type { OperationAnswer } from '../../e2e/support/operation.ts'
import { ownCluster } from '../../e2e/support/requests.ts'
import { type System, system } from '../../e2e/support/system.ts'
import { certificateRequest, dnsExtension, pkcs10, rightNames } from '../../support/kubernetes/certificate-requests.ts'

let running: System

beforeAll(async () => {
  running = await system()
})

const result = z.object({
  facts: z.object({ kubernetesVersion: z.string() }),
  webhook: z.object({ mode: z.string(), image: z.optional(z.string()) }),
  proofs: z.array(z.object({ mutation: z.string() })),
})

/** The operation's result, with fields that other tests do not need. */
async function resultOf({ operationId }: OperationAnswer): Promise<z.output<typeof result>> {
  const response = await fetch(`${running.api}/v1/operations/${operationId}`)
  return z.object({ result }).parse(await response.json()).result
}

async function setUp(body: unknown): Promise<OperationAnswer> {
  const operation = await running.setUp(body)
  expect(operation.error).toBeUndefined()
  return operation
}

async function expectNothingToWrite(name: string, body: unknown): Promise<void> {
  const since = Date.now()
  await setUp(body)
  expect(await running.writesOf(name, since)).toEqual([])
}

const documentImage = 'amazon/amazon-eks-pod-identity-webhook:ed8c41f'
const newestImage = 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook:v0.6.17'

describe('a cluster that a setup creates', () => {
  it.concurrent.for([
    { version: '1.20.9-gke.300', example: 'csr-cluster', mode: 'csr', image: documentImage },
    { version: '1.21.14-gke.100', example: 'setup', mode: 'csr', image: documentImage },
    { version: '1.33.2-gke.100', example: 'setup', mode: 'own-ca', image: newestImage },
  ] as const)('at $version gets a webhook by $mode, and another setup writes nothing', async (desired) => {
    const { version, example, mode, image } = desired
    const cluster = await ownCluster(running, 'version', example)
    const body = cluster.body({ 'cluster.spec.controlPlane.version': version })
    expect(await resultOf(await setUp(body))).toEqual({
      facts: { kubernetesVersion: version },
      webhook: { mode, image },
      proofs: [{ mutation: 'mutated' }],
    })
    await expectNothingToWrite(cluster.name, body)
  })
})

describe('an existing cluster', () => {
  it('changes from no webhook to ours, then to an externally managed one: each is proved, and a repeated setup writes nothing', async () => {
    const { name, cluster, body } = await existingCluster(running, 'modes')
    const none = body({ 'webhook.mode': 'none', 'webhook.failurePolicy': undefined })
    expect(await resultOf(await setUp(none))).toMatchObject({
      webhook: { mode: 'none' },
      proofs: [{ mutation: 'not installed' }],
    })
    expect(cluster.objects('Deployment')).toEqual([])
    expect(cluster.objects('MutatingWebhookConfiguration')).toEqual([])
    await expectNothingToWrite(name, none)

    expect(await resultOf(await setUp(body()))).toMatchObject({
      webhook: { mode: 'own-ca', image: newestImage },
      proofs: [{ mutation: 'mutated' }],
    })
    await expectNothingToWrite(name, body())

    const managed = body({ 'webhook.mode': 'managed', 'webhook.failurePolicy': undefined })
    expect(await resultOf(await setUp(managed))).toMatchObject({
      webhook: { mode: 'managed' },
      proofs: [{ mutation: 'mutated' }],
    })
    await expectNothingToWrite(name, managed)
  })
})

describe('certificate requests', () => {
  it('of the webhook are approved, and ten similar ones stay pending and are named', async () => {
    const own = await ownCluster(running, 'requests', 'csr-cluster')
    const lookAlikes = await makeLookAlikes()
    running.sandbox.kubernetes.onClusterUp((up) => {
      const made = up === own.name ? running.sandbox.kubernetes.cluster(up) : undefined
      for (const lookAlike of made ? lookAlikes : []) made?.addCertificateRequest(lookAlike)
    })
    const operation = await setUp(own.body())

    const cluster = clusterOf(own.name)
    const names = lookAlikes.map(({ name }) => name)
    expect(approvedIn(cluster).filter((name) => names.includes(name))).toEqual([])
    expect(approvedIn(cluster).length).toBeGreaterThanOrEqual(2)
    const changes = operation.steps.find(({ state }) => state === 'ApproveCsr')?.changes ?? []
    for (const name of names) {
      expect(changes).toContainEqual({
        object: `CertificateSigningRequest ${name}`,
        action: 'unchanged',
        detail: expect.stringMatching(/^left pending: \w/),
      })
    }
    await expectNothingToWrite(own.name, own.body())
  })
})

function clusterOf(name: string): Cluster {
  const cluster = running.sandbox.kubernetes.cluster(name)
  if (!cluster) throw new Error(`the cluster ${name} does not exist`)
  return cluster
}

function approvedIn(cluster: Cluster): string[] {
  return cluster
    .objects('CertificateSigningRequest')
    .filter((request) => objectsIn(at(request, 'status', 'conditions')).some(({ type }) => type === 'Approved'))
    .map(({ metadata }) => metadata.name)
}

/** Each differs from the webhook's request in one field. */
async function makeLookAlikes() {
  const right = await pkcs10()
  const requests = {
    'by-admin': certificateRequest(right, { username: 'kubernetes-admin' }),
    'by-neighbour': certificateRequest(right, { username: 'system:serviceaccount:default:pod-identity-webhook' }),
    'more-groups': certificateRequest(right, { groups: ['system:masters'] }),
    'client-auth': certificateRequest(right, { usages: ['digital signature', 'client auth'] }),
    'client-signer': certificateRequest(right, { signerName: 'kubernetes.io/kube-apiserver-client' }),
    masters: certificateRequest(await pkcs10({ name: [{ CN: ['admin'] }, { O: ['system:masters'] }] })),
    'more-names': certificateRequest(
      await pkcs10({ extensions: [dnsExtension([...rightNames, 'kubernetes.default'])] }),
    ),
    'no-names': certificateRequest(await pkcs10({ extensions: [] })),
    'other-key': certificateRequest(await pkcs10({ key: { name: 'ECDSA', namedCurve: 'P-384' } })),
    unreadable: certificateRequest('bm9uc2Vuc2U='),
  }
  return Object.entries(requests).map(([name, { spec }]) => {
    const { username = '', groups = [], ...rest } = spec
    return { name, user: { name: username, uid: name, groups }, spec: { ...rest } }
  })
}
