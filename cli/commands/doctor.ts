import { checksOf } from '../doctor/checks.ts'
import { type Finding, findingLines } from '../doctor/finding-lines.ts'
import { patientFrom, type Start } from '../doctor/patient.ts'
import { type ExitCode, exitCodes } from '../errors.ts'
import type { Output } from '../output.ts'

/** Checks everything that a command needs, and optionally a cluster. Each line has a finding and what to do. */
export async function doctor(output: Output, start: Start, cluster: string | undefined): Promise<ExitCode> {
  const patient = patientFrom(start)
  let code: ExitCode = exitCodes.done
  for (const check of checksOf(cluster)) {
    const findings = await check(patient)
    show(output, findings)
    if (findings.some(({ state }) => state === 'problem')) code = exitCodes.failed
  }
  return code
}

function show(output: Output, findings: readonly Finding[]): void {
  if (output.isJson) for (const finding of findings) output.json({ type: 'finding', ...finding })
  else output.print(findings.flatMap(findingLines))
}
