/** The parts of a settings file that `wid doctor --deployment` checks. `cdk synth` checks all settings. */
import { parse } from 'yaml'
import * as z from 'zod/mini'
import type { NamedIdentity } from '../../aws/iam.ts'
import { WrongUse } from '../../errors.ts'
import { readText } from '../../request-file/files.ts'

/** A role or user in access.grants. The deployment fails without it. */
export interface PlannedCaller extends NamedIdentity {
  /** The unique ID in the settings. Undefined when the settings accept any ID. */
  readonly id?: string | undefined
}

/** A certificate of ACM for a domain. */
export interface PlannedCertificate {
  /** The setting that names it. */
  readonly setting: 'api' | 'issuerHost' | 'portal'
  readonly domain: string
  readonly arn: string
}

export interface Planned {
  readonly callers: readonly PlannedCaller[]
  readonly certificates: readonly PlannedCertificate[]
  /** The server certificate of IAM for hosted issuers in China, if any. */
  readonly iamCertificateId: string | undefined
}

const id = z.optional(z.string())
const caller = z.union([z.object({ role: z.string(), id }), z.object({ user: z.string(), id })])
const arn = z.string().check(z.regex(/^arn:[^:]+:acm:[^:]+:\d{12}:certificate\/[\w-]+$/))
const domainSettings = z.object({ domain: z.string(), certificateArn: arn })

const settings = z.object({
  // A grant to tokens has `jwt` instead of `iam`.
  access: z.object({ grants: z.array(z.object({ to: z.array(z.object({ iam: z.optional(caller) })) })) }),
  api: z.optional(domainSettings),
  portal: z.optional(domainSettings),
  issuerHost: z.optional(
    z.object({
      domain: z.optional(z.string()),
      certificateArn: z.optional(arn),
      iamCertificateId: z.optional(z.string()),
    }),
  ),
})

/** @throws {WrongUse} when the file cannot be read, or the settings in it are wrong */
export async function readPlanned(file: string): Promise<Planned> {
  return plannedIn(await readText(file), file)
}

/** @throws {WrongUse} when the text is not YAML, or the settings in it are wrong */
export function plannedIn(text: string, file: string): Planned {
  const { data, error } = settings.safeParse(valueIn(text, file))
  if (data) return plannedBy(data)
  const [issue] = error.issues
  const where = issue?.path.join('.') || 'the file'
  throw new WrongUse(`${file}: ${where} is missing or wrong. "npx cdk synth --quiet -c settings=${file}" says more.`)
}

function valueIn(text: string, file: string): unknown {
  try {
    return parse(text, { stringKeys: true, logLevel: 'error' })
  } catch {
    throw new WrongUse(`${file} is not YAML. "npx cdk synth --quiet -c settings=${file}" says where.`)
  }
}

function plannedBy({ access, api, portal, issuerHost }: z.output<typeof settings>): Planned {
  const named = access.grants.flatMap(({ to }) => to.flatMap(({ iam }) => (iam ? [callerOf(iam)] : [])))
  const callers = new Map<string, PlannedCaller>()
  for (const one of named) {
    const key = `${one.kind}/${one.name}`
    callers.set(key, { ...one, id: callers.get(key)?.id ?? one.id })
  }
  return {
    callers: [...callers.values()],
    certificates: [
      ...certificateOf('api', api),
      ...certificateOf('issuerHost', issuerHost),
      ...certificateOf('portal', portal),
    ],
    iamCertificateId: issuerHost?.iamCertificateId,
  }
}

function callerOf(named: z.output<typeof caller>): PlannedCaller {
  return 'role' in named
    ? { kind: 'role', name: named.role, id: named.id }
    : { kind: 'user', name: named.user, id: named.id }
}

interface DomainSettings {
  readonly domain?: string | undefined
  readonly certificateArn?: string | undefined
}

function certificateOf(
  setting: PlannedCertificate['setting'],
  { domain, certificateArn }: DomainSettings = {},
): readonly PlannedCertificate[] {
  return domain === undefined || certificateArn === undefined ? [] : [{ setting, domain, arn: certificateArn }]
}
