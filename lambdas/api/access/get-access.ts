import { actionsFor, givablePolicies } from '../../access/overview.ts'
import { ownerOf } from '../../access/principal.ts'
import { setting } from '../../settings.ts'
import { allowedPolicyArns } from '../deployment.ts'
import { operation } from '../operation.ts'
import { accessQuery, readQuery } from '../queries.ts'
import { deploymentResource } from './checks.ts'
import { deployedAccess } from './deployed-access.ts'

export const handler = operation({
  authorizes: (call) => ({
    checks: [{ action: 'get-access', resource: deploymentResource }],
    input: readQuery(accessQuery, call.query),
  }),
  runs: ({ principal }, { requestedBy, ...scope }) => {
    const access = deployedAccess()
    const { name, kind } = principal
    const query = { ...scope, owner: requestedBy === undefined ? name : ownerOf(requestedBy) }
    const body = {
      caller: { name, kind, grants: access.grantsOf(principal) },
      actions: actionsFor(access, principal, query),
      secretPrefix: setting('SECRET_PREFIX'),
      region: setting('AWS_REGION'),
      accountId: setting('ACCOUNT_ID'),
      policyArns: givablePolicies(access, principal, query, allowedPolicyArns()),
    }
    return { status: 200, body }
  },
})
