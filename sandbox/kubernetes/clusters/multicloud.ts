import { randomBytes } from 'node:crypto'
import { type Loop, runLoop } from '../controllers/loop.ts'
import type { Occurrence } from '../controllers/writes.ts'
import { asObject, asString, at, type KubeObject } from '../objects/objects.ts'
import type { AnyCluster } from './any-cluster.ts'
import type { Fleet } from './fleet.ts'
import { type Publish, privateIssuer, publishToBucket } from './issuers.ts'
import type { ManagementApi } from './management.ts'

const manager = 'multicloud-controller'
const component = 'awscluster-controller'

export interface MulticloudParts {
  readonly management: ManagementApi
  readonly fleet: Fleet<AnyCluster>
  readonly publish: Publish
  readonly bastionUrl: string
  provisioningMs(): number
  up(cluster: AnyCluster): Promise<void>
}

/**
 * The management service. After `provisioningMs`, it creates a user cluster for each AWSCluster, and publishes the
 * cluster's discovery documents in the bucket of the spec. The state of an AWSNodePool follows the state of its
 * cluster.
 */
export class Multicloud {
  readonly #parts: MulticloudParts
  readonly #loop: Loop
  readonly #seen = new Map<string, number>()
  readonly #announced = new Set<string>()

  constructor(parts: MulticloudParts) {
    this.#parts = parts
    this.#loop = runLoop(parts.management, ['AWSCluster', 'AWSNodePool'], () => this.#work())
  }

  close(): Promise<void> {
    return this.#loop.close()
  }

  async #work(): Promise<boolean> {
    const { management, fleet } = this.#parts
    const objects = await management.cluster.objects('AWSCluster')
    const wanted = new Set(objects.map(({ metadata }) => metadata.uid))
    for (const { name, settings } of fleet.all()) {
      if (settings.madeFrom !== undefined && !wanted.has(settings.madeFrom)) await fleet.remove(name)
    }
    let isUnfinished = false
    for (const object of objects) if (await this.#sync(object)) isUnfinished = true
    await this.#syncPools()
    return isUnfinished
  }

  /** Returns true if the AWSCluster needs another sync. */
  async #sync(object: KubeObject): Promise<boolean> {
    const made = this.#parts.fleet.all().find(({ settings }) => settings.madeFrom === object.metadata.uid)
    if (made) return this.#finish(object, made)
    const version = asString(at(object, 'spec', 'controlPlane', 'version'))
    if (!/^1\.\d+\.\d+(-gke\.\d+)?$/.test(version)) {
      await this.#put(object, { state: 'Error' })
      await this.#report(object, 'UnsupportedVersion', `version "${version}" is not supported`, 'Warning')
      return false
    }
    if (!this.#hasWaited(object)) {
      await this.#put(object, { state: 'Provisioning' })
      await this.#report(object, 'CreatingControlPlane', 'Creating the control plane')
      return true
    }
    const cluster = await this.#create(object, version)
    await this.#report(object, 'ControlPlaneCreated', `Control plane is up at ${cluster.settings.host}`)
    await this.#reportVersion(object, { requested: `v${version}`, actual: cluster.gitVersion })
    return this.#finish(object, cluster)
  }

  async #finish(object: KubeObject, cluster: AnyCluster): Promise<boolean> {
    if (!this.#announced.has(cluster.name)) await this.#parts.up(cluster)
    this.#announced.add(cluster.name)
    return this.#syncIssuer(object, cluster)
  }

  /** Real clusters have the version of their programs, whatever version the AWSCluster requests. */
  async #reportVersion(
    object: KubeObject,
    { requested, actual }: { requested: string; actual: string },
  ): Promise<void> {
    if (requested === actual) return
    const message = `The cluster runs ${actual}, the version of the sandbox's programs, instead of ${requested}`
    await this.#report(object, 'OtherVersion', message)
  }

  #hasWaited({ metadata }: KubeObject): boolean {
    const since = this.#seen.get(metadata.uid) ?? Date.now()
    this.#seen.set(metadata.uid, since)
    return Date.now() - since >= this.#parts.provisioningMs()
  }

  #create(object: KubeObject, version: string): Promise<AnyCluster> {
    const { fleet, bastionUrl } = this.#parts
    const id = randomBytes(4).toString('hex')
    const region = asString(at(object, 'spec', 'region'))
    const bucket = bucketOf(object)
    const { name, uid } = object.metadata
    return fleet.create({
      name: fleet.get(name) ? `${name}-${id}` : name,
      gitVersion: `v${version}`,
      host: `gke-${id}.elb.${region}.amazonaws.com`,
      port: 443,
      issuer: bucket === '' ? privateIssuer : `https://storage.googleapis.com/${bucket}/gke-issuer-${id}`,
      isManagement: false,
      proxyUrl: bastionUrl,
      madeFrom: uid,
      id,
    })
  }

  /** Publishes the discovery documents before the status contains the issuer. */
  async #syncIssuer(object: KubeObject, cluster: AnyCluster): Promise<boolean> {
    const { issuer, host, id = '' } = cluster.settings
    const status = { clusterID: id, version: cluster.gitVersion.slice(1), controlPlaneEndpoint: host }
    if (bucketOf(object) === '') {
      await this.#put(object, { ...status, state: 'Running' })
      return false
    }
    if (at(object, 'status', 'workloadIdentityInfo', 'issuerURL') === issuer) return false
    await this.#put(object, { ...status, state: 'Provisioning' })
    try {
      await publishToBucket(cluster, this.#parts.publish)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      const message = `Failed to write the OIDC discovery documents to bucket "${bucketOf(object)}": ${why}`
      await this.#report(object, 'OIDCDiscoveryFailed', message, 'Warning')
      return true
    }
    await this.#put(object, { ...status, state: 'Running', workloadIdentityInfo: { issuerURL: issuer } })
    await this.#report(object, 'ClusterReady', 'Cluster is running')
    return false
  }

  async #syncPools(): Promise<void> {
    const { management } = this.#parts
    const { cluster } = management
    const [clusters, pools] = await Promise.all([cluster.objects('AWSCluster'), cluster.objects('AWSNodePool')])
    for (const pool of pools) await management.putStatus(pool, poolStatus(pool, clusters), manager)
  }

  async #put(object: KubeObject, status: Record<string, unknown>): Promise<void> {
    await this.#parts.management.putStatus(object, { ...asObject(object.status), ...status }, manager)
  }

  async #report(
    object: KubeObject,
    reason: string,
    message: string,
    type: Occurrence['type'] = 'Normal',
  ): Promise<void> {
    const { management } = this.#parts
    const events = await management.cluster.objects('Event', object.metadata.namespace)
    const isReported = events.some(
      (event) => event.message === message && at(event, 'involvedObject', 'uid') === object.metadata.uid,
    )
    if (!isReported) await management.reportEvent(object, { type, reason, message, component })
  }
}

function poolStatus(pool: KubeObject, clusters: readonly KubeObject[]): Record<string, unknown> {
  const name = at(pool, 'spec', 'clusterName')
  const cluster = clusters.find(
    ({ metadata }) => metadata.name === name && metadata.namespace === pool.metadata.namespace,
  )
  if (at(cluster, 'status', 'state') !== 'Running') return { state: 'Provisioning' }
  const version = asString(at(pool, 'spec', 'version'))
  return { state: 'Running', version, nodeCount: Number(at(pool, 'spec', 'minNodeCount') ?? 0) }
}

function bucketOf(object: KubeObject): string {
  return asString(at(object, 'spec', 'controlPlane', 'workloadIdentity', 'oidcDiscoveryGCSBucket'))
}
