import { type AccessRules, accessSettings, rulesOf } from '../../../lambdas/access/configuration.ts'
import { type Access, accessOf } from '../../../lambdas/access/decide.ts'
import type { IamPrincipal } from '../../../lambdas/access/principal.ts'
import { callerIdsFor, callerOf } from '../aws/callers.ts'

const accountId = '000000000000'
const clusters = ['own']
const to = (role: string) => [{ iam: { role } }]

export const readOnly = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'

/** A grant of each role to the IAM role of the same name. All except the administrator's are for one cluster. */
export const exampleRules: AccessRules = rulesOf(
  accessSettings.parse({
    grants: [
      { name: 'viewers', role: 'viewer', to: to('viewer'), clusters },
      {
        name: 'developers',
        role: 'developer',
        to: to('developer'),
        clusters,
        namespaces: ['team-*'],
        policyArns: ['arn:aws:iam::aws:policy/AmazonS3*'],
      },
      { name: 'operators', role: 'operator', to: to('operator'), clusters },
      { name: 'administrators', role: 'administrator', to: to('administrator') },
    ],
  }),
)

/** The decisions of {@link exampleRules}, some of which `rules` replaces. */
export function exampleAccess(rules: Partial<AccessRules> = {}): Access {
  const all = { ...exampleRules, ...rules }
  return accessOf(all, { accountId, callerIds: callerIdsFor(all.grants) })
}

/** A session of the IAM role of this name. */
export function sessionOf(role: string, session = 'session'): IamPrincipal {
  return callerOf(`arn:aws:sts::${accountId}:assumed-role/${role}/${session}`)
}
