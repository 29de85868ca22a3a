/** The operations that a request of a file starts, each followed to its end. */
import { type Answered, answerOf, RefusedRequest } from '../api/answer.ts'
import type { Operation } from '../api/client.ts'
import type { Context } from '../context.ts'
import { followOn, showOutcome } from '../operation/run.ts'
import { sent } from '../request-file/send.ts'
import type { Run } from './run-each.ts'
import { showUnlisted } from './unlisted.ts'
import { whenThereIsRoom } from './when-there-is-room.ts'

/** What is done with each request. */
export interface Operations {
  readonly plan: (run: Run) => Promise<Operation>
  readonly setUp: (run: Run) => Promise<Operation>
}

/** Adds each request to the spec of its cluster. */
export const adding: Operations = {
  plan: (run) => started(run, ({ api }, body) => api.POST('/v1/plans', { body })),
  setUp: async (run) => {
    const ended = await started(run, ({ api }, body) => api.POST('/v1/setups', { body }))
    if (ended.status === 'succeeded') await showUnlisted(run)
    return ended
  },
}

/** Replaces the spec of its cluster by each request, which removes the workloads that it has not. What was planned is set up, or nothing. */
export function replacing(): Operations {
  const planned = new Map<Run, number | undefined>()
  return {
    plan: async (run) => {
      const generation = await generationOf(run)
      planned.set(run, generation)
      return started(run, ({ api }, body) =>
        api.PUT('/v1/clusters/{cluster}', { params: paramsOf(run, generation, { dryRun: 'true' }), body }),
      )
    },
    setUp: async (run) => {
      const generation = planned.has(run) ? planned.get(run) : await generationOf(run)
      return started(run, ({ api }, body) =>
        api.PUT('/v1/clusters/{cluster}', { params: paramsOf(run, generation, { removals: 'allow' }), body }),
      )
    },
  }
}

type Sends = (context: Context, body: Run['document']['request']) => Promise<Answered<{ readonly operationId: string }>>

async function started({ context, document }: Run, sends: Sends): Promise<Operation> {
  const { operationId } = await whenThereIsRoom(context, () => sent(document, () => sends(context, document.request)))
  const ended = await followOn(context, operationId)
  showOutcome(context, ended)
  return ended
}

function paramsOf<Query>({ document }: Run, generation: number | undefined, query: Query) {
  const cluster = document.request.cluster.name
  return { path: { cluster }, query, ...(generation !== undefined && { header: { 'If-Match': `"${generation}"` } }) }
}

/** Of the recorded spec; undefined for a new cluster. */
async function generationOf({ context, document }: Run): Promise<number | undefined> {
  const path = { cluster: document.request.cluster.name }
  try {
    return (await answerOf(context.api.GET('/v1/clusters/{cluster}', { params: { path } }))).generation
  } catch (error) {
    if (error instanceof RefusedRequest && error.problem.status === 404) return undefined
    throw error
  }
}
