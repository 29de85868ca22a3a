import { tearDown } from '../../client/starts.ts'
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
  const { yes, ...how } = options
  if (!yes) {
    const reported = await showToItsEnd(context, tearDown(context.api, { cluster, ...how, dryRun: true }))
    if (how.dryRun || reported !== exitCodes.done) return reported
    const typed = await ask('Type the name of the cluster to tear it down: ', '--yes')
    if (typed !== cluster) return exitCodes.failed
  }
  return showToItsEnd(context, tearDown(context.api, { cluster, ...how }))
}
