import type { Context } from '../context.ts'
import { checksOf } from '../doctor/checks.ts'
import type { Finding } from '../doctor/finding.ts'
import { findingLines } from '../doctor/finding-lines.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'

/** Looks at all that a command needs, and with a name at a cluster: each line says what was found, and what to do. */
export async function doctor(context: Context, cluster: string | undefined): Promise<ExitCode> {
  let code: ExitCode = exitCodes.done
  for (const check of checksOf(cluster)) {
    const findings = await check(context)
    show(context, findings)
    if (findings.some(({ state }) => state === 'problem')) code = exitCodes.failed
  }
  return code
}

function show({ output }: Context, findings: readonly Finding[]): void {
  if (output.isJson) for (const finding of findings) output.json({ type: 'finding', ...finding })
  else output.print(findings.flatMap(findingLines))
}
