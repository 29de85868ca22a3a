import { answerOf } from '../api/answer.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'

export async function cancel({ api, output }: Context, operationId: string): Promise<ExitCode> {
  const params = { path: { operationId } }
  const operation = await answerOf(api.POST('/v1/operations/{operationId}/cancel', { params }))
  if (output.isJson) output.json(operation)
  else output.write(`${operation.kind} ${operationId} is ${operation.status}. What it has made stays.`)
  return exitCodes.done
}
