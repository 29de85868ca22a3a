/** Adoption of objects that people created with kubectl. */

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import type { ClusterClient } from '../../../lambdas/clouds/kubernetes/cluster-client.ts'
import type { Manifest } from '../../../lambdas/clouds/kubernetes/object.ts'
import { apply } from '../../../lambdas/objects/apply.ts'
import { clientOf, objectIn, writesTo } from '../../support/kubernetes/clusters.ts'
import { versionsHere } from '../../support/kubernetes/kubernetes-peer.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { documentedManifest } from '../../support/webhook/documented-webhook.ts'
import { webhookClusters } from '../../support/webhook/webhook-clusters.ts'
import type { WebhookCluster } from '../../support/webhook/webhook-setup.ts'
import { type Home, homeFor, kubectlHere, run } from './support/kubectl.ts'

const role = 'eks.amazonaws.com/role-arn'

const environment = webhookClusters()
let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let count = 0

beforeAll(async () => {
  directory = await temporaryDirectory()
})
afterAll(() => directory.remove())

describe.each([await kubectlHere()])('kubectl $version', (kubectl) => {
  let made: WebhookCluster
  let client: ClusterClient
  let home: Home
  let name = ''

  beforeAll(async () => {
    made = await environment.start()
    client = clientOf(made.cluster)
    home = await homeFor(made.cluster, join(directory.path, kubectl.version), directory.path)
  })
  beforeEach(() => {
    count += 1
    name = `reader-${count}`
  })

  const account = (arn: string): Manifest => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace: 'default', annotations: { [role]: arn } },
  })
  const annotations = async () =>
    (await objectIn(made.cluster, 'ServiceAccount', { name, namespace: 'default' }))?.metadata.annotations

  /** @throws Error with the output of kubectl, when it fails */
  async function type(command: string): Promise<void> {
    const { code, stderr } = await run(kubectl, command, home)
    if (code !== 0) throw new Error(`kubectl ${command}: ${stderr}`)
  }

  async function applyFile(manifest: object, flags = ''): Promise<void> {
    await writeFile(join(home.manifests, 'manifest.yaml'), stringify(manifest))
    await type(`apply -f manifest.yaml ${flags}`)
  }

  async function expectAdopted(): Promise<void> {
    await expect(apply(client, account('ours'), { adopt: false })).rejects.toMatchObject({ name: 'OwnershipConflict' })
    made.cluster.calls.clear()
    expect(await apply(client, account('ours'), { adopt: true })).toMatchObject({ action: 'adopted' })
    expect(writesTo(made.cluster)).toHaveLength(1)
    expect(await annotations()).toMatchObject({ [role]: 'ours', 'workload-identity/adopted': 'true' })
    made.cluster.calls.clear()
    expect(await apply(client, account('ours'), { adopt: true })).toMatchObject({ action: 'unchanged' })
    expect(writesTo(made.cluster)).toEqual([])
  }

  it('adopts after apply', async () => {
    await applyFile(account('theirs'))
    await expectAdopted()
  })

  it('adopts after apply --server-side', async () => {
    await applyFile(account('theirs'), '--server-side')
    await expectAdopted()
  })

  it('adopts after create and annotate', async () => {
    await type(`create serviceaccount ${name}`)
    await type(`annotate serviceaccount ${name} ${role}=theirs`)
    await expectAdopted()
  })

  it('adopts after create and patch', async () => {
    await type(`create serviceaccount ${name}`)
    const patch = JSON.stringify({ metadata: { annotations: { [role]: 'theirs' } } })
    await type(`patch serviceaccount ${name} -p '${patch}'`)
    await expectAdopted()
  })

  it('overwrites an annotation of our account by kubectl only with a request to adopt', async () => {
    await apply(client, account('ours'), { adopt: false })
    await type(`annotate --overwrite serviceaccount ${name} ${role}=theirs`)
    await expectTakenBack('kubectl-annotate')
  })

  it('overwrites an apply after the adoption only with a request to adopt', async () => {
    const theirs = account('theirs')
    await applyFile(theirs)
    await apply(client, account('ours'), { adopt: true })
    await applyFile(theirs)
    await expectTakenBack('kubectl-client-side-apply')
  })

  async function expectTakenBack(manager: string): Promise<void> {
    await expect(apply(client, account('ours'), { adopt: false })).rejects.toMatchObject({
      name: 'FieldConflict',
      reason: expect.stringContaining(`(${manager})`),
      action: expect.stringContaining('adopt: true'),
    })
    expect(await annotations()).toMatchObject({ [role]: 'theirs' })
    expect(await apply(client, account('ours'), { adopt: true })).toMatchObject({ action: 'updated' })
    expect(await annotations()).toMatchObject({ [role]: 'ours' })
  }

  it.each(versionsHere('1.20.9'))('adopts the documented webhook on Kubernetes %s after apply', async (version) => {
    const hook = await environment.start({ version })
    const manifests = documentedManifest(hook.namespace, hook.cluster.caPem)
    const text = manifests.map((manifest) => stringify(manifest)).join('---\n')
    await writeFile(join(home.manifests, 'webhook.yaml'), text)
    await type('apply -f webhook.yaml')

    await expect(hook.deploy()).rejects.toMatchObject({ name: 'OwnershipConflict' })
    const { changes = [] } = await hook.deploy({ adopt: true })
    expect(changes.filter(({ action }) => action === 'created').map(({ object }) => object)).toEqual([
      `PodDisruptionBudget ${hook.namespace}/pod-identity-webhook`,
    ])
    hook.cluster.calls.clear()
    expect(new Set((await hook.deploy({ adopt: true })).changes?.map(({ action }) => action))).toEqual(
      new Set(['unchanged']),
    )
    expect(writesTo(hook.cluster)).toEqual([])
  })
})
