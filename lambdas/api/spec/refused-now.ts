import type { OperationError } from '../../errors/recorded.ts'
import type { RecordedCluster } from '../../operations/record/cluster-record.ts'
import { desiredWorkloads } from '../../operations/record/generation.ts'
import { itemOf } from '../../ownership/ownership.ts'
import type { ValidationIssue } from '../../spec/issue.ts'
import { type Deployment, parseSetupRequest } from '../request/parse-setup.ts'

/**
 * The reasons why the API would reject a setup of the recorded spec with status 400, for example because the deployment
 * now allows less. It validates each workload alone, because validation limits the issues of one request.
 */
export function refusedNow(
  { cluster, workloads }: Pick<RecordedCluster, 'cluster' | 'workloads'>,
  deployment: Deployment,
): OperationError[] {
  const refused = desiredWorkloads({ workloads }).flatMap((workload) => {
    const request = { ...cluster.spec, workloads: [workload] }
    const parsed = parseSetupRequest(request, deployment)
    return parsed.ok ? [] : parsed.issues.map((issue) => errorOf(issue, cluster.cluster, itemOf(workload)))
  })
  // Removes duplicates, because issues of the cluster's part occur once for each workload.
  return [...new Map(refused.map((each) => [JSON.stringify(each), each])).values()]
}

const ofWorkload = /^workloads\[0\]\.?/

function errorOf({ path, message }: ValidationIssue, cluster: string, item: string): OperationError {
  const isOfWorkload = ofWorkload.test(path)
  return {
    name: 'InvalidRequest',
    object: isOfWorkload ? `workload ${item}` : `cluster ${cluster}`,
    reason: `${path.replace(ofWorkload, '')} ${message}`.trim(),
    action: 'Send a setup that corrects the field, or ask the operators of the deployment to allow its value',
    ...(isOfWorkload && { item }),
  }
}
