import type { Context, GlobalOptions } from '../context.ts'
import { checksOf } from '../doctor/checks.ts'
import type { Finding } from '../doctor/finding.ts'
import { findingLines } from '../doctor/finding-lines.ts'
import { patientFrom } from '../doctor/patient.ts'
import { type ExitCode, exitCodes } from '../exit-codes.ts'
import type { Output } from '../output.ts'

export interface DoctorNeeds {
  readonly output: Output
  readonly options: GlobalOptions
  readonly contextFrom: (options: GlobalOptions) => Context
}

/** Checks everything that a command needs, and optionally a cluster. Each line has a finding and what to do. */
export async function doctor(
  { output, options, contextFrom }: DoctorNeeds,
  cluster: string | undefined,
): Promise<ExitCode> {
  const patient = patientFrom(options, contextFrom)
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
