import { adding, replacing } from '../apply/operate.ts'
import { type Ran, runEach, runsOf } from '../apply/run-each.ts'
import { endOf } from '../apply/sum-up.ts'
import { widthOf } from '../apply/width.ts'
import type { Context } from '../context.ts'
import type { ExitCode } from '../exit-codes.ts'
import { silentOutput } from '../output.ts'
import { validRequests } from '../request-file/check.ts'
import { diffComment, type Planned } from '../view/diff-comment.ts'

export interface DiffOptions {
  readonly file: readonly string[]
  readonly parallel: string
  readonly prune?: true | undefined
  readonly isMarkdown: boolean
}

/** Reports what setups of the requests of the files would write, as it is found, or as one comment in Markdown. */
export async function diff(context: Context, { file, parallel, prune, isMarkdown }: DiffOptions): Promise<ExitCode> {
  const { plan } = prune ? replacing() : adding
  const width = widthOf(parallel)
  const shown = isMarkdown ? { ...context, output: silentOutput } : context
  const runs = runsOf(shown, await validRequests(shown, file), width)
  const planned = await runEach(runs, width, plan)
  if (isMarkdown) context.output.text(diffComment(planned.map(plannedOf)))
  return endOf(shown, runs, planned)
}

function plannedOf({ run, code, operation, message }: Ran): Planned {
  return { file: run.document.file, cluster: run.document.request.cluster.name, code, operation, message }
}
