import { type Bucket, Storage } from '@google-cloud/storage'
import * as z from 'zod/mini'
import { ConcurrentChange, NotOurs } from '../../errors/step-errors.ts'
import { readSecret } from '../aws/secrets.ts'
import { authClientFrom } from './auth-client.ts'
import { bucketUrl } from './bucket-url.ts'
import { errorOf, explained, isNotFound } from './errors.ts'
import { tokenErrorOf } from './token-errors.ts'

/** A bucket as Cloud Storage has it. */
export interface BucketState {
  /** Upper case, for example EU or EUROPE-WEST1. */
  readonly location: string
  readonly labels: Readonly<Record<string, string>>
  readonly uniformAccess: boolean
  /** Whether the bucket's own setting, and not only a policy of its organisation, keeps it from being public. */
  readonly publicAccessPrevented: boolean
  /** Changes with every change of these settings: the condition of a write. */
  readonly metageneration: string
}

/** What has to be written; what is left out is as it must be. */
export interface BucketChanges {
  readonly labels?: Readonly<Record<string, string>>
  readonly uniformAccess?: true
}

/** One line of an IAM policy; a binding with a condition is another one than the same role without. */
export interface Binding {
  readonly role: string
  readonly members: readonly string[]
  readonly condition?: { readonly expression: string }
}

/** A bucket's IAM policy in version 3, the one that shows conditions (https://cloud.google.com/iam/docs/policies#versions). */
export interface BucketPolicy {
  readonly etag: string
  readonly bindings: readonly Binding[]
}

/** Longer waits are the state machine's. */
const requestTimeoutMs = 10_000
const retryOptions = { autoRetry: true, maxRetries: 2, maxRetryDelay: 1, totalTimeout: 20 }

const bucketSchema = z.object({
  location: z.string(),
  labels: z._default(z.record(z.string(), z.string()), {}),
  metageneration: z.coerce.string(),
  iamConfiguration: z.object({
    uniformBucketLevelAccess: z.object({ enabled: z.boolean() }),
    publicAccessPrevention: z.optional(z.string()),
  }),
})

const policySchema = z.object({
  etag: z.string(),
  bindings: z._default(
    z.array(
      z.object({
        role: z.string(),
        members: z.array(z.string()),
        // Loose: what else a condition has goes back as it came.
        condition: z.exactOptional(z.looseObject({ expression: z.string() })),
      }),
    ),
    [],
  ),
})

export interface NewBucket {
  readonly location: string
  readonly labels: Readonly<Record<string, string>>
}

/**
 * One bucket of Cloud Storage. Every method throws AccessDenied naming permission and bucket, InvalidCredentials,
 * CloudUnavailable and Unreachable; those that write throw ConcurrentChange when somebody else wrote meanwhile.
 */
export interface BucketClient {
  /** Undefined when no project has a bucket of this name. */
  read(): Promise<BucketState | undefined>
  /** With every binding's condition; undefined when there is no such bucket. */
  readPolicy(): Promise<BucketPolicy | undefined>
  /**
   * Makes it with uniform access. Throws NotOurs when another project has the name, and ConcurrentChange when this
   * project has it by now.
   */
  create(bucket: NewBucket): Promise<void>
  /** On the condition that nothing has changed since `found` was read. */
  update(found: BucketState, changes: BucketChanges): Promise<void>
  /** On the condition of the policy's etag. Throws PublicAccessPrevented. */
  writePolicy(policy: BucketPolicy): Promise<void>
  /** Names of objects, noncurrent ones too, so many at most. */
  objects(atMost: number): Promise<readonly string[]>
  /** False when it was not there. Whether it may be deleted is the caller's to check. */
  deleteObject(object: string): Promise<boolean>
  /** On the condition that nothing has changed since `found` was read; takes labels of these names away. */
  removeLabels(found: BucketState, names: readonly string[]): Promise<void>
  /** ConcurrentChange when there is something in it by now: Google deletes empty buckets only. */
  delete(): Promise<void>
}

/** Where a bucket is, and how to get in. */
export interface BucketTarget {
  readonly name: string
  readonly projectId: string
  /** Name or ARN of the secret with the deployment's credential configuration. */
  readonly credentialsSecret: string
}

/**
 * The bucket, for the account in the deployment's credential configuration.
 *
 * @throws {InvalidCredentials} naming the secret when there is none, when it cannot be used, or when Google gives no token for it
 */
export async function connectToBucket(target: BucketTarget, signal?: AbortSignal): Promise<BucketClient> {
  const { name, projectId, credentialsSecret: secret } = target
  const authClient = authClientFrom(await readSecret(secret, signal), secret)
  try {
    // The calls below would get it too; here its errors are not taken for the bucket's.
    await authClient.getAccessToken()
  } catch (error) {
    throw tokenErrorOf(error, secret)
  }
  const storage = new Storage({ authClient, projectId, timeout: requestTimeoutMs, retryOptions })
  return clientOf(storage.bucket(name), projectId)
}

function clientOf(bucket: Bucket, projectId: string): BucketClient {
  const callFor = (permission: string) => ({ permission, resource: bucketUrl(bucket.name) })
  return {
    async read() {
      const found = await ifThere(callFor('storage.buckets.get'), bucket.getMetadata())
      return found && stateOf(found[0])
    },
    async readPolicy() {
      const answer = bucket.iam.getPolicy({ requestedPolicyVersion: 3 })
      const found = await ifThere(callFor('storage.buckets.getIamPolicy'), answer)
      return found && policySchema.parse(found[0])
    },
    create: (wanted) => create(bucket, projectId, wanted),
    async update(found, { labels, uniformAccess }) {
      const metadata = {
        ...(labels && { labels: { ...labels } }),
        ...(uniformAccess && { iamConfiguration: { uniformBucketLevelAccess: { enabled: true } } }),
      }
      const condition = { ifMetagenerationMatch: found.metageneration }
      await explained(callFor('storage.buckets.update'), bucket.setMetadata(metadata, condition))
    },
    async writePolicy({ etag, bindings }) {
      const policy = {
        version: 3,
        etag,
        bindings: bindings.map((binding) => ({ ...binding, members: [...binding.members] })),
      }
      await explained(callFor('storage.buckets.setIamPolicy'), bucket.iam.setPolicy(policy))
    },
    async objects(atMost) {
      const query = { maxResults: atMost, autoPaginate: false, versions: true }
      const [files] = await explained(callFor('storage.objects.list'), bucket.getFiles(query))
      return files.map(({ name }) => name)
    },
    async deleteObject(object) {
      const call = { permission: 'storage.objects.delete', resource: `${bucketUrl(bucket.name)}/${object}` }
      return (await ifThere(call, bucket.file(object).delete())) !== undefined
    },
    async removeLabels({ metageneration }, names) {
      const labels = Object.fromEntries(names.map((name) => [name, null]))
      const written = bucket.setMetadata({ labels }, { ifMetagenerationMatch: metageneration })
      await explained(callFor('storage.buckets.update'), written)
    },
    async delete() {
      await ifThere(callFor('storage.buckets.delete'), bucket.delete())
    },
  }
}

async function create(bucket: Bucket, projectId: string, { location, labels }: NewBucket): Promise<void> {
  const iamConfiguration = { uniformBucketLevelAccess: { enabled: true } }
  try {
    await bucket.create({ location, labels: { ...labels }, iamConfiguration })
  } catch (error) {
    if (isTakenElsewhere(error)) throw takenElsewhere(bucket.name, projectId)
    if (isThere(error)) throw madeMeanwhile(bucket.name)
    throw errorOf(error, { permission: 'storage.buckets.create', resource: `project ${projectId}` })
  }
}

function isThere(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 409
}

/** 409 is also what a bucket of one's own gives; only the words differ. */
function isTakenElsewhere(error: unknown): boolean {
  return isThere(error) && /not available/i.test(error.message)
}

function madeMeanwhile(name: string): ConcurrentChange {
  return new ConcurrentChange({
    object: bucketUrl(name),
    reason: 'somebody else made it meanwhile',
    action: 'Nothing to do if it passes: the step reads again and goes on',
  })
}

function takenElsewhere(name: string, projectId: string): NotOurs {
  return new NotOurs({
    object: bucketUrl(name),
    reason: `the name is taken: the bucket belongs to another project than ${projectId}`,
    action: 'Choose another bucket name (all of Cloud Storage shares one namespace), or name the project that has it',
  })
}

async function ifThere<Answer>(
  call: { permission: string; resource: string },
  answer: Promise<Answer>,
): Promise<Answer | undefined> {
  try {
    return await answer
  } catch (error) {
    if (isNotFound(error)) return undefined
    throw errorOf(error, call)
  }
}

function stateOf(metadata: unknown): BucketState {
  const { location, labels, metageneration, iamConfiguration } = bucketSchema.parse(metadata)
  return {
    location: location.toUpperCase(),
    labels,
    metageneration,
    uniformAccess: iamConfiguration.uniformBucketLevelAccess.enabled,
    publicAccessPrevented: iamConfiguration.publicAccessPrevention === 'enforced',
  }
}
