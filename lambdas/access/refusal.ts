import { type AuthorizationRequest, describeResource } from './authorization-request.ts'
import type { Access, Decision } from './decide.ts'
import type { Principal } from './principal.ts'

/** The highest number of grants that a message names. */
const maxNamed = 5

/** The message for a caller without any grant. */
export function unknownCaller(access: Access, { name }: Principal): string {
  return `${name} has no grant in this deployment. ${whoMayGrant(access)}`
}

/** The message for a role or user that was created with the name of an earlier one with grants. */
export function replacedCaller(access: Access, { name }: Principal): string {
  return `The grants that name ${name} were given to an earlier role or user of this name, which was deleted. ${whoMayGrant(access)}`
}

/** The reason of a denial, the missing permissions, and the callers that may grant them. */
export function refusalOf(
  access: Access,
  principal: Principal,
  request: AuthorizationRequest,
  decision: Decision,
): string {
  const { action, resource, awsAccountId } = request
  const { name } = principal
  const account = awsAccountId === undefined ? '' : ` ${awsAccountId}`
  const what = `${action}${account} on ${describeResource(resource)}`
  if (decision.errors.length > 0) {
    return `${what} is refused, because its policies could not be evaluated (${decision.errors.join('; ')}). The operators of this deployment have to correct them.`
  }
  if (decision.policies.length > 0) {
    return `${what} is forbidden by the policy ${decision.policies.join(', ')} of this deployment, whatever grants ${name} has. ${whoMayGrant(access)}`
  }
  return `${name} may not do ${what}: ${missingGrant(access, principal, request)} ${whoMayGrant(access)}`
}

function missingGrant(access: Access, principal: Principal, request: AuthorizationRequest): string {
  const { role, grants } = access.missing(principal, request)
  if (role === undefined) return 'no role allows it.'
  const needed = `this requires the role ${role}${scopeOf(request)}.`
  if (grants.length === 0) return needed
  const more = grants.length > maxNamed ? ` and ${grants.length - maxNamed} more` : ''
  return `${needed} These grants would allow it: ${grants.slice(0, maxNamed).join(', ')}${more}.`
}

function scopeOf({ resource, policyArns = [] }: AuthorizationRequest): string {
  if (resource.type === 'Deployment') return ' for all clusters'
  const { cluster } = resource
  const of = cluster === undefined ? ' for all clusters' : ` for cluster ${cluster}`
  if (resource.type !== 'Workload') return of
  const policies = policyArns.length === 0 ? '' : `, with the policies ${policyArns.join(', ')}`
  return `${of}, namespace ${resource.namespace}${policies}`
}

function whoMayGrant({ administrators }: Access): string {
  return `Grants are in the setting "access" of the deployment: ask a caller with the grant ${administrators.join(' or ')}.`
}
