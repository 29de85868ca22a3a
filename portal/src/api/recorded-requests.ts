/** The recorded request of an operation, which suffices to send it again. */
import * as z from 'zod/mini'
import type { Operation } from '../../../client/api.ts'
import type { Revocation, Teardown } from '../../../client/starts.ts'
import type { WorkloadName } from '../../../client/workload.ts'

type Recorded = Pick<Operation, 'request'>

const workload = z.object({ namespace: z.string(), serviceAccount: z.string() })

const teardown = z.object({
  workloads: z.array(workload),
  whole: z.boolean(),
  deleteCluster: z.boolean(),
  force: z.boolean(),
  dryRun: z.boolean(),
})

/** Returns undefined when another version of the product recorded the request in another form. */
export function recordedTeardown(cluster: string, { request }: Recorded): Teardown | undefined {
  const { data } = teardown.safeParse(request)
  if (!data) return undefined
  const { whole, workloads, ...options } = data
  const [workload] = whole ? [] : workloads
  if (!whole && !workload) return undefined
  return { cluster, ...(workload && { workload }), ...options }
}

const revocation = z.object({ revoke: z.object({ key: z.object({ kid: z.string() }), force: z.boolean() }) })

/** Returns undefined when another version of the product recorded the request in another form. */
export function recordedRevocation(cluster: string, { request }: Recorded): Revocation | undefined {
  const { data } = revocation.safeParse(request)
  return data && { cluster, kid: data.revoke.key.kid, force: data.revoke.force }
}

const rotation = z.object({ dryRun: z.boolean() })

/** Whether a rotation was a dry run. */
export function isReportOnly({ request }: Recorded): boolean {
  return rotation.safeParse(request).data?.dryRun ?? false
}

const verification = z.object({ all: z.optional(z.boolean()), workloads: z.array(z.object({ workload })) })

/** Returns the workload of a verification, or undefined for a verification of the entire cluster. */
export function verifiedAlone({ request }: Recorded): WorkloadName | undefined {
  const { all = false, workloads = [] } = verification.safeParse(request).data ?? {}
  return all ? undefined : workloads[0]?.workload
}
