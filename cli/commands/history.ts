import { readGenerations } from '../../client/reads.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { generationHeadings, generationRow } from '../view/generation-row.ts'
import { showTable } from '../view/table.ts'

/** The stored generations of a cluster's spec, newest first. */
export async function history({ api, output }: Context, cluster: string): Promise<ExitCode> {
  showTable(output, await readGenerations(api, cluster), generationHeadings, generationRow)
  return exitCodes.done
}
