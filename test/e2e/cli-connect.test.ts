import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { ApiException, KubeConfig, RbacAuthorizationV1Api } from '@kubernetes/client-node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseAllDocuments, stringify } from 'yaml'
import { writeDescription } from '../../sandbox/description.ts'
import { temporaryDirectory } from '../support/temporary.ts'
import { existingCluster } from './support/existing-cluster.ts'
import { type System, system } from './support/system.ts'
import { wid } from './support/wid.ts'

let running: System
let directory: Awaited<ReturnType<typeof temporaryDirectory>>

beforeAll(async () => {
  running = await system()
  directory = await temporaryDirectory()
})
afterAll(() => directory?.remove())

const account = 'workload-identity'

/** A folder in which a sandbox has been started, with the cluster's kubeconfig. */
const inSandbox = async (args: readonly string[]) => {
  await writeDescription(running.sandbox, path.join(directory.path, '.sandbox'))
  return wid(running, args, { cwd: directory.path })
}

async function fileOf(name: string, body: unknown): Promise<string> {
  const file = path.join(directory.path, `${name}.yaml`)
  await writeFile(file, stringify(body))
  return file
}

function configOf(cluster: string): KubeConfig {
  const config = new KubeConfig()
  config.loadFromString(running.sandbox.kubernetes.localKubeconfig(cluster))
  return config
}

async function roleIn(cluster: string, namespace: string) {
  const api = configOf(cluster).makeApiClient(RbacAuthorizationV1Api)
  return api.readNamespacedRole({ name: account, namespace }).catch((error: unknown) => {
    if (error instanceof ApiException && error.code === 404) return undefined
    throw error
  })
}

describe('wid rights', () => {
  it('prints the manifests for a request before its first setup, and for the cluster afterwards', async () => {
    const own = await existingCluster(running, 'cli-rights')
    const file = await fileOf(own.name, own.body())
    const before = await wid(running, ['rights', '-f', file])
    expect(before.code, before.err).toBe(0)
    expect(before.out).toContain('POST /v1/rights')
    expect((await wid(running, ['rights', own.name])).err).toContain('There is no such object')
    expect((await running.setUp(own.body())).error).toBeUndefined()
    const { out } = await wid(running, ['rights', own.name])
    const objectsIn = (text: string) => parseAllDocuments(text).map((document) => document.toJS())
    expect(objectsIn(out)).toEqual(objectsIn(before.out))
  })

  it('shows a fault of the request at its place in the file', async () => {
    const own = await existingCluster(running, 'cli-rights-fault')
    const file = await fileOf(own.name, own.body({ 'webhook.namespace': 'Not_A_Name' }))
    const { code, err } = await wid(running, ['rights', '-f', file])
    expect(code).toBe(3)
    expect(err).toMatch(new RegExp(`${own.name}\\.yaml:\\d+:\\d+: webhook\\.namespace`))
  })

  it('applies them with the namespaces that they need, shows what a change of the request changes, and is done once', async () => {
    const own = await existingCluster(running, 'cli-rights-apply')
    const file = await fileOf(own.name, own.body())
    const first = await inSandbox(['rights', '-f', file, '--apply', '--yes'])
    expect(first.code, first.err).toBe(0)
    expect(first.out).toMatch(/created +Namespace reports\n/)
    expect(first.out).toContain('created    Role reports/workload-identity\n')
    expect((await roleIn(own.name, 'reports'))?.metadata?.managedFields?.map(({ manager }) => manager)).toEqual([
      'workload-identity-cli',
    ])

    const again = await inSandbox(['rights', '-f', file, '--apply'])
    expect([again.code, again.out]).toEqual([0, expect.stringContaining('The cluster has these rights.')])

    const more = await fileOf(`${own.name}-more`, own.body({ 'workloads.0.serviceAccount': 'other' }))
    const changed = await inSandbox(['rights', '-f', more, '--apply', '--yes'])
    expect(changed.out).toMatch(/changed +Role reports\/workload-identity\n +rules\n +- .*exporter.*\n/)
    expect(JSON.stringify((await roleIn(own.name, 'reports'))?.rules)).toContain('"other"')
  })

  it('asks before it applies', async () => {
    const own = await existingCluster(running, 'cli-rights-asks')
    const { code, err } = await inSandbox(['rights', '-f', await fileOf(own.name, own.body()), '--apply'])
    expect([code, err]).toEqual([2, 'There is no terminal to ask at. Use --yes.\n'])
    expect(await roleIn(own.name, 'reports')).toBeUndefined()
  })
})
