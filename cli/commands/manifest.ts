import { answerOf } from '../api/answer.ts'
import type { operations } from '../api/types.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { workloadName } from './workload-name.ts'

export type ManifestOptions = NonNullable<operations['get-manifest']['parameters']['query']>

/** Writes a manifest for pods of a workload, as YAML or, with --output json, as JSON. */
export async function manifest(
  context: Context,
  cluster: string,
  name: string,
  options: ManifestOptions,
): Promise<ExitCode> {
  const { api, output } = context
  const format = output.isJson ? ('json' as const) : ('yaml' as const)
  const text = await answerOf(
    api.GET('/v1/clusters/{cluster}/workloads/{namespace}/{serviceAccount}/manifest', {
      params: { path: { cluster, ...workloadName(name) }, query: { ...options, format } },
      parseAs: 'text',
    }),
  )
  output.text(text.trimEnd())
  return exitCodes.done
}
