import type { ClusterSpec } from '../../operations/record/record.ts'
import type { ValidationIssue } from '../../spec/issue.ts'
import { type Deployment, type ParsedRequest, parseSetupRequest } from '../request/parse-setup.ts'

/**
 * The request for a setup that adds one workload to a cluster. It has the cluster's spec, and this workload as its only
 * one. It adopts nothing, even if the spec says so: the author of the spec had other objects in mind. The path of a
 * validation issue in the workload begins at the workload.
 *
 * @param workload parsed JSON, as it came in
 */
export function addedWorkload(spec: ClusterSpec, workload: unknown, deployment: Deployment): ParsedRequest {
  const parsed = parseSetupRequest({ ...spec, workloads: [workload], adopt: false }, deployment)
  return parsed.ok ? parsed : { ok: false, issues: parsed.issues.map(inWorkload) }
}

/** A validation issue outside the workload keeps its path: the cluster's spec itself is no longer valid. */
function inWorkload({ path, pointer, message }: ValidationIssue): ValidationIssue {
  return {
    path: path.replace(/^workloads\[0\]\.?/, ''),
    pointer: pointer.replace(/^#\/workloads\/0/, '#'),
    message,
  }
}
