import type { ClusterSpec } from '../operations/record.ts'
import type { ValidationIssue } from '../spec/issue.ts'
import { type Deployment, type ParsedRequest, parseSetupRequest } from './parse-setup.ts'

/**
 * The setup that adds one workload to a cluster: the cluster's spec, with this workload in the place of
 * its own. What was made by hand is not adopted, even if that request did so: its author had other objects in mind. Faults
 * of the workload are told by their path in it.
 *
 * @param workload parsed JSON, as it came in
 */
export function addedWorkload(spec: ClusterSpec, workload: unknown, deployment: Deployment): ParsedRequest {
  const parsed = parseSetupRequest({ ...spec, workloads: [workload], adopt: false }, deployment)
  return parsed.ok ? parsed : { ok: false, issues: parsed.issues.map(inWorkload) }
}

/** A fault elsewhere stays where it is: the cluster's last request is no longer allowed as it is. */
function inWorkload({ path, pointer, message }: ValidationIssue): ValidationIssue {
  return {
    path: path.replace(/^workloads\[0\]\.?/, ''),
    pointer: pointer.replace(/^#\/workloads\/0/, '#'),
    message,
  }
}
