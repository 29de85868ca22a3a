import { allPages } from '../api/all-pages.ts'
import { answerOf } from '../api/answer.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { generationHeadings, generationRow } from '../view/generation-row.ts'
import { table } from '../view/table.ts'

/** The stored generations of a cluster's spec, newest first. */
export async function history({ api, output }: Context, cluster: string): Promise<ExitCode> {
  const pages = await allPages(({ limit, after }) => {
    const query = { limit, ...(after !== undefined && { after: Number(after) }) }
    return answerOf(api.GET('/v1/clusters/{cluster}/generations', { params: { path: { cluster }, query } }))
  })
  const generations = pages.flatMap((page) => page.generations)
  if (output.isJson) for (const generation of generations) output.json(generation)
  else for (const line of table(generationHeadings, generations.map(generationRow))) output.write(line)
  return exitCodes.done
}
