import type { Operation } from '../api/client.ts'
import { isConfirmed } from '../confirm.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { followOn, showOutcome, showToItsEnd } from '../operation/run.ts'
import { verdictOf } from '../operation/verdict.ts'
import { type RequestDocument, readRequests } from '../request-file/read.ts'
import { sent } from '../request-file/send.ts'

export interface ApplyOptions {
  readonly file: string
  readonly yes?: true | undefined
  readonly planOnly?: true | undefined
}

/** Plans each request of the file, asks, sends it and follows it. Stops at the first that does not go to its end. */
export async function apply(context: Context, options: ApplyOptions): Promise<ExitCode> {
  for (const document of await readRequests(options.file)) {
    const code = await applyOne(context, document, options)
    if (code !== exitCodes.done) return code
  }
  return exitCodes.done
}

async function applyOne(
  context: Context,
  document: RequestDocument,
  { yes, planOnly }: ApplyOptions,
): Promise<ExitCode> {
  if (planOnly) return verdictOf(await plan(context, document))
  if (yes) return setUp(context, document)
  const planned = await plan(context, document)
  if (!isPossible(planned)) return verdictOf(planned)
  if (await isConfirmed(`Set up ${document.request.cluster.name}?`)) return setUp(context, document)
  return exitCodes.failed
}

async function plan(context: Context, document: RequestDocument): Promise<Operation> {
  const started = await sent(document, () => context.api.POST('/v1/plans', { body: document.request }))
  const ended = await followOn(context, started.operationId)
  showOutcome(context, ended)
  return ended
}

/** A setup may wait for what a plan could not look at: whoever has read that decides. */
function isPossible({ status, result }: Operation): boolean {
  return status === 'succeeded' && result !== undefined && 'writes' in result && result.outcome !== 'refused'
}

async function setUp(context: Context, document: RequestDocument): Promise<ExitCode> {
  const { operationId } = await sent(document, () => context.api.POST('/v1/setups', { body: document.request }))
  return showToItsEnd(context, operationId)
}
