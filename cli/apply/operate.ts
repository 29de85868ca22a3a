/** The operations that a request of a file starts, each followed to its end. */
import type { Operation } from '../api/client.ts'
import type { Context } from '../context.ts'
import { followOn, showOutcome } from '../operation/run.ts'
import { sent } from '../request-file/send.ts'
import type { Run } from './run-each.ts'
import { showUnlisted } from './unlisted.ts'
import { whenThereIsRoom } from './when-there-is-room.ts'

export async function plan({ context, document }: Run): Promise<Operation> {
  const { operationId } = await whenThereIsRoom(context, () =>
    sent(document, () => context.api.POST('/v1/plans', { body: document.request })),
  )
  return toItsEnd(context, operationId)
}

export async function setUp(run: Run): Promise<Operation> {
  const { context, document } = run
  const { operationId } = await whenThereIsRoom(context, () =>
    sent(document, () => context.api.POST('/v1/setups', { body: document.request })),
  )
  const ended = await toItsEnd(context, operationId)
  if (ended.status === 'succeeded') await showUnlisted(run)
  return ended
}

async function toItsEnd(context: Context, operationId: string): Promise<Operation> {
  const ended = await followOn(context, operationId)
  showOutcome(context, ended)
  return ended
}
