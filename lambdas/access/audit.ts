import type { Decision } from './decide.ts'
import type { Principal } from './principal.ts'
import { describeResource, type Question } from './question.ts'

/** Who asked what, and why it is allowed or refused. A line of the audit log. */
export function auditLine(
  call: { readonly requestId: string; readonly caller: string; readonly principal: Principal },
  { action, resource, awsAccountId }: Question,
  { allowed, policies, grants, errors }: Decision,
): Readonly<Record<string, unknown>> {
  return {
    requestId: call.requestId,
    // With the name of the session, which helps to find the person and decides nothing.
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
