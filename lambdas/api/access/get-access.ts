import { actionsFor, givablePolicies } from '../../access/overview.ts'
import { ownerOf } from '../../access/principal.ts'
import { setting } from '../../settings.ts'
import { allowedPolicyArns } from '../deployment.ts'
import { operation } from '../operation.ts'
import { accessQuery, readQuery } from '../queries.ts'
import { deployedAccess } from './deployed-access.ts'
import { deploymentResource } from './questions.ts'

export const handler = operation({
  authorizes: (call) => ({
    questions: [{ action: 'get-access', resource: deploymentResource }],
    subject: readQuery(accessQuery, call.query),
  }),
  runs: ({ principal }, { requestedBy, ...place }) => {
    const access = deployedAccess()
    const { name, kind } = principal
    const asked = { ...place, owner: requestedBy === undefined ? name : ownerOf(requestedBy) }
    const body = {
      caller: { name, kind, grants: access.grantsOf(principal) },
      actions: actionsFor(access, principal, asked),
      secretPrefix: setting('SECRET_PREFIX'),
      region: setting('AWS_REGION'),
      accountId: setting('ACCOUNT_ID'),
      policyArns: givablePolicies(access, principal, asked, allowedPolicyArns()),
    }
    return { status: 200, body }
  },
})
