/** Derives findings from the facts about an AWS account before a deployment. */
import { type BootstrapRead, bootstrapParameter } from '../../aws/bootstrap.ts'
import type { Certificate } from '../../aws/certificate.ts'
import type { IdentityRead, RoleCount } from '../../aws/iam.ts'
import { type Finding, ok } from '../finding-lines.ts'
import type { PlannedCaller, PlannedCertificate } from './planned.ts'

/** MIN_BOOTSTRAP_STACK_VERSION of aws-cdk-lib, whose templates reject older versions. */
const oldestBootstrap = 6

/** @param place the region, and the settings file for the command that makes a bootstrap */
export function bootstrapFinding(
  read: BootstrapRead,
  place: { readonly region: string; readonly file: string },
): Finding {
  const check = 'bootstrap'
  if (read === 'denied') return notRead(check, `the parameter ${bootstrapParameter} cannot be read`, 'ssm:GetParameter')
  if (read !== 'absent' && Number(read.version) >= oldestBootstrap) return ok(check, `version ${read.version}`)
  const found =
    read === 'absent'
      ? `${place.region} has no parameter ${bootstrapParameter}`
      : `version ${read.version}, and a deployment needs ${oldestBootstrap} or newer`
  const toDo = `Run "npx cdk bootstrap -c settings=${place.file}" as an administrator. This check does not find a bootstrap with another qualifier than hnb659fds.`
  return { check, state: 'problem', found, toDo }
}

/** The roles of the stack with all settings, rounded up. */
const rolesOfDeployment = 50

/** Whether the account can have the roles of a first deployment. */
export function rolesFinding(read: RoleCount | 'denied'): Finding {
  const check = 'IAM roles'
  if (read === 'denied') return notRead(check, 'the number of roles cannot be read', 'iam:GetAccountSummary')
  const { count, quota } = read
  const found = `${count} roles exist, and the account may have ${quota}`
  if (quota - count >= rolesOfDeployment) return ok(check, found)
  return {
    check,
    state: 'problem',
    found,
    toDo: `A first deployment creates up to ${rolesOfDeployment} roles, and each workload needs one more. Request a higher quota in Service Quotas: L-FE177D64 of IAM.`,
  }
}

/**
 * The default quota, which is also the smallest:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const fewestProviders = 100

/** Whether the account can have another OIDC provider. IAM does not report the account's quota. */
export function providersFinding(count: number | 'denied'): Finding {
  const check = 'OIDC providers'
  if (count === 'denied') {
    return notRead(check, 'the number of OIDC providers cannot be read', 'iam:ListOpenIDConnectProviders')
  }
  if (count < fewestProviders) return ok(check, `${count} exist, and the account may have ${fewestProviders} or more`)
  const toDo = 'Each cluster needs one more. Compare the number with quota L-858F3967 of IAM in Service Quotas.'
  return { check, state: 'unknown', found: `${count} exist, and the quota of the account is not known`, toDo }
}

/** Whether a role or user in access.grants exists, and has the ID from the settings. */
export function callerFinding({ kind, name, id }: PlannedCaller, read: IdentityRead): Finding {
  const check = 'grant'
  if (read === 'denied') {
    return notRead(check, `the ${kind} ${name} cannot be read`, kind === 'role' ? 'iam:GetRole' : 'iam:GetUser')
  }
  if (read === 'absent') {
    const toDo = `The deployment fails without it. Create the ${kind}, or correct access.grants.`
    return { check, state: 'problem', found: `the account has no ${kind} ${name}`, toDo }
  }
  if (id === undefined || id === read.id) return ok(check, `${kind} ${name}`)
  return {
    check,
    state: 'problem',
    found: `the ${kind} ${name} has the unique ID ${read.id}, and access.grants says ${id}`,
    toDo: `The deployment fails with that ID. Find out who created the ${kind}, and correct the id in access.grants.`,
  }
}

/** CloudFront accepts only certificates in us-east-1: https://docs.aws.amazon.com/acm/latest/userguide/acm-regions.html */
const cloudFrontRegion = 'us-east-1'

interface CertificatePlace {
  readonly region: string
  readonly account: string
}

/**
 * Returns the problem of a certificate that is in another region or account than its setting requires. Returns
 * undefined for a usable certificate.
 *
 * @param deployment the region and the account of the deployment
 */
export function certificatePlaceFinding(
  { setting, domain, arn }: PlannedCertificate,
  deployment: CertificatePlace,
): Finding | undefined {
  const { region, account } = certificatePlace(arn)
  const needed = setting === 'api' ? deployment.region : cloudFrontRegion
  if (region === needed && account === deployment.account) return undefined
  const found = `the certificate of ${domain} is in ${region} of account ${account}, and must be in ${needed} of ${deployment.account}`
  return { check: 'certificate', state: 'problem', found, toDo: otherCertificate(setting) }
}

/** The region and the account in the ARN of a certificate. */
export function certificatePlace(arn: string): CertificatePlace {
  const [, , , region = '', account = ''] = arn.split(':')
  return { region, account }
}

/** Whether a certificate is issued for its domain. */
export function certificateFinding(
  { setting, domain, arn }: PlannedCertificate,
  read: Certificate | 'absent' | 'denied',
): Finding {
  const check = 'certificate'
  if (read === 'denied') return notRead(check, `${arn} cannot be read`, 'acm:DescribeCertificate')
  const toDo = otherCertificate(setting)
  if (read === 'absent') return { check, state: 'problem', found: `there is no certificate ${arn}`, toDo }
  const { status, names } = read
  if (!names.some((name) => covers(name, domain))) {
    const found = `the certificate in ${setting} is for ${names.join(', ')}, and not for ${domain}`
    return { check, state: 'problem', found, toDo }
  }
  if (status === 'ISSUED') return ok(check, `issued for ${domain}`)
  const found = `the certificate of ${domain} has the status ${status}`
  return { check, state: 'problem', found, toDo: status === 'PENDING_VALIDATION' ? validation(arn) : toDo }
}

/** A server certificate of IAM, which CloudFront in China needs for hosted issuers. */
export function serverCertificateFinding(id: string): Finding {
  const toDo = '"aws iam list-server-certificates --path-prefix /cloudfront/" must list it.'
  return { check: 'certificate', state: 'unknown', found: `the server certificate ${id} is not checked`, toDo }
}

/** A wildcard covers one label: https://docs.aws.amazon.com/acm/latest/userguide/acm-concepts.html#concept-wildcard */
function covers(name: string, domain: string): boolean {
  const lower = name.toLowerCase()
  return lower === domain || (lower.startsWith('*.') && lower.slice(1) === domain.replace(/^[^.]+/, ''))
}

function otherCertificate(setting: string): string {
  return `Request or import a certificate that fits, and name it in ${setting}.certificateArn.`
}

function validation(arn: string): string {
  const command = `aws acm describe-certificate --region ${certificatePlace(arn).region} --certificate-arn ${arn}`
  return `Create the DNS record, or answer the e-mail, that "${command}" shows.`
}

function notRead(check: string, found: string, action: string): Finding {
  return { check, state: 'unknown', found, toDo: `Allow ${action}, or ask an administrator.` }
}
