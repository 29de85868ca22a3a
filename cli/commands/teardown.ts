import { answerOf } from '../api/answer.ts'
import { ask } from '../confirm.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { showToItsEnd } from '../operation/run.ts'

export interface TeardownOptions {
  readonly yes?: true | undefined
  readonly dryRun?: true | undefined
  readonly force?: true | undefined
  readonly deleteCluster?: true | undefined
}

/** Shows what a teardown would remove and which pods use it, prompts for the cluster's name, and tears it down. */
export async function teardown(context: Context, cluster: string, options: TeardownOptions): Promise<ExitCode> {
  if (!options.yes) {
    const reported = await remove(context, cluster, { ...options, dryRun: true })
    if (options.dryRun || reported !== exitCodes.done) return reported
    const typed = await ask(`Type the name of the cluster to tear it down: `, '--yes')
    if (typed !== cluster) return exitCodes.failed
  }
  return remove(context, cluster, options)
}

async function remove(context: Context, cluster: string, options: TeardownOptions): Promise<ExitCode> {
  const query = {
    ...(options.dryRun && { dryRun: 'true' as const }),
    ...(options.force && { force: 'true' as const }),
    ...(options.deleteCluster && { deleteCluster: 'true' as const }),
  }
  const started = await answerOf(context.api.DELETE('/v1/clusters/{cluster}', { params: { path: { cluster }, query } }))
  return showToItsEnd(context, started.operationId)
}
