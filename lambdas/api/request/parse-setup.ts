import { discoveryIssues } from '../../bucket/rules.ts'
import { accountIssues } from '../../cluster/rules/account.ts'
import { connectionIssues, providerIssues, secretIssues, urlIssues } from '../../cluster/rules/cluster.ts'
import { nodePoolIssues } from '../../cluster/rules/node-pools.ts'
import { specIssues } from '../../cluster/rules/spec.ts'
import { volumeIssues } from '../../cluster/rules/volumes.ts'
import { hostingIssues } from '../../discovery/rules.ts'
import { namespaceIssues, roleIssues, workloadListIssues } from '../../role/rules.ts'
import type { Deployment } from '../../spec/deployment.ts'
import { issueAt, isWithin, type ValidationIssue } from '../../spec/issue.ts'
import { plainJsonIssue } from '../../spec/plain-json.ts'
import { type RequestDraft, requestDraft, requestedSetup } from '../../spec/schema.ts'
import type { SetupRequest } from '../../spec/setup-request.ts'
import { forShapeIssues, shapeIssues, withoutInvalid } from '../../spec/shape.ts'
import { webhookIssues } from '../../webhook/rules.ts'
import { largestRequest } from '../../workflows/workflow-input.ts'
import { normalised } from './normalise.ts'

export type { Deployment } from '../../spec/deployment.ts'
export type { ValidationIssue } from '../../spec/issue.ts'
export { requestFieldTable, setupRequestJsonSchema } from './request-fields.ts'
export type ParsedRequest =
  | { readonly ok: true; readonly request: SetupRequest }
  | { readonly ok: false; readonly issues: readonly ValidationIssue[] }

/**
 * The largest body in bytes. The API answers a larger body with 413. The defaults of omitted fields may make a
 * smaller body too large for a workflow. The API answers such a body with 409.
 */
export const maxRequestBytes = largestRequest

/** More issues would exceed the size limit of a Lambda function's response. */
const maxIssues = 500

const rules: readonly ((draft: RequestDraft, deployment: Deployment) => ValidationIssue[])[] = [
  providerIssues,
  connectionIssues,
  secretIssues,
  accountIssues,
  urlIssues,
  specIssues,
  volumeIssues,
  nodePoolIssues,
  discoveryIssues,
  hostingIssues,
  webhookIssues,
  workloadListIssues,
  namespaceIssues,
  roleIssues,
]

/**
 * The request in its normal form, or its validation issues.
 *
 * @param body parsed JSON or YAML, not validated
 */
export function parseSetupRequest(body: unknown, deployment: Deployment): ParsedRequest {
  const unkept = plainJsonIssue(body)
  if (unkept) return { ok: false, issues: [unkept] }
  const parsed = requestedSetup.safeParse(body, forShapeIssues)
  const shapeErrors = parsed.success ? [] : parsed.error.issues
  const shape = shapeIssues(shapeErrors, requestedSetup)
  const draft = requestDraft.safeParse(withoutInvalid(body, shapeErrors, requestedSetup)).data ?? {}
  const issues = limited([...shape, ...ruleIssues(draft, deployment, shape)])
  return parsed.success && issues.length === 0
    ? { ok: true, request: normalised(parsed.data, deployment) }
    : { ok: false, issues }
}

function limited(issues: readonly ValidationIssue[]): readonly ValidationIssue[] {
  if (issues.length <= maxIssues) return issues
  const rest = issues.length - maxIssues
  return [...issues.slice(0, maxIssues), issueAt([], `has ${rest} more issues: correct the listed issues first`)]
}

/** The validation issues of the rules. A field that already has a shape issue gets no second one. */
function ruleIssues(draft: RequestDraft, deployment: Deployment, shape: readonly ValidationIssue[]): ValidationIssue[] {
  return rules
    .flatMap((rule) => rule(draft, deployment))
    .filter((issue) => !shape.some(({ pointer }) => isWithin(issue.pointer, pointer)))
}
