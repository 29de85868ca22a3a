import * as z from 'zod/mini'
import type { SetupRequest } from '../../client/api.ts'
import { setupRequest } from '../request-file/read.ts'

/** A secret that may not exist yet. */
export interface SecretRef {
  /** ARN or name. Secrets Manager accepts both. */
  readonly id: string
  readonly name: string
}

const credentials = z.object({ credentialsSecretArn: z.optional(z.string()) })
const named = z.object({ cluster: z.extend(credentials, { management: z.optional(credentials) }) })

/** The ARN of the secret in a request, if any. */
export function namedSecret(request: unknown, isManagement: boolean): string | undefined {
  const { cluster } = named.safeParse(request).data ?? {}
  return (isManagement ? cluster?.management : cluster)?.credentialsSecretArn
}

const byAgent = z.object({ cluster: z.object({ connection: z.literal('agent') }) })

/** Whether an agent connects the cluster of the request, so that it has no secret. */
export function isByAgent(request: unknown): boolean {
  return byAgent.safeParse(request).success
}

const requestShape = z.looseObject({ cluster: z.looseObject({ management: z.optional(z.looseObject({})) }) })

/** The request with this secret for its cluster, or for its management cluster. */
export function withNamedSecret(request: unknown, credentialsSecretArn: string, isManagement: boolean): SetupRequest {
  const { cluster, ...rest } = requestShape.parse(request)
  if (!isManagement) return setupRequest.parse({ ...rest, cluster: { ...cluster, credentialsSecretArn } })
  const management = cluster.management && { management: { ...cluster.management, credentialsSecretArn } }
  return setupRequest.parse({ ...rest, cluster: { ...cluster, ...management } })
}

/** The secret's name according to the documentation. */
export function usualName(prefix: string, cluster: string, isManagement: boolean): string {
  return `${prefix}/${cluster}/${isManagement ? 'management' : 'user-cluster'}`
}

export function secretRef(id: string): SecretRef {
  return { id, name: nameOf(id) }
}

/**
 * The name in an ARN, without AWS's suffix. If an ARN lacks the suffix, and its name ends with a hyphen and six
 * characters, this end counts as the suffix, as in AWS:
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html
 */
function nameOf(id: string): string {
  const [, name] = /^arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:(.+)$/.exec(id) ?? []
  return name?.replace(/-[A-Za-z0-9]{6}$/, '') ?? id
}

/** Whether both ARNs refer to one secret. `one` may lack the suffix that AWS adds; `other` is complete. */
export function isSameSecret(one: string, other: string): boolean {
  return one === other || other === `${one}-${other.slice(-6)}`
}
