/** Callers in IAM with unique IDs, as IAM gives one to each role and user. */
import type { Grant } from '../../../lambdas/access/configuration.ts'
import { type CallerIds, namedCallers } from '../../../lambdas/access/named-callers.ts'
import { type IamPrincipal, iamPrincipal } from '../../../lambdas/access/principal.ts'

type Grants = readonly Pick<Grant, 'to'>[]

/** The ID of `role/NAME` or `user/NAME` when the grants were deployed. */
const idOf = (key: string) =>
  `${key.startsWith('role/') ? 'AROA' : 'AIDA'}${key.replaceAll(/[^a-z0-9]/gi, '').toUpperCase()}`

export function callerIdsFor(grants: Grants): CallerIds {
  return new Map(namedCallers(grants).map(({ key }) => [key, idOf(key)]))
}

/** The caller IDs in the form of the functions' environment variable. */
export function callerIdsText(grants: Grants): string {
  return [...callerIdsFor(grants).values()].join(',')
}

/** The user ID that API Gateway passes with this ARN. */
export function userIdOf(arn: string): string {
  const [kind = '', ...rest] = (arn.split(':')[5] ?? '').split('/')
  const [role = '', session = ''] = rest
  return kind === 'assumed-role' ? `${idOf(`role/${role}`)}:${session}` : idOf(`user/${rest.at(-1)}`)
}

export function callerOf(arn: string): IamPrincipal {
  return iamPrincipal(arn, userIdOf(arn))
}
