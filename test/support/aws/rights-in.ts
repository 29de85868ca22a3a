import type { Template } from 'aws-cdk-lib/assertions'
import * as z from 'zod'

const texts = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat())
const document = z.object({
  Statement: z.array(z.looseObject({ Effect: z.string(), Action: texts, Resource: z.unknown() })),
})
const role = z.object({ Policies: z.array(z.object({ PolicyDocument: document })).default([]) })
const policy = z.object({ Roles: z.array(z.object({ Ref: z.string() })), PolicyDocument: document })

export type Statement = z.output<typeof document>['Statement'][number]

/**
 * The statements of each role of a template, in the role and in policies that name it. The keys are the names of the roles'
 * constructs without `Role`, such as `BindKsa` and `SetupWorkflow`.
 */
export function rightsIn(template: Template): ReadonlyMap<string, readonly Statement[]> {
  const rights = new Map<string, readonly Statement[]>()
  const add = (id: string, statements: readonly Statement[]) => {
    const name = id.replace(/Role[0-9A-F]{8}$/, '')
    rights.set(name, [...(rights.get(name) ?? []), ...statements])
  }
  for (const [id, { Properties }] of Object.entries(template.findResources('AWS::IAM::Role'))) {
    add(
      id,
      role.parse(Properties).Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement),
    )
  }
  for (const { Properties } of Object.values(template.findResources('AWS::IAM::Policy'))) {
    const { Roles, PolicyDocument } = policy.parse(Properties)
    for (const { Ref } of Roles) add(Ref, PolicyDocument.Statement)
  }
  return rights
}

/** The names of the roles whose statements have this action, sorted. */
export function rolesWith(template: Template, action: string): string[] {
  return [...rightsIn(template)]
    .filter(([, statements]) => statements.some(({ Action }) => Action.includes(action)))
    .map(([name]) => name)
    .sort()
}
