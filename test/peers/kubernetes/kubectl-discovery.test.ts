import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { peerMinor } from '../../support/kubernetes/kubernetes-peer.ts'
import { type Both, startBoth } from './support/both-clusters.ts'
import { explained, isTheSamePart } from './support/explained.ts'
import { kubectlHere } from './support/kubectl.ts'
import { commonLines, printed } from './support/printed.ts'

/** The sandbox's management cluster and a real cluster with the same custom resource definitions. */
let both: Both
beforeAll(async () => {
  both = await startBoth({ management: true })
})
afterAll(() => both?.end())

const kinds = [
  ...['namespace', 'serviceaccount', 'secret', 'configmap', 'service', 'pod', 'event', 'deployment', 'replicaset'],
  ...['poddisruptionbudget', 'role', 'rolebinding', 'clusterrole', 'clusterrolebinding'],
  ...['mutatingwebhookconfiguration', 'certificatesigningrequest', 'awscluster', 'awsnodepool'],
]

/** Fields that the sandbox does not have: newer than the Kubernetes client. */
const unknownFields = [
  ...['protocol', 'grpc.mode', 'bindMountOptions', 'evictionResponders', 'defaultUser', 'user', 'emptyDir.mode'],
  ...['nodeAllocatableResourceClaimStatuses', 'volumeHealth'],
]

/** A field behind a gate, which differs between the versions of the Kubernetes client and of the real server. */
const changingFields = ['nodeAllocatableResourceClaimStatuses']

/**
 * The fields of a kind that the real server has and the sandbox does not, except the known ones. The sandbox accepts any field
 * below an object without known fields.
 */
function missing(real: ReadonlyMap<string, string>, emulated: ReadonlyMap<string, string>): string[] {
  const parents = new Set([...emulated.keys()].map(parentOf))
  const isBelowAny = (field: string): boolean => {
    const parent = parentOf(field)
    return parent !== '' && ((emulated.has(parent) && !parents.has(parent)) || isBelowAny(parent))
  }
  const absent = [...real.keys()].filter((field) => !emulated.has(field) && !isBelowAny(field))
  return absent.filter((field) => !isOneOf(field, unknownFields))
}

function isOneOf(field: string, parts: readonly string[]): boolean {
  return parts.some((part) => isTheSamePart(field, part))
}

function parentOf(field: string): string {
  return field.split('.').slice(0, -1).join('.')
}

/** kubectl 1.21 reads OpenAPI 2 in protobuf, which the sandbox does not have. */
describe.runIf(peerMinor() >= 27)('kubectl', async () => {
  const kubectl = await kubectlHere()

  test('finds the same names, short names, versions and verbs of each kind', async () => {
    const { emulated, real } = await both.run(kubectl, 'api-resources -o wide --no-headers')
    const { some, all } = commonLines(printed(emulated).stdout, printed(real).stdout)
    // Events have a second group, which the sandbox does not serve.
    expect(some).toEqual(all.filter((line) => !line.includes('events.k8s.io')))
    expect(some.length).toBeGreaterThan(18)
  })

  test('finds only groups and versions of a real server', async () => {
    const { emulated, real } = await both.run(kubectl, 'api-versions')
    const { some, all } = commonLines(emulated.stdout, real.stdout)
    expect(some).toEqual(all)
  })

  test('prints the same server version', async () => {
    const { emulated, real } = await both.run(kubectl, 'version -o json')
    const version = ({ stdout }: { stdout: string }) =>
      /"serverVersion": \{[^}]*\}/s.exec(stdout)?.[0].match(/"(major|minor|gitVersion)": ".*"/g)
    expect(version(emulated)).toEqual(version(real))
  })

  test.each(kinds)('explains the fields of a %s with the types of a real server', async (kind) => {
    const outcomes = await both.run(kubectl, `explain ${kind} --recursive`)
    const [emulated, real] = [explained(outcomes.emulated), explained(outcomes.real)]
    expect(missing(real, emulated)).toEqual([])
    const differing = [...emulated].filter(([field, type]) => real.has(field) && real.get(field) !== type)
    expect(differing).toEqual([])
    const foreign = [...emulated.keys()].filter((field) => !real.has(field) && !isOneOf(field, changingFields))
    expect(foreign).toEqual([])
  })

  test.each([
    'explain deployment.spec.nothing',
    'explain nothing',
    'apply -f cluster.yaml',
    'apply -f pool.yaml',
    'get awsclusters',
    'get awsnodepools -A',
    'get awscluster prod -o yaml',
    'get awscluster prod -o name',
    "get awscluster prod -o jsonpath='{.spec.controlPlane.version}'",
    'describe awscluster prod',
    'describe awsnodepool pool',
    'annotate awscluster prod team=a',
    `patch awscluster prod --type merge -p '{"spec":{"controlPlane":{"tags":{"a":"b"}}}}'`,
    `patch awscluster prod --type json -p '[{"op":"remove","path":"/spec/controlPlane/tags"}]'`,
    `patch awscluster prod -p '{"spec":{"controlPlane":{"tags":{"a":"b"}}}}'`,
    'apply -f cluster.yaml --server-side --force-conflicts',
    'apply -f invalid-cluster.yaml',
    'delete -f pool.yaml',
    'delete awscluster prod',
    'get awsclusters',
  ])('%s', async (command) => {
    const { emulated, real } = await both.run(kubectl, command)
    expect(printed(emulated)).toEqual(printed(real))
  })
})
