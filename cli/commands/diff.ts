import { type Declaring, operationsOf, readableGeneration } from '../apply/operate.ts'
import { concurrencyOf } from '../apply/parallel.ts'
import { endOf, type Ran, type Run, runEach, runsOf } from '../apply/run-each.ts'
import type { Context } from '../context.ts'
import type { ExitCode } from '../errors.ts'
import { silentOutput } from '../output.ts'
import { validRequests } from '../request-file/check.ts'
import { diffComment } from '../view/diff-comment.ts'
import { field } from '../view/line.ts'

export interface DiffOptions extends Declaring {
  readonly file: readonly string[]
  readonly parallel: string
  readonly isMarkdown: boolean
}

/** Reports what setups of the files' requests would write, as results arrive or as one Markdown comment. */
export async function diff(
  context: Context,
  { file, parallel, isMarkdown, ...declaring }: DiffOptions,
): Promise<ExitCode> {
  const { plan } = operationsOf(declaring)
  const concurrency = concurrencyOf(parallel)
  const shown = isMarkdown ? { ...context, output: silentOutput } : context
  const runs = runsOf(shown, await validRequests(shown, file), concurrency)
  const generations = new Map<Run, number>()
  const planned = await runEach(runs, concurrency, async (run) => {
    const generation = await readableGeneration(run)
    if (generation !== undefined) generations.set(run, generation)
    const operation = await plan(run, generation)
    showGeneration(run, generation)
    return operation
  })
  if (isMarkdown) context.output.text(diffComment(planned.map((ran) => plannedOf(ran, generations.get(ran.run)))))
  return endOf(shown, runs, planned)
}

function showGeneration({ context: { output }, document }: Run, generation: number | undefined): void {
  if (generation === undefined) return
  if (output.isJson) output.json({ type: 'planned', cluster: document.request.cluster.name, generation })
  else
    output.print([
      field('from', `generation ${generation}: "wid apply --if-generation ${generation}" accepts no other`),
    ])
}

function plannedOf({ run, code, operation, message }: Ran, generation: number | undefined) {
  const { file, request } = run.document
  return { file, cluster: request.cluster.name, code, operation, message, generation }
}
