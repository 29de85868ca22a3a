/** Schemas of a caller's permissions in the API, and source of the OpenAPI description. */
import * as z from 'zod/mini'
import { actionNames } from '../../access/actions.ts'
import { roleNames } from '../../access/roles.ts'

const patterns = (description: string) =>
  z.array(z.string()).check(z.describe(`${description}. * stands for any characters`))

const heldGrant = z.object({
  name: z.string().check(z.describe('Name of the grant. The audit log uses the same name')),
  role: z.enum(roleNames),
  clusters: patterns('Names'),
  namespaces: patterns('Names'),
  policyArns: patterns('ARNs of managed policies'),
})

export const actionAccess = z.object({
  allowed: z.boolean().check(z.describe('Whether the caller may perform the action')),
  roles: z
    .array(z.enum(roleNames))
    .check(
      z.describe(
        'The roles that may perform the action, if a grant of the role covers the requested cluster and namespace. The least powerful role is first. Empty when no role may perform the action',
      ),
    ),
})

export const accessView = z.object({
  caller: z.object({
    name: z.string().check(z.describe('ARN of the IAM role or user, or ISSUER#SUBJECT of a token')),
    kind: z.enum(['iam', 'jwt']),
    grants: z.array(heldGrant),
  }),
  actions: z.object(Object.fromEntries(actionNames.map((action) => [action, actionAccess]))),
  policyArns: patterns(
    "Managed policies that the caller may give to a workload in the requested cluster and namespace. If the request omits one of the two, all clusters or namespaces of the caller's grants count",
  ),
  secretPrefix: z.string().check(z.describe('The first part of the names of the secrets that the deployment can read')),
  region: z.string().check(z.describe('AWS region of the deployment and of its secrets')),
  accountId: z.string().check(z.describe('AWS account of the deployment and of its secrets')),
})
