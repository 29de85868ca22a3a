import { isConfirmed } from '../confirm.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import { applyRights, planRights } from './apply.ts'
import { changeLines, objectsOf } from './change-lines.ts'
import type { RightsOptions } from './options.ts'
import type { RightsSubject } from './read.ts'
import { clusterOf } from './subject.ts'
import { ownTarget, rightsFor } from './target.ts'

/** Shows what an apply of the rights changes in the cluster, prompts, and applies them. */
export async function applyWithQuestion(
  context: Context,
  subject: RightsSubject,
  options: RightsOptions & { readonly yes?: true | undefined },
): Promise<ExitCode> {
  const { output } = context
  const cluster = clusterOf(subject)
  const target = ownTarget(context, options, cluster)
  const planned = await planRights(target.access, await rightsFor(context, subject, options, target))
  const { changes, objects } = planned
  if (!output.isJson) output.print(changeLines(changes))
  const isAsked = objects.length > 0 && !options.yes
  if (isAsked && !(await isConfirmed(`Apply ${objectsOf(objects.length)} to ${target.title}?`))) return exitCodes.failed
  await applyRights(target.access, planned)
  if (output.isJson) output.json({ type: 'rights', cluster, server: target.access.server, changes })
  else output.write(objects.length > 0 ? `${objectsOf(objects.length)} applied.` : 'The cluster has these rights.')
  return exitCodes.done
}
