import { accountNamedBy, apiAndAwsFrom, type Start } from '../doctor/api-and-aws.ts'
import { checksOf } from '../doctor/checks.ts'
import { type Finding, findingLines } from '../doctor/finding-lines.ts'
import { type ExitCode, exitCodes, WrongUse } from '../errors.ts'
import type { Output } from '../output.ts'

/** The default settings file, as for `cdk deploy`. */
const usualSettingsFile = 'settings.yaml'

export interface DoctorOptions {
  /** The settings file of the deployment, or `true` for the default file. */
  readonly deployment?: string | true | undefined
}

/**
 * Checks everything that a command needs, and optionally a cluster. With `deployment`, checks instead whether an AWS
 * account is ready for a deployment. Each line has a finding and what to do.
 */
export async function doctor(
  output: Output,
  start: Start,
  cluster: string | undefined,
  { deployment }: DoctorOptions,
): Promise<ExitCode> {
  const checks =
    deployment === undefined ? checksWithApi(start, cluster) : await checksBefore(deployment, start, cluster)
  let code: ExitCode = exitCodes.done
  for (const check of checks) {
    const findings = await check()
    show(output, findings)
    if (findings.some(({ state }) => state === 'problem')) code = exitCodes.failed
  }
  return code
}

type Checks = readonly (() => Promise<readonly Finding[]>)[]

function checksWithApi(start: Start, cluster: string | undefined): Checks {
  const apiAndAws = apiAndAwsFrom(start)
  return checksOf(cluster).map((check) => () => check(apiAndAws))
}

async function checksBefore(
  deployment: string | true,
  { options }: Start,
  cluster: string | undefined,
): Promise<Checks> {
  if (cluster !== undefined) {
    throw new WrongUse(`--deployment checks an account, and "${cluster}" is a cluster: give one of the two.`)
  }
  // The client of IAM takes longer to load than the other checks take.
  const { deploymentChecks } = await import('../doctor/deployment/checks.ts')
  return deploymentChecks(accountNamedBy(options), deployment === true ? usualSettingsFile : deployment)
}

function show(output: Output, findings: readonly Finding[]): void {
  if (output.isJson) for (const finding of findings) output.json({ type: 'finding', ...finding })
  else output.print(findings.flatMap(findingLines))
}
