import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager'
import { AccessDenied, ConcurrentChange, InvalidCredentials } from '../../errors/step-errors.ts'
import { secretsManager } from './clients/secrets-manager.ts'
import { errorOf, orStepError } from './errors.ts'

/**
 * Returns the value of a secret. The value must not get into a log, an error, a state or a response.
 *
 * @throws {InvalidCredentials} when the secret does not exist or has no value
 * @throws {AccessDenied} when the function lacks secretsmanager:GetSecretValue on the secret, or kms:Decrypt on its
 * customer managed key
 * @throws {CloudUnavailable} when AWS is unavailable
 * @throws {Unreachable} when AWS does not respond
 */
export async function readSecret(idOrArn: string, signal?: AbortSignal): Promise<string> {
  const value = await readSecretIfThere(idOrArn, signal)
  if (value !== undefined) return value
  throw new InvalidCredentials({
    object: idOrArn,
    reason: 'the secret is not there or has no value',
    action: 'Put the credentials into it: aws secretsmanager create-secret, or put-secret-value when it exists',
  })
}

/** Reads that have started and whose value no caller has taken yet. */
const pendingReads = new Map<string, Promise<string | undefined>>()

/**
 * Starts to read secrets that are needed in a moment. The next read of a secret by this module takes the value, and
 * later reads call AWS again. Returns a function that discards the values that no caller has taken.
 */
export function readAhead(idsOrArns: readonly string[], signal: AbortSignal): () => void {
  for (const idOrArn of idsOrArns) {
    const value = read(idOrArn, signal)
    // The caller that takes the value gets the error.
    value.catch(() => undefined)
    pendingReads.set(idOrArn, value)
  }
  return () => {
    for (const idOrArn of idsOrArns) pendingReads.delete(idOrArn)
  }
}

/** Like {@link readSecret}, but returns undefined when the secret is missing, empty or scheduled for deletion. */
export async function readSecretIfThere(idOrArn: string, signal?: AbortSignal): Promise<string | undefined> {
  const value = pendingReads.get(idOrArn) ?? read(idOrArn, signal)
  pendingReads.delete(idOrArn)
  return value
}

async function read(idOrArn: string, signal: AbortSignal | undefined): Promise<string | undefined> {
  const command = new GetSecretValueCommand({ SecretId: idOrArn })
  try {
    const answer = await secretsManager.send(command, signal ? { abortSignal: signal } : {})
    // A file uploaded with --secret-binary counts as the same text in --secret-string.
    return answer.SecretString ?? (answer.SecretBinary && Buffer.from(answer.SecretBinary).toString('utf8'))
  } catch (error) {
    if (isAbsent(error)) return undefined
    throw unreadable(error, idOrArn)
  }
}

/**
 * Replaces a secret's value. Secrets Manager has no conditional write, so this function reads the value again just
 * before the write.
 *
 * @param values `from` is the value that was read before. Neither value may get into a log, an error, a state or a
 * response
 * @throws {ConcurrentChange} when the secret no longer has the value `from`
 * @throws {AccessDenied} when the function lacks secretsmanager:PutSecretValue on the secret, or kms:GenerateDataKey on
 * its key
 * @throws {CloudUnavailable} when AWS is unavailable
 * @throws {Unreachable} when AWS does not respond
 */
export async function replaceSecret(
  idOrArn: string,
  { from, to }: { readonly from: string; readonly to: string },
  signal: AbortSignal,
): Promise<void> {
  if ((await readSecretIfThere(idOrArn, signal)) !== from) throw changedMeanwhile(idOrArn)
  const command = new PutSecretValueCommand({ SecretId: idOrArn, SecretString: to })
  const call = { action: 'secretsmanager:PutSecretValue', resource: idOrArn }
  await orStepError(call, secretsManager.send(command, { abortSignal: signal }))
}

function changedMeanwhile(idOrArn: string): ConcurrentChange {
  return new ConcurrentChange({
    object: idOrArn,
    reason: 'somebody has stored another value in it meanwhile',
    action: 'No action is needed: the next rotation reads the new value',
  })
}

function unreadable(error: unknown, idOrArn: string): unknown {
  if (isAboutKey(error)) return undecrypted(error, idOrArn)
  const unread = errorOf(error, { action: 'secretsmanager:GetSecretValue', resource: idOrArn })
  if (!(unread instanceof AccessDenied) || idOrArn.startsWith('arn:')) return unread
  // For a missing secret that is given by name, AWS answers AccessDenied: policies match ARNs, and a missing secret has
  // no ARN with random characters at its end.
  const { object, reason, action } = unread
  return new AccessDenied({
    object,
    reason,
    action: `Create the secret ${idOrArn} if it does not exist. Otherwise: ${action}`,
  })
}

/** The functions may use only the KMS keys that the deployment's settings name: infra/permissions/kms-keys.ts. */
function undecrypted(error: unknown, idOrArn: string): unknown {
  const unread = errorOf(error, { action: 'kms:Decrypt', resource: `the KMS key of ${idOrArn}` })
  if (!(unread instanceof AccessDenied)) return unread
  const { object, reason, action } = unread
  return new AccessDenied({
    object,
    reason,
    action: `Name the key in the deployment's setting kmsKeys.secrets. If it is named there: ${action}. Also check the key's policy`,
  })
}

/** AWS answers "Access to KMS is not allowed" for a secret that is encrypted with a customer managed key. */
function isAboutKey(error: unknown): boolean {
  return error instanceof Error && error.name === 'AccessDeniedException' && error.message.includes('KMS')
}

function isAbsent(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error.name === 'ResourceNotFoundException') return true
  // Only the message says why a request is invalid. AWS has changed the message: an older one is "marked deleted".
  return error.name === 'InvalidRequestException' && /marked (for deletion|deleted)/.test(error.message)
}
