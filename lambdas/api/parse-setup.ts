import { discoveryFaults } from '../bucket/rules.ts'
import { providerFaults, secretFaults, urlFaults } from '../cluster/rules/cluster.ts'
import { nodePoolFaults } from '../cluster/rules/node-pools.ts'
import { specFaults } from '../cluster/rules/spec.ts'
import { volumeFaults } from '../cluster/rules/volumes.ts'
import { hashOf } from '../operations/request-hash.ts'
import { namespaceFaults, roleFaults, workloadListFaults } from '../role/rules.ts'
import type { Deployment } from '../spec/deployment.ts'
import { type Fault, faultAt, isWithin } from '../spec/issue.ts'
import type { SetupRequest } from '../spec/parts.ts'
import { type RequestDraft, requestDraft, setupRequest } from '../spec/schema.ts'
import { isDeeperThan, shapeFaults, withoutFaulty } from '../spec/shape.ts'
import { webhookFaults } from '../webhook/rules.ts'
import { normalised } from './normalise.ts'

export type { Deployment } from '../spec/deployment.ts'
export type { Fault } from '../spec/issue.ts'
export { requestFieldTable, setupRequestJsonSchema } from './request-fields.ts'
export type ParsedRequest =
  | { readonly ok: true; readonly request: SetupRequest }
  | { readonly ok: false; readonly faults: readonly Fault[] }

/** Largest body of a request in bytes; the API answers 413 beyond it. */
export const maxRequestBytes = 100 * 1024

/** Beyond, an answer would be larger than a function can give. */
const mostFaults = 500

/** No request has a reason to nest deeper, and what walks through it must not run out of stack. */
const maxDepth = 32

const rules: readonly ((draft: RequestDraft, deployment: Deployment) => Fault[])[] = [
  providerFaults,
  secretFaults,
  urlFaults,
  specFaults,
  volumeFaults,
  nodePoolFaults,
  discoveryFaults,
  webhookFaults,
  workloadListFaults,
  namespaceFaults,
  roleFaults,
]

/**
 * The request that a body holds, in its normal form, or every fault that it has.
 *
 * @param body parsed JSON (or YAML) as it came in
 */
export function parseSetupRequest(body: unknown, deployment: Deployment): ParsedRequest {
  if (isDeeperThan(maxDepth, body)) return { ok: false, faults: [faultAt([], `nests deeper than ${maxDepth} levels`)] }
  const parsed = setupRequest.safeParse(body, { reportInput: true })
  const issues = parsed.success ? [] : parsed.error.issues
  const shape = shapeFaults(issues, setupRequest)
  const draft = requestDraft.safeParse(withoutFaulty(body, issues, setupRequest)).data ?? {}
  const faults = firstOf([...shape, ...ruleFaults(draft, deployment, shape)])
  return parsed.success && faults.length === 0 ? { ok: true, request: normalised(parsed.data) } : { ok: false, faults }
}

/** SHA-256 of a request in lowercase hex: the same for the same request, however its keys were ordered. */
export function requestHash(request: SetupRequest): string {
  return hashOf(request)
}

function firstOf(faults: readonly Fault[]): readonly Fault[] {
  if (faults.length <= mostFaults) return faults
  const rest = faults.length - mostFaults
  return [...faults.slice(0, mostFaults), faultAt([], `has ${rest} more faults: mend these first`)]
}

/** What the rules say about fields in which nothing is wrong by itself. */
function ruleFaults(draft: RequestDraft, deployment: Deployment, shape: readonly Fault[]): Fault[] {
  return rules
    .flatMap((rule) => rule(draft, deployment))
    .filter((fault) => !shape.some(({ pointer }) => isWithin(fault.pointer, pointer)))
}
