import { setTimeout as sleep } from 'node:timers/promises'
import { type Bucket, Storage } from '@google-cloud/storage'
import * as z from 'zod/mini'
import { ConcurrentChange, OwnershipConflict, Unreachable } from '../../errors/step-errors.ts'
import { readSecret } from '../aws/secrets.ts'
import { authClientFrom } from './auth-client.ts'
import { bucketUrl } from './bucket-url.ts'
import { errorOf, type GoogleCall, isNotFound, storageUrl } from './errors.ts'
import { requireToken, tokenErrorOf } from './token-errors.ts'

export interface BucketState {
  /** Upper case, for example EU or EUROPE-WEST1. */
  readonly location: string
  readonly labels: Readonly<Record<string, string>>
  readonly uniformAccess: boolean
  /** Whether the bucket's own setting prevents public access. A policy of its organisation does not count. */
  readonly publicAccessPrevented: boolean
  /** The version of these settings, which writes require as their precondition. */
  readonly metageneration: string
}

/** The fields to write. Omitted fields do not change. */
export interface BucketChanges {
  readonly labels?: Readonly<Record<string, string>>
  readonly uniformAccess?: true
}

/** One binding of an IAM policy. A role with a condition and the same role without a condition are two bindings. */
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

/** The time limit for one call, including the library's retries. The state machine does longer waits. */
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
        // A loose object, so that a write preserves the other fields of a condition.
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
 * One bucket of Cloud Storage. Every method throws these errors.
 *
 * @throws {AccessDenied} when Google denies a permission; the error names the permission and the bucket
 * @throws {InvalidCredentials} when Google does not accept the access token
 * @throws {CloudUnavailable} when Google is unavailable
 * @throws {Unreachable} when Google does not respond
 * @throws {ConcurrentChange} when another writer was faster, or has deleted the bucket
 */
export interface BucketClient {
  /** Returns undefined when no project has a bucket of this name. */
  read(): Promise<BucketState | undefined>
  /** Returns the IAM policy with its conditions, or undefined when the bucket does not exist. */
  readPolicy(): Promise<BucketPolicy | undefined>
  /**
   * Creates the bucket with uniform access.
   *
   * @throws {OwnershipConflict} when another project has the name
   * @throws {ConcurrentChange} when this project already has the bucket
   */
  create(bucket: NewBucket): Promise<void>
  /** Fails when the bucket has changed since `observed` was read. */
  update(observed: BucketState, changes: BucketChanges): Promise<void>
  /**
   * Fails when the etag of the policy has changed.
   *
   * @throws {PublicAccessPrevented} when an organisation policy prevents public access to the bucket
   */
  writePolicy(policy: BucketPolicy): Promise<void>
  /** Returns the names of at most `atMost` objects, including noncurrent versions. */
  objects(atMost: number): Promise<readonly string[]>
  /** Returns false when the object did not exist. The caller checks whether the object may be deleted. */
  deleteObject(object: string): Promise<boolean>
  /** Removes the labels of these names. Fails when the bucket has changed since `observed` was read. */
  removeLabels(observed: BucketState, names: readonly string[]): Promise<void>
  /**
   * Deletes the bucket if it exists. Google deletes only an empty bucket.
   *
   * @throws {ConcurrentChange} when the bucket is not empty
   */
  delete(): Promise<void>
}

export interface BucketTarget {
  readonly name: string
  readonly projectId: string
  /** Name or ARN of the secret with the deployment's credential configuration. */
  readonly credentialsSecret: string
}

/**
 * Connects to the bucket as the account in the deployment's credential configuration.
 *
 * @throws {InvalidCredentials} when the secret does not exist or cannot be used, or when Google issues no token for the
 * configuration; the error names the secret
 * @throws {AccessDenied} when the account may not be impersonated
 * @throws {CloudUnavailable} when Google's token endpoint is unavailable, or its response was truncated
 * @throws {Unreachable} when Google's token endpoint does not respond
 */
export async function connectToBucket(target: BucketTarget, signal?: AbortSignal): Promise<BucketClient> {
  const { name, projectId, credentialsSecret: secret } = target
  const authClient = authClientFrom(await readSecret(secret, signal), secret)
  try {
    // Requests the token before the first call to the bucket, so that each error here is one of the token endpoint.
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
      await orStepError(callFor('storage.buckets.update'), bucket.setMetadata(metadata, condition))
    },
    async writePolicy({ etag, bindings }) {
      const policy = {
        version: 3,
        etag,
        bindings: bindings.map((binding) => ({ ...binding, members: [...binding.members] })),
      }
      await orStepError(callFor('storage.buckets.setIamPolicy'), bucket.iam.setPolicy(policy))
    },
    async objects(atMost) {
      const query = { maxResults: atMost, autoPaginate: false, versions: true }
      const [files] = await orStepError(callFor('storage.objects.list'), bucket.getFiles(query))
      return files.map(({ name }) => name)
    },
    async deleteObject(object) {
      const call = { permission: 'storage.objects.delete', resource: `${bucketUrl(bucket.name)}/${object}` }
      return (await ifThere(call, bucket.file(object).delete())) !== undefined
    },
    async removeLabels({ metageneration }, names) {
      const labels = Object.fromEntries(names.map((name) => [name, null]))
      const written = bucket.setMetadata({ labels }, { ifMetagenerationMatch: metageneration })
      await orStepError(callFor('storage.buckets.update'), written)
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
    if (isThere(error)) throw createdMeanwhile(bucket.name)
    throw errorOf(error, { permission: 'storage.buckets.create', resource: `project ${projectId}` })
  }
}

function isThere(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 409
}

/** Whether another project has the bucket. If this project has it, Google also answers 409, with another message. */
function isTakenElsewhere(error: unknown): boolean {
  return isThere(error) && /not available/i.test(error.message)
}

function createdMeanwhile(name: string): ConcurrentChange {
  return new ConcurrentChange({
    object: bucketUrl(name),
    reason: 'another writer created it at the same time',
    action: 'Do nothing unless it recurs: the step is retried',
  })
}

function takenElsewhere(name: string, projectId: string): OwnershipConflict {
  return new OwnershipConflict({
    object: bucketUrl(name),
    reason: `the name is taken: the bucket belongs to another project than ${projectId}`,
    action:
      'Choose another bucket name, because names are unique in all of Cloud Storage, or set discovery.projectId to the project that has the bucket',
  })
}

/**
 * Returns the response if it comes in time. The library's own `timeout` has no effect, because node-fetch has ignored
 * it since version 3.
 *
 * @throws {Unreachable} when the response is late; Google may still execute the call
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
    action: "Send the request again; if it persists, check the function's network egress to Google",
  })
}

/**
 * Awaits one call and returns its response.
 *
 * @throws {StepError} when the call fails (see {@link errorOf}), or when its response is late
 */
async function orStepError<Answer>(call: GoogleCall, answer: Promise<Answer>): Promise<Answer> {
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
