import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../errors.ts'
import { queryOf, type RightsOptions, type RightsSubject, rightsText, subjectOf } from '../rights/read.ts'

export interface RightsCommandOptions extends RightsOptions {
  readonly apply?: true | undefined
  readonly yes?: true | undefined
}

/** Prints the manifests of the rights that setups of a cluster need, or applies them with the user's own kubeconfig. */
export async function rights(
  context: Context,
  cluster: string | undefined,
  options: RightsCommandOptions,
): Promise<ExitCode> {
  const subject = await subjectOf(cluster, options.file)
  if (!options.apply) return print(context, subject, options)
  // The Kubernetes client takes longer to load than printing takes.
  const { applyWithQuestion } = await import('../rights/apply.ts')
  return applyWithQuestion(context, subject, options)
}

async function print(context: Context, subject: RightsSubject, options: RightsOptions): Promise<ExitCode> {
  const format = context.output.isJson ? ('json' as const) : ('yaml' as const)
  const text = await rightsText(context, subject, { ...queryOf(options), format })
  context.output.text(text.trimEnd())
  return exitCodes.done
}
