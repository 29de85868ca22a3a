/** Helm installs the chart of the agent into a namespace that enforces the Pod Security Standard "restricted". */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { userClusterFile } from '../../../lambdas/rights/files.ts'
import { rightsSetupOf } from '../../../lambdas/rights/setup.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { exampleBody } from '../../support/api/requests.ts'
import { type Clusters, objectIn, startClusters } from '../../support/kubernetes/clusters.ts'
import { peerMinor } from '../../support/kubernetes/kubernetes-peer.ts'
import { requestOf } from '../../support/kubernetes/request-of.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { release, runHelm, runWith } from '../support/helm.ts'
import { homeFor, kubectlHere } from './support/kubectl.ts'

const namespace = 'workload-identity-setup'
const agent = 'workload-identity-agent'
const kinds = ['Secret', 'Deployment', 'NetworkPolicy', 'PodDisruptionBudget']
/** As in step 4 of docs/agent.md. */
const reusing = ['--reset-then-reuse-values']
const codes = ['a', 'b'].map((letter) => letter.repeat(43))
const allValues = readFileSync(path.join(import.meta.dirname, '../charts/all.values.yaml'), 'utf8')
const valuesWith = (code = '') =>
  JSON.stringify({
    apiUrl: 'https://roles.example.com',
    cluster: 'edge-1',
    audience: 'workload-identity-agent:d',
    code,
  })

let clusters: Clusters
let cluster: AnyCluster
let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let env: Record<string, string>
let kubectlFile: string

/** @throws Error with the output of the program, when it fails */
async function outputOf(input: string, command: readonly string[], run = runHelm): Promise<string> {
  const { code, stdout, stderr } = await run(input, command, env)
  if (code !== 0) throw new Error(`${command.join(' ')}: ${stderr}${stdout}`)
  return stdout + stderr
}
const helm = (input: string, ...command: string[]) => outputOf(input, command)
const kubectl = (input: string, ...command: string[]) => outputOf(input, [kubectlFile, ...command], runWith)
const upgrade = (code: string | undefined, ...more: string[]) =>
  helm(valuesWith(code), 'upgrade', '--install', ...release, '--values', '-', ...more)
const present = async () => {
  const names = kinds.map((kind) => `${kind}/${agent}`)
  const found = await kubectl('', 'get', '--ignore-not-found', '-n', namespace, '-o', 'custom-columns=:kind', ...names)
  return found.split('\n').filter(Boolean)
}
const codeOf = async () => parse(await kubectl('', 'get', 'secret', agent, '-n', namespace, '-o', 'yaml')).data.code
const deployment = async () => parse(await kubectl('', 'get', 'deployment', agent, '-n', namespace, '-o', 'yaml'))

/** Helm 4.3 supports Kubernetes 1.34 to 1.37: https://helm.sh/docs/topics/version_skew/ */
describe.skipIf(peerMinor() < 34)('the chart on a real API server', () => {
  beforeAll(async () => {
    ;[clusters, directory] = await Promise.all([startClusters(), temporaryDirectory()])
    cluster = await clusters.start('edge-1')
    const { kubeconfig } = await homeFor(cluster, path.join(directory.path, 'home'), directory.path)
    env = { HOME: directory.path, KUBECONFIG: kubeconfig }
    kubectlFile = (await kubectlHere()).file
    const body = exampleBody('existing-cluster', {
      'cluster.connection': 'agent',
      'cluster.credentialsSecretArn': undefined,
    })
    const rights = userClusterFile(rightsSetupOf(requestOf(body, 'the request')), '').text
    for (const name of rights.matchAll(/kubectl create namespace (\S+)/g))
      await kubectl('', 'create', 'ns', name[1] ?? '')
    await kubectl(rights, 'apply', '-f', '-')
    const modes = ['enforce', 'warn'].map((mode) => `pod-security.kubernetes.io/${mode}=restricted`)
    await kubectl('', 'label', 'ns', namespace, ...modes)
  })
  afterAll(async () => {
    await clusters?.end()
    await directory?.remove()
  })

  test('the API server knows all fields of the objects, with all values', async () => {
    const objects = await helm(allValues, 'template', ...release, '--values', '-')
    const output = await kubectl(objects, 'create', '--dry-run=server', '--validate=strict', '-f', '-')
    expect(output).not.toContain('Warning')
    expect(output.match(/created \(server dry run\)/g)).toHaveLength(kinds.length)
  })

  test('it is installed with the values of "wid enroll"', async () => {
    const output = await upgrade(codes[0], ...reusing, '--set', 'image.repository=registry.example.com/agent')
    expect(output).not.toMatch(/warning/i)
    expect(output).toContain('STATUS: deployed')
    expect(await present()).toEqual(kinds)
    expect(Buffer.from(await codeOf(), 'base64').toString()).toBe(codes[0])
  })

  test('its Pod is admitted, and a Pod as root is not', async () => {
    const { metadata, spec } = (await deployment()).spec.template
    const create = (securityContext: object) => {
      const named = { ...metadata, generateName: 'agent-', namespace }
      const pod = { apiVersion: 'v1', kind: 'Pod', metadata: named, spec: { ...spec, securityContext } }
      return kubectl(JSON.stringify(pod), 'create', '--dry-run=server', '-f', '-')
    }
    expect(await create(spec.securityContext)).toContain('created (server dry run)')
    await expect(create({})).rejects.toThrow('violates PodSecurity "restricted:latest"')
  })

  test('a new code replaces the Secret, and does not restart the agent', async () => {
    const before = (await deployment()).metadata.generation
    await upgrade(codes[1], ...reusing)
    expect(Buffer.from(await codeOf(), 'base64').toString()).toBe(codes[1])
    expect((await deployment()).metadata.generation).toBe(before)
  })

  test('an upgrade without a code removes the Secret', async () => {
    await upgrade(undefined, ...reusing, '--set', 'image.tag=2.0.0')
    expect(await present()).toEqual(kinds.slice(1))
    const [container] = (await deployment()).spec.template.spec.containers
    expect(container.image).toBe('registry.example.com/agent:2.0.0')
  })

  test('its removal leaves the account and the rights', async () => {
    await helm('', 'uninstall', agent, '--namespace', namespace)
    expect(await present()).toEqual([])
    expect(await objectIn(cluster, 'ServiceAccount', { name: 'workload-identity', namespace })).toBeDefined()
  })
})
