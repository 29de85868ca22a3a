import { verify as startVerification } from '../../client/starts.ts'
import type { Context } from '../context.ts'
import type { ExitCode } from '../exit-codes.ts'
import { showToItsEnd } from '../operation/run.ts'
import { workloadName } from './workload-name.ts'

/** Repeats the proof of one workload, or of all workloads of the cluster. */
export async function verify(context: Context, cluster: string, name: string | undefined): Promise<ExitCode> {
  const workload = name === undefined ? undefined : workloadName(name)
  return showToItsEnd(context, startVerification(context.api, { cluster, workload }))
}
