/** Which rights a second evaluator of IAM policies finds for the functions of one deployment on objects of another one. */
import { describe, expect, test } from 'vitest'
import { account } from '../../sandbox/account.ts'
import { type Decision, secondDecision } from '../peers/support/second-evaluator.ts'
import { templatePolicies } from '../peers/support/template-policies.ts'
import { deployment } from '../support/steps/deployment.ts'

const template = templatePolicies()
const boundary = `arn:aws:iam::${account.id}:policy/${template.names('AWS::IAM::ManagedPolicy')[0]}`
const provider = `arn:aws:iam::${account.id}:oidc-provider/issuer.example.com/prod`
const role = `arn:aws:iam::${account.id}:role/workload-identity/prod/reader`
const tag = 'workload-identity:deployment'
const another = `${account.id}/eu-north-1/WorkloadIdentity`

/** Each action that changes an object, with the function that may do it. */
const changes: readonly (readonly [of: string, action: string, resource: string])[] = [
  ['RegisterOidc', 'iam:AddClientIDToOpenIDConnectProvider', provider],
  ['RegisterOidc', 'iam:UpdateOpenIDConnectProviderThumbprint', provider],
  ['RotateThumbprints', 'iam:UpdateOpenIDConnectProviderThumbprint', provider],
  ['DeleteProvider', 'iam:DeleteOpenIDConnectProvider', provider],
  ['DeleteProvider', 'iam:UntagOpenIDConnectProvider', provider],
  ['DeleteRole', 'iam:DeleteRole', role],
  ['DeleteRole', 'iam:DeleteRolePolicy', role],
  ['DeleteRole', 'iam:DetachRolePolicy', role],
  ['DeleteRole', 'iam:UntagRole', role],
]
const taggings = [
  ['RegisterOidc', 'iam:TagOpenIDConnectProvider', provider],
  ['CreateRole', 'iam:TagRole', role],
] as const

describe('a function of a deployment', () => {
  test.each(changes)('%s: may do %s only on objects with the tag of its deployment', async (of, action, on) => {
    expect(await decision(of, { action, on, tagged: deployment })).toBe('allowed')
    expect(await decision(of, { action, on, tagged: another })).toBe('implicit deny')
    expect(await decision(of, { action, on })).toBe('implicit deny')
  })

  test.each(taggings)('%s: may do %s on objects without a tag or with its own tag', async (of, action, on) => {
    expect(await decision(of, { action, on, tagged: deployment, tagging: deployment })).toBe('allowed')
    expect(await decision(of, { action, on, tagging: deployment })).toBe('allowed')
  })
})

interface TaggedRequest {
  readonly action: string
  readonly on: string
  /** The deployment in the object's tag. */
  readonly tagged?: string
  /** The deployment in the tag of the request. */
  readonly tagging?: string
}

function decision(of: string, { action, on, tagged, tagging }: TaggedRequest): Promise<Decision> {
  const [name = '', policies = []] = Object.entries(template.roles).find(([id]) => id.includes(`-${of}Role`)) ?? []
  const context = {
    'iam:PermissionsBoundary': boundary,
    ...(tagged !== undefined && { [`aws:ResourceTag/${tag}`]: tagged }),
    ...(tagging !== undefined && { [`aws:RequestTag/${tag}`]: tagging, 'aws:TagKeys': [tag] }),
  }
  return secondDecision({ policies }, { action, resource: on, context }, `arn:aws:iam::${account.id}:role/${name}`)
}
