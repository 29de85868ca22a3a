import { type AuthorizationRequest, describeResource } from './authorization-request.ts'
import type { Decision } from './decide.ts'
import type { Principal } from './principal.ts'

/** A line of the audit log: the caller, the action, the decision and its reasons. */
export function auditLine(
  call: { readonly requestId: string; readonly caller: string; readonly principal: Principal },
  { action, resource, awsAccountId }: AuthorizationRequest,
  { allowed, policies, grants, errors }: Decision,
): Readonly<Record<string, unknown>> {
  return {
    requestId: call.requestId,
    // Includes the session name, which helps to identify the person and does not affect the decision.
    caller: call.caller,
    principal: call.principal.name,
    action,
    resource: describeResource(resource),
    ...(awsAccountId !== undefined && { awsAccountId }),
    decision: allowed ? 'allow' : 'deny',
    policies,
    grants,
    ...(errors.length > 0 && { errors }),
  }
}
