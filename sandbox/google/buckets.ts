import type { BucketResource, BucketStore, StoredBucket, StoredObject } from './bucket-store.ts'
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
import { allows, initialPolicy, inVersion, isNamed, isPublic, nextEtag, type Policy } from './policy.ts'
import { projects } from './project.ts'

/** An organisation policy that forbids public buckets. */
export type OrganisationPolicy = 'storage.publicAccessPrevention' | 'iam.allowedPolicyMemberDomains'

export interface BucketFields {
  location?: string
  labels?: Record<string, string | null>
  iamConfiguration?: Partial<BucketResource['iamConfiguration']>
}

/**
 * Cloud Storage's rules for the stored buckets: permissions, projects, preconditions of writes, and restrictions of
 * public access. A caller is an e-mail address, or undefined for the public. Each method reads and writes without
 * waiting in between, so that calls cannot interleave.
 */
export class Buckets {
  readonly organisationPolicies = new Set<OrganisationPolicy>()
  readonly #store: BucketStore

  constructor(store: BucketStore) {
    this.#store = store
  }

  async get(caller: string | undefined, name: string): Promise<BucketResource> {
    return shown(this.#permitted(caller, 'storage.buckets.get', name))
  }

  async insert(
    caller: string | undefined,
    projectId: string,
    name: string,
    fields: BucketFields,
  ): Promise<BucketResource> {
    if (!administers(caller, projectId)) throw forbidden(caller, 'storage.buckets.create', 'project')
    if (!/^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/.test(name)) throw invalid('Invalid bucket name')
    const owner = this.#store.get(name)?.projectId
    if (owner !== undefined) throw nameTaken(owner === projectId)
    const resource = {
      name,
      location: (fields.location ?? 'US').toUpperCase(),
      labels: withoutNulls(fields.labels ?? {}),
      metageneration: '1',
      iamConfiguration: {
        uniformBucketLevelAccess: { enabled: false },
        publicAccessPrevention: 'inherited' as const,
        ...fields.iamConfiguration,
      },
    }
    return this.#keep({ projectId, resource, policy: initialPolicy(projectId), objects: {} })
  }

  async patch(
    caller: string | undefined,
    name: string,
    change: { fields: BucketFields; ifMetageneration: string | null },
  ): Promise<BucketResource> {
    const bucket = this.#permitted(caller, 'storage.buckets.update', name)
    const { resource } = bucket
    const { fields, ifMetageneration } = change
    if (ifMetageneration !== null && ifMetageneration !== resource.metageneration) throw staleCondition()
    if (fields.location && fields.location.toUpperCase() !== resource.location) {
      throw invalid('Bucket location cannot be changed.')
    }
    const changed = {
      ...resource,
      labels: withoutNulls({ ...resource.labels, ...fields.labels }),
      iamConfiguration: { ...resource.iamConfiguration, ...fields.iamConfiguration },
      metageneration: String(Number(resource.metageneration) + 1),
    }
    return this.#keep({ ...bucket, resource: changed })
  }

  async delete(caller: string | undefined, name: string): Promise<void> {
    const { objects } = this.#permitted(caller, 'storage.buckets.delete', name)
    if (Object.keys(objects).length > 0) throw notEmpty()
    this.#store.delete(name)
  }

  async policy(caller: string | undefined, name: string, requestedVersion: number): Promise<Policy> {
    return inVersion(this.#permitted(caller, 'storage.buckets.getIamPolicy', name).policy, requestedVersion)
  }

  async setPolicy(caller: string | undefined, name: string, policy: Partial<Policy>): Promise<Policy> {
    const bucket = this.#permitted(caller, 'storage.buckets.setIamPolicy', name)
    const found = bucket.policy
    if (policy.etag !== undefined && policy.etag !== found.etag) throw staleCondition()
    const bindings = policy.bindings ?? []
    const conditional = [...found.bindings, ...bindings].some(({ condition }) => condition)
    if (conditional && policy.version !== 3) {
      throw invalid('Policies with conditions must be written with version 3.')
    }
    if (isPublic(bindings)) this.#requirePublicAllowed(bucket)
    const written = { version: policy.version ?? 1, etag: nextEtag(found.etag), bindings }
    this.#keep({ ...bucket, policy: written })
    return inVersion(written, 3)
  }

  async object(caller: string | undefined, bucket: string, name: string): Promise<StoredObject> {
    const found = this.#permitted(caller, 'storage.objects.get', bucket).objects[name]
    if (!found) throw noSuchObject(bucket, name)
    return found
  }

  async putObject(caller: string | undefined, bucket: string, name: string, object: StoredObject): Promise<void> {
    const found = this.#permitted(caller, 'storage.objects.create', bucket)
    // Overwriting an object deletes the existing object, so it needs both permissions.
    if (found.objects[name]) this.#permitted(caller, 'storage.objects.delete', bucket)
    this.#keep({ ...found, objects: { ...found.objects, [name]: object } })
  }

  async objects(caller: string | undefined, bucket: string): Promise<readonly string[]> {
    return Object.keys(this.#permitted(caller, 'storage.objects.list', bucket).objects).sort()
  }

  async deleteObject(caller: string | undefined, bucket: string, name: string): Promise<void> {
    const found = this.#permitted(caller, 'storage.objects.delete', bucket)
    const { [name]: deleted, ...objects } = found.objects
    if (!deleted) throw noSuchObject(bucket, name)
    this.#keep({ ...found, objects })
  }

  #keep(bucket: StoredBucket): BucketResource {
    this.#store.set(bucket.resource.name, bucket)
    return shown(bucket)
  }

  /** @throws GoogleError when the bucket does not exist, or the caller lacks the permission */
  #permitted(caller: string | undefined, permission: string, name: string): StoredBucket {
    const bucket = this.#store.get(name)
    if (bucket === undefined) throw noSuchBucket()
    if (administers(caller, bucket.projectId)) return bucket
    const member = caller === undefined ? undefined : `serviceAccount:${caller}`
    if (allows(this.#effectivePolicy(bucket), member, permission)) return bucket
    throw forbidden(caller, permission, permission.startsWith('storage.objects') ? 'object' : 'bucket')
  }

  /** Public access prevention overrides grants to the public, and leaves them in the policy. */
  #effectivePolicy(bucket: StoredBucket): Policy {
    const { policy } = bucket
    if (!this.#publicPrevented(bucket)) return policy
    const bindings = policy.bindings.map((binding) => ({ ...binding, members: binding.members.filter(isNamed) }))
    return { ...policy, bindings }
  }

  #requirePublicAllowed(bucket: StoredBucket): void {
    if (this.#publicPrevented(bucket)) throw publicAccessPrevented()
    if (this.organisationPolicies.has('iam.allowedPolicyMemberDomains')) throw domainRestricted()
  }

  #publicPrevented({ resource }: StoredBucket): boolean {
    const isEnforced = resource.iamConfiguration.publicAccessPrevention === 'enforced'
    return isEnforced || this.organisationPolicies.has('storage.publicAccessPrevention')
  }
}

/** The bucket with fields that are not stored. Google's client library uses the `id` as the name. */
function shown({ projectId, resource }: StoredBucket): BucketResource & { readonly id: string; readonly kind: string } {
  const owner = projects.find(({ id }) => id === projectId)
  return { kind: 'storage#bucket', id: resource.name, ...resource, ...(owner && { projectNumber: owner.number }) }
}

function administers(caller: string | undefined, projectId: string): boolean {
  return projects.some(({ id, administrator }) => id === projectId && administrator === caller)
}

function withoutNulls(labels: Record<string, string | null>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter((entry): entry is [string, string] => entry[1] !== null))
}
