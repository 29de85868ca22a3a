/** The recorded request of an operation, which suffices to send it again. */
import * as z from 'zod/mini'
import type { Operation } from './client.ts'
import type { Revocation, Teardown } from './start.ts'

type Recorded = Pick<Operation, 'request'>

const teardown = z.object({
  workloads: z.array(z.object({ namespace: z.string(), serviceAccount: z.string() })),
  whole: z.boolean(),
  deleteCluster: z.boolean(),
  force: z.boolean(),
  dryRun: z.boolean(),
})

/** Undefined when another version recorded it in another form. */
export function recordedTeardown(cluster: string, { request }: Recorded): Teardown | undefined {
  const { data } = teardown.safeParse(request)
  if (!data) return undefined
  const { whole, workloads, ...options } = data
  const [workload] = whole ? [] : workloads
  if (!whole && !workload) return undefined
  return { cluster, ...(workload && { workload }), ...options }
}

const revocation = z.object({ revoke: z.object({ key: z.object({ kid: z.string() }), force: z.boolean() }) })

/** Undefined when another version recorded it in another form. */
export function recordedRevocation(cluster: string, { request }: Recorded): Revocation | undefined {
  const { data } = revocation.safeParse(request)
  return data && { cluster, kid: data.revoke.key.kid, force: data.revoke.force }
}

const rotation = z.object({ dryRun: z.boolean() })

/** Whether a rotation was a dry run. */
export function isReportOnly({ request }: Recorded): boolean {
  return rotation.safeParse(request).data?.dryRun ?? false
}
