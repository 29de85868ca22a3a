import { setTimeout as sleep } from 'node:timers/promises'
import { type Bucket, Storage } from '@google-cloud/storage'
import * as z from 'zod/mini'
import { ConcurrentChange, OwnershipConflict, Unreachable } from '../../errors/step-errors.ts'
import { readSecret } from '../aws/secrets.ts'
import { authClientFrom } from './auth-client.ts'
import { bucketUrl } from './bucket-url.ts'
import { errorOf, type GoogleCall, isNotFound, storageUrl } from './errors.ts'
import { requireToken, tokenErrorOf } from './token-errors.ts'

/** A bucket as Cloud Storage has it. */
export interface BucketState {
  /** Upper case, for example EU or EUROPE-WEST1. */
  readonly location: string
  readonly labels: Readonly<Record<string, string>>
  readonly uniformAccess: boolean
  /** Whether the bucket's own setting prevents public access. A policy of its organisation does not count. */
  readonly publicAccessPrevented: boolean
  /** Changes with every change of these settings. A write uses it as its condition. */
  readonly metageneration: string
}

/** The fields to write. A field that is left out stays as it is. */
export interface BucketChanges {
  readonly labels?: Readonly<Record<string, string>>
  readonly uniformAccess?: true
}

/** One line of an IAM policy. A role with a condition and the same role without one are two bindings. */
export interface Binding {
  readonly role: string
  readonly members: readonly string[]
  readonly condition?: { readonly expression: string }
}

/** A bucket's IAM policy in version 3, which shows conditions (https://cloud.google.com/iam/docs/policies#versions). */
export interface BucketPolicy {
  readonly etag: string
  readonly bindings: readonly Binding[]
}

/** For a call, with the attempts that the library makes. The state machine does longer waits. */
const answerLimitSeconds = 15
const retryOptions = { autoRetry: true, maxRetries: 2, maxRetryDelay: 1, totalTimeout: answerLimitSeconds }

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
        // Loose, so that the other fields of a condition are written back as they came.
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
 * One bucket of Cloud Storage. Every method throws these errors, ConcurrentChange only when it writes.
 *
 * @throws {AccessDenied} when Google refuses a permission; the error names the permission and the bucket
 * @throws {InvalidCredentials} when Google does not accept the access token
 * @throws {CloudUnavailable} when Google cannot serve the call
 * @throws {Unreachable} when Google does not answer
 * @throws {ConcurrentChange} when somebody else wrote meanwhile
 */
export interface BucketClient {
  /** Undefined when no project has a bucket of this name. */
  read(): Promise<BucketState | undefined>
  /** With every binding's condition. Undefined when the bucket does not exist. */
  readPolicy(): Promise<BucketPolicy | undefined>
  /**
   * Makes the bucket with uniform access.
   *
   * @throws {OwnershipConflict} when another project has the name
   * @throws {ConcurrentChange} when this project has the bucket by now
   */
  create(bucket: NewBucket): Promise<void>
  /** Writes on the condition that nothing has changed since `found` was read. */
  update(observed: BucketState, changes: BucketChanges): Promise<void>
  /**
   * Writes on the condition of the policy's etag.
   *
   * @throws {PublicAccessPrevented} when an organisation policy keeps the bucket from being public
   */
  writePolicy(policy: BucketPolicy): Promise<void>
  /** Names of at most `atMost` objects, noncurrent ones included. */
  objects(atMost: number): Promise<readonly string[]>
  /** False when the object did not exist. The caller checks whether it may be deleted. */
  deleteObject(object: string): Promise<boolean>
  /** Removes the labels of these names, on the condition that nothing has changed since `found` was read. */
  removeLabels(observed: BucketState, names: readonly string[]): Promise<void>
  /**
   * Deletes the bucket. Google deletes only an empty bucket.
   *
   * @throws {ConcurrentChange} when the bucket is not empty by now
   */
  delete(): Promise<void>
}

/** A bucket, and the credentials for it. */
export interface BucketTarget {
  readonly name: string
  readonly projectId: string
  /** Name or ARN of the secret with the deployment's credential configuration. */
  readonly credentialsSecret: string
}

/**
 * Connects to the bucket as the account in the deployment's credential configuration.
 *
 * @throws {InvalidCredentials} when the secret does not exist or cannot be used, or when Google gives no token for it;
 * the error names the secret
 * @throws {AccessDenied} when the account may not be impersonated
 * @throws {CloudUnavailable} when Google's token endpoint cannot serve the call, or its answer was cut
 * @throws {Unreachable} when Google's token endpoint does not answer
 */
export async function connectToBucket(target: BucketTarget, signal?: AbortSignal): Promise<BucketClient> {
  const { name, projectId, credentialsSecret: secret } = target
  const authClient = authClientFrom(await readSecret(secret, signal), secret)
  try {
    // The calls below would get the token too. Here the token's errors are not mistaken for the bucket's.
    requireToken(await authClient.getAccessToken(), secret)
  } catch (error) {
    throw tokenErrorOf(error, secret)
  }
  const storage = new Storage({ authClient, projectId, retryOptions })
  return clientOf(storage.bucket(name), projectId)
}

function clientOf(bucket: Bucket, projectId: string): BucketClient {
  const callFor = (permission: string) => ({ permission, resource: bucketUrl(bucket.name) })
  return {
    async read() {
      return ifThere(
        callFor('storage.buckets.get'),
        bucket.getMetadata().then(([metadata]) => stateOf(metadata)),
      )
    },
    async readPolicy() {
      const answer = bucket.iam.getPolicy({ requestedPolicyVersion: 3 })
      return ifThere(
        callFor('storage.buckets.getIamPolicy'),
        answer.then(([policy]) => policySchema.parse(policy)),
      )
    },
    create: (desired) => create(bucket, projectId, desired),
    async update(observed, { labels, uniformAccess }) {
      const metadata = {
        ...(labels && { labels: { ...labels } }),
        ...(uniformAccess && { iamConfiguration: { uniformBucketLevelAccess: { enabled: true } } }),
      }
      const condition = { ifMetagenerationMatch: observed.metageneration }
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
    await inTime(bucket.create({ location, labels: { ...labels }, iamConfiguration }))
  } catch (error) {
    if (isTakenElsewhere(error)) throw takenElsewhere(bucket.name, projectId)
    if (isThere(error)) throw madeMeanwhile(bucket.name)
    throw errorOf(error, { permission: 'storage.buckets.create', resource: `project ${projectId}` })
  }
}

function isThere(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 409
}

/**
 * Whether another project has the name. Google answers 409 for a bucket of the same project too; only the message
 * differs.
 */
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

function takenElsewhere(name: string, projectId: string): OwnershipConflict {
  return new OwnershipConflict({
    object: bucketUrl(name),
    reason: `the name is taken: the bucket belongs to another project than ${projectId}`,
    action: 'Choose another bucket name (all of Cloud Storage shares one namespace), or name the project that has it',
  })
}

/**
 * The answer, or an error when it is late: the call may be done nevertheless. The library's own `timeout` has no effect, since
 * node-fetch has had none since its third version.
 *
 * @throws {Unreachable}
 */
async function inTime<Answer>(answer: Promise<Answer>): Promise<Answer> {
  const late = new AbortController()
  try {
    return await Promise.race([answer, lateAnswer(late.signal)])
  } finally {
    late.abort()
  }
}

async function lateAnswer(signal: AbortSignal): Promise<never> {
  await sleep(answerLimitSeconds * 1000, undefined, { signal })
  throw new Unreachable({
    object: storageUrl,
    reason: `no answer within ${answerLimitSeconds} s`,
    action: "Send the request again; if it persists, look at the function's way out to Google",
  })
}

/**
 * The answer of one call.
 *
 * @throws {StepError} when the call fails, as {@link errorOf} gives it, or its answer is late
 */
async function explained<Answer>(call: GoogleCall, answer: Promise<Answer>): Promise<Answer> {
  try {
    return await inTime(answer)
  } catch (error) {
    throw errorOf(error, call)
  }
}

async function ifThere<Answer>(call: GoogleCall, answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await inTime(answer)
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
