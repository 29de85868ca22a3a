import type { Operation } from '../api/client.ts'
import { isConfirmed } from '../confirm.ts'
import type { Context } from '../context.ts'
import { CommandError, Interrupted, WrongUse } from '../errors.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { followOn, showOutcome, showToItsEnd } from '../operation/run.ts'
import { verdictOf } from '../operation/verdict.ts'
import type { Output } from '../output.ts'
import { reportError } from '../report-error.ts'
import { validRequests } from '../request-file/check.ts'
import type { RequestDocument } from '../request-file/read.ts'
import { sent } from '../request-file/send.ts'
import { type Applied, codeOfAll, summaryLines } from '../view/apply-summary.ts'

export interface ApplyOptions {
  readonly file: readonly string[]
  readonly yes?: true | undefined
  readonly planOnly?: true | undefined
}

/** Plans each request of the files, asks, sends it and follows it. One that fails keeps none of the others. */
export async function apply(context: Context, options: ApplyOptions): Promise<ExitCode> {
  const documents = await validRequests(context, options.file)
  const [only] = documents
  if (only && documents.length === 1) return applyOne(context, only, options)
  const applied: Applied[] = []
  for (const document of documents) {
    const code = await applyOne(context, document, options).catch((error) => asItEnded(error, context.output))
    applied.push({ file: document.file, cluster: document.request.cluster.name, code })
  }
  if (context.output.isJson) context.output.json({ type: 'summary', requests: applied })
  else context.output.print(summaryLines(applied))
  return codeOfAll(applied.map(({ code }) => code))
}

/** @throws {Interrupted} and {WrongUse}, which hold for all others, too */
function asItEnded(error: unknown, { isJson }: Pick<Output, 'isJson'>): ExitCode {
  if (!(error instanceof CommandError) || error instanceof Interrupted || error instanceof WrongUse) throw error
  return reportError(error, isJson)
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
