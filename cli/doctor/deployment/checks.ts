/** The checks of `wid doctor --deployment`. They only read, and need no API. */
import { readBootstrap } from '../../aws/bootstrap.ts'
import { readCertificate } from '../../aws/certificate.ts'
import { countProviders, countRoles, readIdentity } from '../../aws/iam.ts'
import type { AwsContext } from '../../aws/settings.ts'
import { CommandError } from '../../errors.ts'
import { type Account, accountFindings, accountOf } from '../account.ts'
import { checkNode } from '../check-node.ts'
import { type Finding, ok } from '../finding-lines.ts'
import { unlessFailing } from '../unless-failing.ts'
import {
  bootstrapFinding,
  callerFinding,
  certificateFinding,
  certificatePlace,
  certificatePlaceFinding,
  providersFinding,
  rolesFinding,
  serverCertificateFinding,
} from './decide.ts'
import { type Planned, type PlannedCertificate, readPlanned } from './planned.ts'

/** @param file the settings of the deployment */
export function deploymentChecks(aws: AwsContext, file: string): readonly (() => Promise<readonly Finding[]>)[] {
  return [checkNode, () => checkAccount(aws, file)]
}

async function checkAccount(aws: AwsContext, file: string): Promise<readonly Finding[]> {
  const { finding, planned } = await settingsAt(file)
  const findings = await unlessFailing('AWS', async () => {
    const account = await accountOf(aws)
    const checks = [...ofEveryDeployment(account, file), ...(planned ? ofSettings(account, planned) : [])]
    return (await Promise.all([accountFindings(account), ...checks])).flat()
  })
  return [finding, ...findings]
}

interface SettingsRead {
  readonly finding: Finding
  /** Undefined when the file cannot be read. */
  readonly planned?: Planned
}

async function settingsAt(file: string): Promise<SettingsRead> {
  try {
    return { finding: ok('settings', file), planned: await readPlanned(file) }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    const toDo =
      'The grants and certificates of the deployment are not checked. Name another file with "wid doctor --deployment FILE".'
    return { finding: { check: 'settings', state: 'unknown', found: error.message, toDo } }
  }
}

type Found = Promise<readonly Finding[]>

function ofEveryDeployment({ settings }: Account, file: string): Found[] {
  const place = { region: settings.region, file }
  return [
    checked('bootstrap', async () => bootstrapFinding(await readBootstrap(settings), place)),
    checked('IAM roles', async () => rolesFinding(await countRoles(settings))),
    checked('OIDC providers', async () => providersFinding(await countProviders(settings))),
  ]
}

function ofSettings(account: Account, { callers, certificates, iamCertificateId }: Planned): Found[] {
  return [
    ...callers.map((caller) =>
      checked('grant', async () => callerFinding(caller, await readIdentity(account.settings, caller))),
    ),
    ...certificates.map((certificate) => checked('certificate', () => checkCertificate(account, certificate))),
    ...(iamCertificateId === undefined
      ? []
      : [checked('certificate', async () => serverCertificateFinding(iamCertificateId))]),
  ]
}

async function checkCertificate({ settings, caller }: Account, certificate: PlannedCertificate): Promise<Finding> {
  const elsewhere = certificatePlaceFinding(certificate, { region: settings.region, account: caller.account })
  if (elsewhere) return elsewhere
  const { region } = certificatePlace(certificate.arn)
  return certificateFinding(certificate, await readCertificate({ ...settings, region }, certificate.arn))
}

function checked(check: string, find: () => Promise<Finding>): Found {
  return unlessFailing(check, async () => [await find()])
}
