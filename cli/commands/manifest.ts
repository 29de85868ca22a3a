import type { QueryOf } from '../../client/api.ts'
import { readManifest } from '../../client/reads.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../errors.ts'
import { workloadName } from './workload-name.ts'

/** Writes a manifest for pods of a workload, as YAML or, with --output json, as JSON. */
export async function manifest(
  { api, output }: Context,
  cluster: string,
  name: string,
  options: QueryOf<'get-manifest'>,
): Promise<ExitCode> {
  const format = output.isJson ? 'json' : 'yaml'
  const text = await readManifest(api, { cluster, ...workloadName(name) }, { ...options, format })
  output.text(text.trimEnd())
  return exitCodes.done
}
