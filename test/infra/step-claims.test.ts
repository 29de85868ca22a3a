/** Each step that may write a resource with an owner lists its claims. test/claims/cells.ts derives its tests from these lists. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { steps } from '../../infra/steps.ts'
import type { ClaimKind } from '../../lambdas/claims/kinds.ts'
import type { AwsRight, StepDescription } from '../../lambdas/steps/description.ts'
import type { KubernetesRight } from '../../lambdas/steps/kubernetes-right.ts'

const root = path.resolve(import.meta.dirname, '../..')

/** The kind of claim that a write needs. The deployment owns the issuer bucket itself. */
const kindOn: Readonly<Record<AwsRight['on'], ClaimKind | undefined>> = {
  'OIDC providers': 'provider',
  'workload roles': 'role',
  'roles of any path': 'role',
  'discovery documents': 'issuer',
  'issuer bucket': undefined,
}

const managementObjects = ['awsclusters', 'awsnodepools']
const readsObjects = ['get', 'list', 'watch']

function kindsWrittenBy(description: StepDescription): ReadonlySet<ClaimKind> {
  const { client, aws = [] } = description
  const onAws = aws.filter(({ actions }) => actions.some((action) => !/:(Get|List)/.test(action)))
  const inClusters = client === 'kubernetes' && description.kubernetes.some(writesManagementObjects)
  const kinds = [
    ...onAws.map(({ on }) => kindOn[on]),
    client === 'google' && 'bucket',
    inClusters && 'management-object',
  ] as const
  return new Set(kinds.filter((kind) => kind !== undefined && kind !== false))
}

function writesManagementObjects({ place, resources, verbs }: KubernetesRight): boolean {
  const isOfThem = place === 'management' && resources.some((resource) => managementObjects.includes(resource))
  return isOfThem && verbs.some((verb) => !readsObjects.includes(verb))
}

/** The kinds of claims that the step lists for writing. */
function kindsOf({ claims = [] }: StepDescription): ClaimKind[] {
  const writes = ['makes', 'changes', 'deletes']
  return claims.filter(({ does }) => writes.includes(does)).map(({ kind }) => kind)
}

test.each([...steps])('%s lists a claim of each kind of resource that it may write', (_, { description }) => {
  expect([...kindsWrittenBy(description)].filter((kind) => !kindsOf(description).includes(kind))).toEqual([])
})

test.each([...steps])('%s lists claims when its handler reads or writes claims, and only then', (_, step) => {
  const handler = readFileSync(path.join(root, step.entry), 'utf8')
  expect(step.description.claims !== undefined).toBe(/from '[./]+claims\/(bucket-)?claims\.ts'/.test(handler))
})

test('the rights of all steps together cover these kinds of claims', () => {
  const written = new Set([...steps.values()].flatMap(({ description }) => [...kindsWrittenBy(description)]))
  expect([...written].sort()).toEqual(['bucket', 'issuer', 'management-object', 'provider', 'role'])
})
