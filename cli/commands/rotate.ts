import { answerOf } from '../api/answer.ts'
import type { Context } from '../context.ts'
import type { ExitCode } from '../exit-codes.ts'
import { showToItsEnd } from '../operation/run.ts'

export async function rotate(context: Context, options: { readonly dryRun?: true | undefined }): Promise<ExitCode> {
  const started = await answerOf(context.api.POST('/v1/rotations', { body: { dryRun: options.dryRun === true } }))
  return showToItsEnd(context, started.operationId)
}
