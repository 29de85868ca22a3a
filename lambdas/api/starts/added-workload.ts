import type { ClusterSpec } from '../../operations/record/record.ts'
import type { ValidationIssue } from '../../spec/issue.ts'
import { type Deployment, type ParsedRequest, parseSetupRequest } from '../request/parse-setup.ts'

/**
 * The request for a setup that adds one workload: the cluster's spec with this workload alone. It adopts nothing, even
 * if the spec does, because the author of the spec meant other objects. Paths of validation issues in the workload
 * begin at the workload.
 *
 * @param workload parsed JSON, not validated
 */
export function addedWorkload(spec: ClusterSpec, workload: unknown, deployment: Deployment): ParsedRequest {
  const parsed = parseSetupRequest({ ...spec, workloads: [workload], adopt: false }, deployment)
  return parsed.ok ? parsed : { ok: false, issues: parsed.issues.map(inWorkload) }
}

/** An issue outside the workload keeps its path. It means that the recorded spec itself is no longer valid. */
function inWorkload({ path, pointer, message }: ValidationIssue): ValidationIssue {
  return {
    path: path.replace(/^workloads\[0\]\.?/, ''),
    pointer: pointer.replace(/^#\/workloads\/0/, '#'),
    message,
  }
}
