import * as z from 'zod/mini'
import { type SetupRequest, setupRequest } from '../request-file/read.ts'

/** A secret, which may not be there yet. */
export interface SecretPlace {
  /** Its ARN or its name, as Secrets Manager takes both. */
  readonly id: string
  readonly name: string
}

const credentials = z.object({ credentialsSecretArn: z.optional(z.string()) })
const named = z.object({ cluster: z.extend(credentials, { management: z.optional(credentials) }) })

/** The ARN of the secret that a request names. Undefined when it names none. */
export function namedSecret(request: unknown, isManagement: boolean): string | undefined {
  const { cluster } = named.safeParse(request).data ?? {}
  return (isManagement ? cluster?.management : cluster)?.credentialsSecretArn
}

const open = z.looseObject({ cluster: z.looseObject({ management: z.optional(z.looseObject({})) }) })

/** The request with this secret for its cluster, or for the management cluster that it has. */
export function withNamedSecret(request: unknown, credentialsSecretArn: string, isManagement: boolean): SetupRequest {
  const { cluster, ...rest } = open.parse(request)
  if (!isManagement) return setupRequest.parse({ ...rest, cluster: { ...cluster, credentialsSecretArn } })
  const management = cluster.management && { management: { ...cluster.management, credentialsSecretArn } }
  return setupRequest.parse({ ...rest, cluster: { ...cluster, ...management } })
}

/** The name that the documentation gives it. */
export function usualName(prefix: string, cluster: string, isManagement: boolean): string {
  return `${prefix}/${cluster}/${isManagement ? 'management' : 'user-cluster'}`
}

/** The place of the secret that an ARN or a name tells. */
export function secretPlace(id: string): SecretPlace {
  return { id, name: nameOf(id) }
}

/**
 * The name in an ARN, without the suffix that AWS gives it. AWS takes a hyphen and six characters at the end for the suffix, too:
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html
 */
function nameOf(id: string): string {
  const [, name] = /^arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:(.+)$/.exec(id) ?? []
  return name?.replace(/-[A-Za-z0-9]{6}$/, '') ?? id
}

/** Whether both ARNs are of one secret: with the suffix of AWS, or without it. */
export function isSameSecret(one: string, other: string): boolean {
  return one === other || other === `${one}-${other.slice(-6)}`
}
