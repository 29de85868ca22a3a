import type { BucketResource, Emulator, StoredObject } from './emulator.ts'
import {
  domainRestricted,
  forbidden,
  invalid,
  nameTaken,
  noSuchBucket,
  noSuchObject,
  notEmpty,
  publicAccessPrevented,
  staleCondition,
} from './google-error.ts'
import type { Owners } from './owners.ts'
import { allows, initialPolicy, inVersion, isNamed, isPublic, nextEtag, type Policy } from './policy.ts'
import { projects } from './project.ts'

/** An organisation policy that stands in the way of public buckets. */
export type OrganisationPolicy = 'storage.publicAccessPrevention' | 'iam.allowedPolicyMemberDomains'

/** What a client may send for a bucket. */
export interface BucketFields {
  location?: string
  labels?: Record<string, string | null>
  iamConfiguration?: Partial<BucketResource['iamConfiguration']>
}

/**
 * Cloud Storage's rules over what the emulator stores: who may do what, to which project a bucket belongs, conditions
 * of writes, and what keeps a bucket from being public. A caller is an e-mail address, or undefined for the public.
 */
export class Buckets {
  readonly organisationPolicies = new Set<OrganisationPolicy>()
  readonly #emulator: Emulator
  readonly #owners: Owners
  #last: Promise<unknown> = Promise.resolve()

  constructor(emulator: Emulator, owners: Owners) {
    this.#emulator = emulator
    this.#owners = owners
  }

  async get(caller: string | undefined, name: string): Promise<BucketResource> {
    await this.#require(caller, 'storage.buckets.get', name)
    return this.#resource(name)
  }

  async insert(
    caller: string | undefined,
    projectId: string,
    name: string,
    fields: BucketFields,
  ): Promise<BucketResource> {
    return this.#inTurn(async () => {
      if (!administers(caller, projectId)) throw forbidden(caller, 'storage.buckets.create', 'project')
      if (!/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/.test(name)) throw invalid('Invalid bucket name')
      const owner = this.#owners.of(name)
      if (owner !== undefined) throw nameTaken(owner === projectId)
      await this.#emulator.createBucket(name, {
        location: (fields.location ?? 'US').toUpperCase(),
        labels: withoutNulls(fields.labels ?? {}),
        iamConfiguration: {
          uniformBucketLevelAccess: { enabled: false },
          publicAccessPrevention: 'inherited',
          ...fields.iamConfiguration,
        },
      })
      await this.#emulator.setPolicy(name, initialPolicy(projectId))
      await this.#owners.set(name, projectId)
      return this.#resource(name)
    })
  }

  async patch(
    caller: string | undefined,
    name: string,
    change: { fields: BucketFields; ifMetageneration: string | null },
  ): Promise<BucketResource> {
    return this.#inTurn(async () => {
      await this.#require(caller, 'storage.buckets.update', name)
      const found = await this.#resource(name)
      const { fields, ifMetageneration } = change
      if (ifMetageneration !== null && ifMetageneration !== found.metageneration) throw staleCondition()
      if (fields.location && fields.location.toUpperCase() !== found.location) {
        throw invalid('Bucket location cannot be changed.')
      }
      await this.#emulator.patchBucket(name, {
        ...(fields.labels && { labels: withoutNulls({ ...found.labels, ...fields.labels }) }),
        ...(fields.iamConfiguration && { iamConfiguration: { ...found.iamConfiguration, ...fields.iamConfiguration } }),
      })
      return this.#resource(name)
    })
  }

  async delete(caller: string | undefined, name: string): Promise<void> {
    await this.#inTurn(async () => {
      await this.#require(caller, 'storage.buckets.delete', name)
      if ((await this.#emulator.objects(name)).length > 0) throw notEmpty()
      await this.#owners.set(name, undefined)
      await this.#emulator.deleteBucket(name)
    })
  }

  async policy(caller: string | undefined, name: string, requestedVersion: number): Promise<Policy> {
    await this.#require(caller, 'storage.buckets.getIamPolicy', name)
    return inVersion(await this.#emulator.policy(name), requestedVersion)
  }

  async setPolicy(caller: string | undefined, name: string, policy: Partial<Policy>): Promise<Policy> {
    return this.#inTurn(async () => {
      await this.#require(caller, 'storage.buckets.setIamPolicy', name)
      const found = await this.#emulator.policy(name)
      if (policy.etag !== undefined && policy.etag !== found.etag) throw staleCondition()
      const bindings = policy.bindings ?? []
      const conditional = [...found.bindings, ...bindings].some(({ condition }) => condition)
      if (conditional && policy.version !== 3) {
        throw invalid('Policies with conditions must be written with version 3.')
      }
      if (isPublic(bindings)) await this.#requirePublicAllowed(name)
      const written = { version: policy.version ?? 1, etag: nextEtag(found.etag), bindings }
      await this.#emulator.setPolicy(name, written)
      return inVersion(written, 3)
    })
  }

  async object(caller: string | undefined, bucket: string, name: string): Promise<StoredObject> {
    await this.#require(caller, 'storage.objects.get', bucket)
    const found = await this.#emulator.object(bucket, name)
    if (!found) throw noSuchObject(bucket, name)
    return found
  }

  async putObject(caller: string | undefined, bucket: string, name: string, object: StoredObject): Promise<void> {
    await this.#inTurn(async () => {
      await this.#require(caller, 'storage.objects.create', bucket)
      // Writing over an object deletes the one that is there.
      if (await this.#emulator.object(bucket, name)) await this.#require(caller, 'storage.objects.delete', bucket)
      await this.#emulator.putObject(bucket, name, object)
    })
  }

  async objects(caller: string | undefined, bucket: string): Promise<readonly string[]> {
    await this.#require(caller, 'storage.objects.list', bucket)
    return this.#emulator.objects(bucket)
  }

  async deleteObject(caller: string | undefined, bucket: string, name: string): Promise<void> {
    await this.#inTurn(async () => {
      await this.#require(caller, 'storage.objects.delete', bucket)
      if (!(await this.#emulator.object(bucket, name))) throw noSuchObject(bucket, name)
      await this.#emulator.deleteObject(bucket, name)
    })
  }

  /** One after the other: between reading an etag and writing, nobody else writes. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work, work)
    this.#last = turn.catch(() => {})
    return turn
  }

  async #require(caller: string | undefined, permission: string, bucket: string): Promise<void> {
    const owner = this.#owners.of(bucket)
    if (owner === undefined) throw noSuchBucket()
    if (administers(caller, owner)) return
    const member = caller === undefined ? undefined : `serviceAccount:${caller}`
    if (allows(await this.#effectivePolicy(bucket), member, permission)) return
    throw forbidden(caller, permission, permission.startsWith('storage.objects') ? 'object' : 'bucket')
  }

  /** Public access prevention overrides what is granted to everybody, and leaves it in the policy. */
  async #effectivePolicy(bucket: string): Promise<Policy> {
    const policy = await this.#emulator.policy(bucket)
    if (!(await this.#publicPrevented(bucket))) return policy
    const bindings = policy.bindings.map((binding) => ({ ...binding, members: binding.members.filter(isNamed) }))
    return { ...policy, bindings }
  }

  async #requirePublicAllowed(bucket: string): Promise<void> {
    if (await this.#publicPrevented(bucket)) throw publicAccessPrevented()
    if (this.organisationPolicies.has('iam.allowedPolicyMemberDomains')) throw domainRestricted()
  }

  async #publicPrevented(bucket: string): Promise<boolean> {
    if (this.organisationPolicies.has('storage.publicAccessPrevention')) return true
    const resource = await this.#emulator.bucket(bucket)
    return resource?.iamConfiguration.publicAccessPrevention === 'enforced'
  }

  async #resource(name: string): Promise<BucketResource> {
    const found = await this.#emulator.bucket(name)
    if (!found) throw noSuchBucket()
    const owner = projects.find(({ id }) => id === this.#owners.of(name))
    return { ...found, projectNumber: owner?.number }
  }
}

function administers(caller: string | undefined, projectId: string): boolean {
  return projects.some(({ id, administrator }) => id === projectId && administrator === caller)
}

function withoutNulls(labels: Record<string, string | null>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter((entry): entry is [string, string] => entry[1] !== null))
}
