import { cancel as cancelOperation } from '../../client/starts.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'

export async function cancel({ api, output }: Context, operationId: string): Promise<ExitCode> {
  const operation = await cancelOperation(api, operationId)
  if (output.isJson) output.json(operation)
  else output.write(`${operation.kind} ${operationId} is ${operation.status}. What it has made stays.`)
  return exitCodes.done
}
