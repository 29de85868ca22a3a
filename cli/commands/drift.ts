import { answerOf } from '../api/answer.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { showToItsEnd } from '../operation/run.ts'
import { setupRequest } from '../request-file/read.ts'

export interface DriftOptions {
  /** Sends the recorded spec again. */
  readonly repair?: true | undefined
}

export async function drift(context: Context, cluster: string, { repair }: DriftOptions): Promise<ExitCode> {
  const path = { path: { cluster } }
  const { operationId } = await answerOf(context.api.POST('/v1/clusters/{cluster}/drift', { params: path, body: {} }))
  const code = await showToItsEnd(context, operationId)
  if (!repair || code !== exitCodes.drift) return code
  const { spec } = await answerOf(context.api.GET('/v1/clusters/{cluster}', { params: path }))
  const setup = await answerOf(context.api.POST('/v1/setups', { body: setupRequest.parse(spec) }))
  return showToItsEnd(context, setup.operationId)
}
