/** Starts the operations of the requests in files, and follows each to its end. */
import type { Answered } from '../../client/answer.ts'
import type { Operation } from '../../client/api.ts'
import { readCluster } from '../../client/reads.ts'
import { ifMatch } from '../../client/starts.ts'
import { isRefusal, RefusedRequest } from '../api/answer.ts'
import type { Context } from '../context.ts'
import { warn } from '../note.ts'
import { followOn, showOutcome } from '../operation/run.ts'
import { sent } from '../request-file/send.ts'
import { retryWhileTooManyRunning } from './retry-while-too-many-running.ts'
import type { Run } from './run-each.ts'
import { managerOfFiles, showUnlisted } from './unlisted.ts'

/** Starts the operation if the cluster's spec has this generation. When undefined, any generation is accepted. */
type Operates = (run: Run, generation: number | undefined) => Promise<Operation>

export interface Operations {
  readonly plan: Operates
  readonly setUp: Operates
  /** The generation that a plan is based on. Undefined when the caller may plan for the cluster but not read it. */
  readonly basedOnGeneration: (run: Run) => Promise<number | undefined>
}

export interface Declaring {
  /** Whether the setup removes workloads that the requests no longer contain. */
  readonly prune?: true | undefined
  /** Whether the files take over workloads that other managers declare. */
  readonly takeOver?: true | undefined
}

/** The operations for requests that extend their cluster's spec, or replace it. */
export function operationsOf({ prune, takeOver }: Declaring, replaces = prune === true): Operations {
  const query = { manager: managerOfFiles, ...(takeOver && { takeOver: 'true' as const }) }
  return replaces ? replacing(query, prune ? 'allow' : 'refuse') : adding(query)
}

interface DeclaringQuery {
  readonly manager: string
  readonly takeOver?: 'true'
}

function adding(query: DeclaringQuery): Operations {
  const paramsOf = (generation: number | undefined) => ({ query, ...requiring(generation) })
  return {
    basedOnGeneration: async (run) => {
      const generation = await readableGeneration(run)
      if (generation === undefined) warnThatUnbound(run)
      return generation
    },
    plan: (run, generation) =>
      startAndFollow(run, ({ api }, body) => api.POST('/v1/plans', { params: paramsOf(generation), body })),
    setUp: async (run, generation) => {
      const ended = await startAndFollow(run, ({ api }, body) =>
        api.POST('/v1/setups', { params: paramsOf(generation), body }),
      )
      if (ended.status === 'succeeded') await showUnlisted(run)
      return ended
    },
  }
}

/**
 * The operations for requests that replace the spec. They remove a workload only if its manager is `file`. The setup
 * applies exactly what was planned, or nothing.
 */
function replacing(declaring: DeclaringQuery, removals: 'allow' | 'refuse'): Operations {
  const put = (run: Run, generation: number | undefined, how: { dryRun: 'true' } | { removals: typeof removals }) => {
    const query = { ...declaring, ...how }
    const params = { path: { cluster: run.document.request.cluster.name }, query, ...requiring(generation) }
    return startAndFollow(run, ({ api }, body) => api.PUT('/v1/clusters/{cluster}', { params, body }))
  }
  return {
    basedOnGeneration: generationOf,
    plan: (run, generation) => put(run, generation, { dryRun: 'true' }),
    setUp: (run, generation) => put(run, generation, { removals }),
  }
}

type Sends = (context: Context, body: Run['document']['request']) => Promise<Answered<{ readonly operationId: string }>>

async function startAndFollow({ context, document }: Run, sends: Sends): Promise<Operation> {
  const { operationId } = await retryWhileTooManyRunning(context, () =>
    sent(document, () => sends(context, document.request)),
  ).catch((error: unknown) => {
    throw withHistory(error, document.request.cluster.name)
  })
  const ended = await followOn(context, operationId)
  showOutcome(context, ended)
  return ended
}

function withHistory(error: unknown, cluster: string): unknown {
  if (!isRefusal(error, 412)) return error
  return new RefusedRequest(error.problem, [
    error.message,
    `  Nothing was started. "wid history ${cluster}" shows what has changed since. Plan the request again with "wid diff".`,
  ])
}

function requiring(generation: number | undefined) {
  return generation === undefined ? {} : { header: ifMatch(generation) }
}

/** The generation of the spec. Undefined when the caller may plan for the cluster but not read it. */
export async function readableGeneration(run: Run): Promise<number | undefined> {
  try {
    return await generationOf(run)
  } catch (error) {
    if (isRefusal(error, 403)) return undefined
    throw error
  }
}

function warnThatUnbound({ context, document }: Run): void {
  const message = `You may not read the spec of ${document.request.cluster.name}. So the setup starts also if others change the spec after this plan.`
  warn(message, context.output.isJson)
}

/** The generation of the recorded spec, or 0 for a cluster without a record. */
async function generationOf({ context, document }: Run): Promise<number> {
  try {
    return (await readCluster(context.api, document.request.cluster.name)).generation
  } catch (error) {
    if (isRefusal(error, 404)) return 0
    throw error
  }
}
