import type { Answer, Call } from '../context.ts'
import { type Misfit, misfitsOf } from '../objects/decode.ts'
import { asObject, asString, isObject, stringsIn, timestamp } from '../objects/objects.ts'
import { modelSchema } from '../schemas/models.ts'
import { invalidValue } from '../strategies/strategy.ts'
import { parseBody, schemaCause } from './bodies.ts'
import { find } from './reading.ts'
import { badRequest, invalid } from './status.ts'

const shortest = 600

/**
 * Answers POST serviceaccounts/NAME/token with a token for the requested audiences. The default audiences are those of
 * the API server.
 *
 * @throws ApiError 404 if the service account does not exist, 422 for a lifetime below 600 seconds
 */
export async function createToken(call: Call): Promise<Answer> {
  const account = find(call)
  const body = parseBody(call)
  const [misfit] = misfitsOf(body, modelSchema('AuthenticationV1TokenRequest'))
  if (misfit) throw badRequest(`TokenRequest in version "v1" cannot be handled: ${describe(misfit)}`)
  const { signer } = call.cluster
  const spec = asObject(body.spec)
  const audiences = stringsIn(spec.audiences)
  const wanted = audiences.length === 0 ? [...signer.issuers] : audiences
  const seconds = spec.expirationSeconds === undefined ? 3600 : Number(spec.expirationSeconds)
  refuseLifetime(seconds)
  const { name, namespace = '', uid } = account.metadata
  const bound = boundTo(spec.boundObjectRef)
  const subject = { namespace, name, uid, ...(bound ? { bound } : {}) }
  const { token, expiresAt } = await signer.sign(subject, wanted, seconds)
  return {
    code: 201,
    body: {
      kind: 'TokenRequest',
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { name, namespace, creationTimestamp: timestamp() },
      spec: { audiences: wanted, expirationSeconds: seconds, boundObjectRef: spec.boundObjectRef ?? null },
      status: { token, expirationTimestamp: timestamp(expiresAt) },
    },
  }
}

function boundTo(reference: unknown) {
  if (!isObject(reference)) return undefined
  return { kind: asString(reference.kind), name: asString(reference.name), uid: asString(reference.uid) }
}

function describe(misfit: Misfit): string {
  const { field, message } = schemaCause(misfit)
  return misfit.kind === 'unknown' ? `unknown field "${field}"` : `${field}: ${message}`
}

function refuseLifetime(seconds: number): void {
  const field = 'spec.expirationSeconds'
  const type = { group: 'authentication.k8s.io', kind: 'TokenRequest', plural: 'tokenrequests' }
  if (seconds < shortest) {
    throw invalid(type, '', [invalidValue(field, seconds, 'may not specify a duration less than 10 minutes')])
  }
}
