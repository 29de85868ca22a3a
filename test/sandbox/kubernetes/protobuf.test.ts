import { beforeAll, expect, test } from 'vitest'
import type { Cluster } from '../../../sandbox/kubernetes/index.ts'
import { asObject, at, objectsIn } from '../../../sandbox/kubernetes/objects.ts'
import { decodeProtobuf } from '../../../sandbox/kubernetes/protobuf/objects.ts'
import { send, testKubernetes } from './support.ts'

/** What kubectl 1.37.2 sent for these commands. */
const recorded = {
  'create ns recorded': 'azhzAAoPCgJ2MRIJTmFtZXNwYWNlEiAKGAoIcmVjb3JkZWQSABoAIgAqADIAOABCABIAGgIKABoAIgA=',
  'create token bar --duration 20m --audience a --audience b':
    'azhzAAooChhhdXRoZW50aWNhdGlvbi5rOHMuaW8vdjESDFRva2VuUmVxdWVzdBIjChAKABIAGgAiACoAMgA4AEIAEgkKAWEKAWIgsAkaBAoAEgAaACIA',
  'create deployment rec --image registry.example/pause:1 --replicas 0 --port 8080':
    'azhzAAoVCgdhcHBzL3YxEgpEZXBsb3ltZW50Es0BCh8KA3JlYxIAGgAiACoAMgA4AEIAWgoKA2FwcBIDcmVjEpsBCAASDAoKCgNhcHASA3JlYxqAAQocCgASABoAIgAqADIAOABCAFoKCgNhcHASA3JlYxJgEkIKBXBhdXNlEhhyZWdpc3RyeS5leGFtcGxlL3BhdXNlOjEqADILCgAQABiQPyIAKgBCAGoAcgCAAQCIAQCQAQCiAQAaADIAQgBKAFIAWABgAGgAggEAigEAmgEAwgEAIgIKACgAOAAaDAgAEAAYACAAKAA4ABoAIgA=',
  'create service clusterip rec --tcp 80:named':
    'azhzAAoNCgJ2MRIHU2VydmljZRJuCh8KA3JlYxIAGgAiACoAMgA4AEIAWgoKA2FwcBIDcmVjEkcKIAoIODAtbmFtZWQSA1RDUBhQIgsIARAAGgVuYW1lZCgAEgoKA2FwcBIDcmVjGgAiCUNsdXN0ZXJJUDoAQgBSAFoAYABoABoCCgAaACIA',
  'create secret generic rec --from-literal a=b':
    'azhzAAoMCgJ2MRIGU2VjcmV0Eh8KEwoDcmVjEgAaACIAKgAyADgAQgASBgoBYRIBYhoAGgAiAA==',
  'create configmap rec --from-literal a=':
    'azhzAAoPCgJ2MRIJQ29uZmlnTWFwEhwKEwoDcmVjEgAaACIAKgAyADgAQgASBQoBYRIAGgAiAA==',
} as const

const protobuf = 'application/vnd.kubernetes.protobuf'

const sandbox = testKubernetes()
let cluster: Cluster

beforeAll(async () => {
  cluster = await sandbox.kubernetes.addUserCluster({
    name: 'new',
    version: '1.37.2',
    issuer: { host: 'i.example.com' },
  })
})

function decoded(command: keyof typeof recorded) {
  return decodeProtobuf(Buffer.from(recorded[command], 'base64'))
}

test('what kubectl sends in protobuf is the object that it would send in JSON', () => {
  expect(decoded('create ns recorded')).toEqual({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'recorded' },
    spec: {},
    status: {},
  })
  expect(decoded('create token bar --duration 20m --audience a --audience b')).toMatchObject({
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { audiences: ['a', 'b'], expirationSeconds: 1200 },
  })
  expect(decoded('create secret generic rec --from-literal a=b').data).toEqual({ a: 'Yg==' })
  expect(decoded('create configmap rec --from-literal a=').data).toEqual({ a: '' })
})

test('a zero behind a pointer is kept, and one that stands for nothing is left out', () => {
  const { spec } = decoded('create deployment rec --image registry.example/pause:1 --replicas 0 --port 8080')
  expect(spec).toEqual({
    replicas: 0,
    selector: { matchLabels: { app: 'rec' } },
    strategy: {},
    template: {
      metadata: { labels: { app: 'rec' } },
      spec: {
        containers: [
          {
            name: 'pause',
            image: 'registry.example/pause:1',
            ports: [{ containerPort: 8080 }],
            resources: {},
          },
        ],
      },
    },
  })
})

test('a port by name is a text and one by number a number', () => {
  const { spec } = decoded('create service clusterip rec --tcp 80:named')
  expect(at(spec, 'ports')).toEqual([{ name: '80-named', protocol: 'TCP', port: 80, targetPort: 'named' }])
})

test('a cluster creates what comes in protobuf and answers in JSON', async () => {
  const sendBytes = (path: string, command: keyof typeof recorded) =>
    send(cluster, `POST ${path}`, { body: Buffer.from(recorded[command], 'base64'), contentType: protobuf })
  const created = await sendBytes('/api/v1/namespaces/default/services', 'create service clusterip rec --tcp 80:named')
  expect(created).toMatchObject({
    code: 201,
    body: { metadata: { name: 'rec', managedFields: [{ manager: 'test' }] } },
  })
  expect(asObject(objectsIn(at(cluster.objects('Service', 'default')[0], 'spec', 'ports'))[0]).targetPort).toBe('named')
})

test('bytes that are no such object are a bad request, and custom resources are not read from protobuf', async () => {
  const sent = { body: Buffer.from('{"kind":"Namespace"}'), contentType: protobuf }
  expect(await send(cluster, 'POST /api/v1/namespaces', sent)).toMatchObject({
    code: 400,
    body: { reason: 'BadRequest' },
  })
  const { management } = sandbox.kubernetes
  const clusters = '/apis/multicloud.cluster.gke.io/v1/namespaces/default/awsclusters'
  expect((await send(management, `POST ${clusters}`, sent)).code).toBe(415)
})
