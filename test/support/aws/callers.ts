/** Callers in IAM with unique IDs, as IAM gives one to each role and user. */
import type { Grant } from '../../../lambdas/access/configuration.ts'
import { type CallerIds, namedCallers } from '../../../lambdas/access/named-callers.ts'
import { type IamPrincipal, iamPrincipal } from '../../../lambdas/access/principal.ts'

type Grants = readonly Pick<Grant, 'to'>[]

/** The ID of what had the name when the grants were deployed: `role/NAME` or `user/NAME`. */
const idOf = (key: string) =>
  `${key.startsWith('role/') ? 'AROA' : 'AIDA'}${key.replaceAll(/[^a-z0-9]/gi, '').toUpperCase()}`

export function callerIdsFor(grants: Grants): CallerIds {
  return new Map(namedCallers(grants).map(({ key }) => [key, idOf(key)]))
}

/** The same as the functions have it. */
export function callerIdsText(grants: Grants): string {
  return [...callerIdsFor(grants).values()].join(',')
}

/** What API Gateway says of the caller of this ARN beside it. */
export function userIdOf(arn: string): string {
  const [kind = '', ...rest] = (arn.split(':')[5] ?? '').split('/')
  const [role = '', session = ''] = rest
  return kind === 'assumed-role' ? `${idOf(`role/${role}`)}:${session}` : idOf(`user/${rest.at(-1)}`)
}

export function callerOf(arn: string): IamPrincipal {
  return iamPrincipal(arn, userIdOf(arn))
}
