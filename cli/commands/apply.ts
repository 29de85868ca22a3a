import { isPossible } from '../../client/operation.ts'
import { approvedGenerations } from '../apply/approved.ts'
import { earlierSpec } from '../apply/earlier-spec.ts'
import { ofOneGeneration } from '../apply/one-generation.ts'
import { type Declaring, operationsOf } from '../apply/operate.ts'
import { concurrencyOf } from '../apply/parallel.ts'
import { endOf, type Run, runEach, runsOf } from '../apply/run-each.ts'
import { isConfirmed, requireTerminal } from '../confirm.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes, WrongUse } from '../errors.ts'
import { validRequests } from '../request-file/check.ts'
import type { RequestDocument } from '../request-file/read.ts'

export interface ApplyOptions extends Declaring {
  readonly file?: readonly string[] | undefined
  readonly generation?: string | undefined
  readonly ifGeneration?: readonly string[] | undefined
  readonly parallel: string
  readonly yes?: true | undefined
}

/**
 * Plans the requests of the files, prompts, sends them and follows them. A failed request does not stop the others.
 *
 * @param cluster to restore to an earlier generation of its spec, instead of files
 */
export async function apply(context: Context, cluster: string | undefined, options: ApplyOptions): Promise<ExitCode> {
  const { parallel, yes } = options
  const concurrency = concurrencyOf(parallel)
  const runs = runsOf(context, await requestsOf(context, cluster, options), concurrency)
  if (!yes) requireTerminal('--yes')
  const { plan, setUp } = guarded(runs, options)
  const impossible = yes
    ? []
    : (await runEach(runs, concurrency, plan)).filter((planned) => !isPossible(planned.operation))
  const possible = runs.filter((run) => !impossible.some((planned) => planned.run === run))
  const isAsked = !yes && possible.length > 0 && !context.interrupt.aborted
  if (isAsked && !(await isConfirmed(questionOf(possible)))) return exitCodes.failed
  return endOf(context, runs, [...impossible, ...(await runEach(possible, concurrency, setUp))])
}

/** @throws {WrongUse} unless the command names files, or a cluster with a generation */
async function requestsOf(
  context: Context,
  cluster: string | undefined,
  { file, generation, prune }: ApplyOptions,
): Promise<RequestDocument[]> {
  if (file && cluster === undefined && generation === undefined) return validRequests(context, file)
  if (!file && cluster !== undefined && generation !== undefined) {
    return earlierSpec(context, { cluster, generation, prune: prune === true })
  }
  throw new WrongUse('Name either files, with -f, or a cluster and a generation: "wid apply --generation 12 CLUSTER".')
}

/**
 * The operations. Each requires that the spec still has the approved generation, or the generation of the plan. Without
 * both, a setup that only adds to the spec accepts any generation.
 */
function guarded(runs: readonly Run[], options: ApplyOptions) {
  const replaces = options.prune === true || options.generation !== undefined
  const operations = operationsOf(options, replaces)
  const approved = options.ifGeneration && approvedGenerations(options.ifGeneration, runs.map(clusterOf))
  if (approved) return ofOneGeneration(operations, async (run) => approved.get(clusterOf(run)))
  return options.yes && !replaces ? ofOneGeneration(operations, async () => undefined) : ofOneGeneration(operations)
}

function clusterOf({ document }: Run): string {
  return document.request.cluster.name
}

function questionOf(runs: readonly Run[]): string {
  return `Set up ${runs.map(clusterOf).join(', ')}?`
}
