import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it, vi } from 'vitest'
import { ApiClient } from '../../../sandbox/kubernetes/api-client.ts'
import { asString, at, type JsonObject } from '../../../sandbox/kubernetes/objects/objects.ts'
import { type Binaries, findBinaries } from '../../../sandbox/kubernetes/real/binaries.ts'
import { RealCluster } from '../../../sandbox/kubernetes/real/cluster.ts'
import { processesOn, untilNoProcessesOn } from '../../sandbox/support/processes.ts'
import { temporaryDirectory } from '../../support/temporary.ts'

const assets = inject('kubernetesAssets') ?? ''
const minute = 60_000
let binaries: Binaries
let directory: Awaited<ReturnType<typeof temporaryDirectory>>

beforeAll(async () => {
  binaries = await findBinaries(assets)
})

const settingsOf = (isManagement: boolean) => ({
  name: 'real',
  host: 'real.example',
  port: 443,
  issuer: 'https://issuer.real.example',
  isManagement,
})

const create = (isManagement = false) =>
  RealCluster.create({ binaries, directory: directory.path, settings: settingsOf(isManagement) })

const clientOf = ({ port, caPem, adminToken }: RealCluster, token = adminToken) =>
  new ApiClient({ port, caPem, token: async () => token })

const configMap = (name: string): JsonObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })

describe('a cluster of real processes', { timeout: 3 * minute }, () => {
  beforeEach(async () => {
    directory = await temporaryDirectory()
  })

  afterEach(() => directory.remove())

  it('keeps its keys, tokens and objects over a restart', async () => {
    const first = await create()
    await clientOf(first).call('POST', '/api/v1/namespaces/default/configmaps', configMap('kept'))
    const before = { documents: await first.issuerDocuments(), kubeconfig: first.kubeconfig() }
    await first.close()
    await untilNoProcessesOn(directory.path, minute)

    const again = await RealCluster.load({ binaries, directory: directory.path })
    expect(again.settings).toEqual(settingsOf(false))
    expect({ documents: await again.issuerDocuments(), kubeconfig: again.kubeconfig() }).toEqual(before)
    expect((await again.objects('ConfigMap', 'default')).map(({ metadata }) => metadata.name)).toContain('kept')
    await again.close()
  })

  it('ends when the process that started it is killed', async () => {
    const script = path.join(import.meta.dirname, 'support', 'run-cluster.ts')
    const parent = spawn(process.execPath, [script, assets, directory.path], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(parent.stdout, 'data')
    expect((await processesOn(directory.path)).length).toBeGreaterThanOrEqual(4)
    parent.kill('SIGKILL')
    await untilNoProcessesOn(directory.path, minute)
  })

  it('names the program that did not start and the cause, and ends the other programs', async () => {
    const broken = path.join(directory.path, 'kube-apiserver')
    await writeFile(broken, '#!/bin/sh\necho "cannot listen on the moon" >&2\nexit 1\n', { mode: 0o700 })
    const own = path.join(directory.path, 'cluster')
    const creating = RealCluster.create({
      binaries: { ...binaries, apiServer: broken },
      directory: own,
      settings: settingsOf(false),
    })
    await expect(creating).rejects.toThrow(
      `Cluster real of Kubernetes ${binaries.gitVersion} did not start: kube-apiserver has ended:\ncannot listen on the moon\n(complete log: ${own}/logs/kube-apiserver.log)`,
    )
    await untilNoProcessesOn(directory.path, minute)
  })
})

describe('the log of calls of a real cluster', { timeout: minute }, () => {
  let cluster: RealCluster

  beforeAll(async () => {
    directory = await temporaryDirectory()
    cluster = await create()
  }, 3 * minute)

  afterAll(async () => {
    await cluster.close()
    await directory.remove()
  })

  const maps = '/api/v1/namespaces/default/configmaps'

  it('counts only changes as writes: no dry runs, refusals, tokens and reviews', async () => {
    const client = clientOf(cluster)
    cluster.calls.clear()
    await client.call('POST', maps, configMap('one'))
    await client.call('POST', `${maps}?dryRun=All`, configMap('two'))
    await expect(client.call('POST', maps, configMap('one'))).rejects.toThrow('already exists')
    const review = { spec: { resourceAttributes: { verb: 'list', resource: 'pods' } } }
    await client.call('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', review)
    await client.call('POST', '/api/v1/namespaces/default/serviceaccounts/default/token', { spec: {} })
    await client.call('DELETE', `${maps}/one`)
    const reported = cluster.calls.all().map(({ operation, object, write }) => `${operation} (${object}) ${write}`)
    expect(reported).toEqual([
      `POST ${maps} (ConfigMap default/one) true`,
      `POST ${maps} (ConfigMap default/two) false`,
      `POST ${maps} (ConfigMap default/one) false`,
      expect.stringMatching(/^POST .*selfsubjectaccessreviews .* false$/),
      'POST /api/v1/namespaces/default/serviceaccounts/default/token (ServiceAccount default/default) false',
      `DELETE ${maps}/one (ConfigMap default/one) true`,
    ])
  })

  it('contains the callers, but no calls of the cluster and the sandbox themselves', async () => {
    const request = await clientOf(cluster).call('POST', '/api/v1/namespaces/default/serviceaccounts/default/token', {
      spec: {},
    })
    const account = clientOf(cluster, asString(at(request, 'status', 'token')))
    cluster.calls.clear()
    await expect(account.call('GET', '/api/v1/pods')).rejects.toThrow('forbidden')
    await expect(clientOf(cluster, 'of nobody').call('GET', '/api/v1/pods')).rejects.toThrow('Unauthorized')
    await cluster.objects('Pod')
    await clientOf(cluster).call('POST', '/api/v1/namespaces', { metadata: { name: 'made' } })
    // The controller manager creates the account.
    await vi.waitFor(async () => expect(await cluster.objects('ServiceAccount', 'made')).toHaveLength(1), 10_000)
    expect(cluster.calls.all().map(({ actor, operation }) => `${actor} ${operation}`)).toEqual([
      'system:serviceaccount:default:default GET /api/v1/pods',
      'system:anonymous GET /api/v1/pods',
      'kubernetes-admin POST /api/v1/namespaces',
    ])
  })
})

describe('a management cluster of real processes', { timeout: minute }, () => {
  let client: ApiClient
  let cluster: RealCluster

  beforeAll(async () => {
    directory = await temporaryDirectory()
    cluster = await create(true)
    client = clientOf(cluster)
  }, 3 * minute)

  afterAll(async () => {
    await cluster.close()
    await directory.remove()
  })

  const clusters = '/apis/multicloud.cluster.gke.io/v1/namespaces/default/awsclusters'
  const awsCluster = (name: string, edits: JsonObject = {}): JsonObject => ({
    apiVersion: 'multicloud.cluster.gke.io/v1',
    kind: 'AWSCluster',
    metadata: { name },
    spec: {
      region: 'eu-west-1',
      networking: { vpcID: 'vpc-1', podAddressCIDRBlocks: ['10.2.0.0/16'], serviceAddressCIDRBlocks: ['10.1.0.0/16'] },
      controlPlane: {
        version: '1.33.2-gke.100',
        subnetIDs: ['subnet-1'],
        iamInstanceProfile: 'profile',
        databaseEncryption: { kmsKeyARN: 'arn:aws:kms:eu-west-1:000000000000:key/1' },
        ...edits,
      },
    },
  })

  it('drops unknown fields of an AWSCluster, and refuses invalid values', async () => {
    const made = await client.call('POST', clusters, awsCluster('pruned', { colour: 'blue', tags: { a: 'b' } }))
    expect(at(made, 'spec', 'controlPlane', 'colour')).toBeUndefined()
    expect(at(made, 'spec', 'controlPlane', 'tags')).toEqual({ a: 'b' })
    const volume = { rootVolume: { volumeType: 'floppy' } }
    await expect(client.call('POST', clusters, awsCluster('wrong', volume))).rejects.toThrow(
      'spec.controlPlane.rootVolume.volumeType: Unsupported value: "floppy"',
    )
    const lacking = awsCluster('lacking', { version: undefined })
    await expect(client.call('POST', clusters, lacking)).rejects.toThrow('spec.controlPlane.version: Required value')
  })

  it('accepts a status only through its subresource', async () => {
    const made = await client.call('POST', clusters, { ...awsCluster('apart'), status: { state: 'Running' } })
    expect(made.status).toBeUndefined()
    await client.merge(`${clusters}/apart/status`, { status: { state: 'Running', unknown: 'x' } })
    expect(await client.get(`${clusters}/apart`)).toMatchObject({ status: { state: 'Running' } })
    expect((await client.get(`${clusters}/apart`))?.status).toEqual({ state: 'Running' })
  })
})
