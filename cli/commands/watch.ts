import { newestOperations, type PageQuery } from '../api/all-pages.ts'
import { answerOf } from '../api/answer.ts'
import type { Context } from '../context.ts'
import { WrongUse } from '../errors.ts'
import type { ExitCode } from '../exit-codes.ts'
import { showToItsEnd } from '../operation/run.ts'

/** Follows an operation, or the newest one of a cluster. Operation IDs are UUIDs, and cluster names are not. */
export async function watch(context: Context, what: string): Promise<ExitCode> {
  const isId = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(what)
  return showToItsEnd(context, isId ? what : await newestOf(context, what))
}

async function newestOf({ api }: Context, cluster: string): Promise<string> {
  const read = (page: PageQuery) => answerOf(api.GET('/v1/operations', { params: { query: { ...page, cluster } } }))
  const [newest] = await newestOperations(read, 1)
  if (newest) return newest.operationId
  throw new WrongUse(`There is no operation of a cluster "${cluster}" that you may see. "wid get clusters" lists them.`)
}
