import { rotate as startRotation } from '../../client/starts.ts'
import type { Context } from '../context.ts'
import type { ExitCode } from '../exit-codes.ts'
import { showToItsEnd } from '../operation/run.ts'

export function rotate(context: Context, options: { readonly dryRun?: true | undefined }): Promise<ExitCode> {
  return showToItsEnd(context, startRotation(context.api, { dryRun: options.dryRun === true }))
}
