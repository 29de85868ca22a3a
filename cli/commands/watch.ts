import { readOperations } from '../../client/reads.ts'
import type { Context } from '../context.ts'
import { WrongUse } from '../errors.ts'
import type { ExitCode } from '../exit-codes.ts'
import { showToItsEnd } from '../operation/run.ts'

/** Follows an operation, or the newest one of a cluster. Operation IDs are UUIDs, and cluster names are not. */
export async function watch(context: Context, what: string): Promise<ExitCode> {
  const isId = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(what)
  if (isId) return showToItsEnd(context, { operationId: what })
  const [newest] = await readOperations(context.api, { cluster: what }, 1)
  if (newest) return showToItsEnd(context, newest)
  throw new WrongUse(`There is no operation of a cluster "${what}" that you may see. "wid get clusters" lists them.`)
}
