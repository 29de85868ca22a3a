/** Derives findings from the facts about a machine, an API and a cluster. */
import type { Cluster } from '../../client/api.ts'
import type { SecretRead } from '../aws/secrets.ts'
import { type Finding, ok } from './finding-lines.ts'
import { type StoredCredentials, type Validity, validityOf } from './stored-credentials.ts'

/** @param range from package.json: ">=22.19.0" */
export function nodeFinding(version: string, range: string): Finding {
  const needed = range.replace('>=', '')
  if (version.localeCompare(needed, undefined, { numeric: true }) >= 0) return ok('Node.js', version)
  return { check: 'Node.js', state: 'problem', found: version, toDo: `Install Node.js ${needed} or newer.` }
}

/** AWS rejects signatures when clocks differ by more than this: https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html */
const toleratedSeconds = 300

/**
 * @param date the header of a response, or null
 * @param now when the response arrived, by the clock of this machine
 */
export function clockFinding(date: string | null, now: Date): Finding {
  const theirs = Date.parse(date ?? '')
  if (Number.isNaN(theirs)) return { check: 'clock', state: 'unknown', found: 'the API does not say its time' }
  const seconds = Math.round((now.getTime() - theirs) / 1000)
  const found = `${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead of'} the API`
  if (Math.abs(seconds) <= toleratedSeconds) return ok('clock', found)
  return {
    check: 'clock',
    state: 'problem',
    found,
    toDo: 'Set the clock of this machine: AWS rejects a signature whose time differs by more than five minutes.',
  }
}

/** Half for the parallel steps of one setup, and half for the API and for other setups. */
const enoughFunctions = 50

/** https://docs.aws.amazon.com/general/latest/gr/lambda-service.html#limits_lambda */
const raise =
  'aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value 1000'

/** Whether the account's concurrency limit for functions suffices. */
export function concurrencyFinding(concurrency: number | 'denied'): Finding {
  const check = 'Lambda quota'
  if (concurrency === 'denied') {
    const toDo = `Allow lambda:GetAccountSettings, or ask an administrator for the limit. Setups need ${enoughFunctions}, and a new account may have 10.`
    return { check, state: 'unknown', found: 'you may not read the concurrency limit of the account', toDo }
  }
  const found = `at most ${concurrency} functions of the account can run at once in this region`
  if (concurrency >= enoughFunctions) return ok(check, found)
  return {
    check,
    state: 'problem',
    found,
    toDo: `Setups delay each other, and large setups may fail. Request a higher quota: "${raise}".`,
  }
}

/** A finding for each condition of the cluster, and one for its webhook. */
export function clusterFindings({ name, status, lastOperationId }: Cluster): readonly Finding[] {
  const { conditions, webhook } = status
  const toDo = `"wid watch ${lastOperationId}" says what the newest operation found. "wid drift ${name}" reports what differs from the spec.`
  return [
    ...conditions.map(({ type, status: state, reason, message }): Finding => {
      if (state === 'True') return ok(type, reason)
      return { check: type, state: state === 'False' ? 'problem' : 'unknown', found: `${reason}: ${message}`, toDo }
    }),
    webhook
      ? ok('webhook', webhook.mode)
      : { check: 'webhook', state: 'unknown', found: 'no setup has reached the webhook yet', toDo },
  ]
}

const dayMs = 86_400_000

export interface ReadSecret {
  readonly arn: string
  /** The command that renews the credentials. */
  readonly renewal: string
  /** Undefined for a value without credentials. */
  readonly stored: StoredCredentials | 'absent' | 'denied' | undefined
}

/** Whether a secret has credentials that remain valid for some time. */
export function secretFinding({ arn, renewal, stored }: ReadSecret, now: Date): Finding {
  const toRenew = { check: 'secret', state: 'problem', toDo: `"${renewal}" creates a token and stores it.` } as const
  if (stored === 'absent') return { ...toRenew, found: `${arn} has no value` }
  if (stored === 'denied')
    return { check: 'secret', state: 'unknown', found: `${arn} does not exist, or you may not read it` }
  if (!stored) return { ...toRenew, found: `${arn} has no credentials of a cluster` }
  const validity = validityOf(stored.user)
  if (!validity) return ok('secret', `${arn} does not say when its credentials expire`)
  const { end } = validity
  const found = `the credentials in ${arn} ${end < now ? 'expired' : 'expire'} ${end.toISOString()}`
  return isEnding(validity, now) ? { ...toRenew, found } : ok('secret', found)
}

/** Whether credentials remain, although an agent connects the cluster. A secret that is not readable has no finding. */
export function unusedSecretFindings(
  { secret, region }: { readonly secret: string; readonly region: string },
  read: SecretRead,
): readonly Finding[] {
  if (typeof read === 'string') return []
  return [
    {
      check: 'secret',
      state: 'problem',
      found: `${secret} still has a value, but an agent connects the cluster, so no operation reads the secret`,
      toDo: `Delete it: "aws secretsmanager delete-secret --region ${region} --secret-id ${secret}".`,
    },
  ]
}

/** Whether less than 14 days, or less than a third of the lifetime, remains. Notifications have the same limits. */
function isEnding({ start, end }: Validity, now: Date): boolean {
  const third = start ? (end.getTime() - start.getTime()) / 3 : Number.POSITIVE_INFINITY
  return end.getTime() - now.getTime() < Math.min(14 * dayMs, third)
}

/** The response of an API server to a secret's credentials. */
export type ServerAnswer = { readonly minor: number } | { readonly unreachable: string } | 'refused'

/**
 * Whether the cluster is reachable, and accepts the credentials.
 *
 * @param renewal the command that renews the credentials
 */
export function serverFinding(server: string, answer: ServerAnswer, renewal: string): Finding {
  const check = 'API server'
  if (answer === 'refused') {
    const found = `${server} refuses the credentials in the secret`
    return { check, state: 'problem', found, toDo: `"${renewal}" stores a token that the server accepts.` }
  }
  if ('minor' in answer) return ok(check, `${server} (Kubernetes 1.${answer.minor}) accepts the credentials`)
  return {
    check,
    state: 'unknown',
    found: answer.unreachable,
    toDo: 'This machine cannot reach the API server. The conditions ClusterReady and Verified say whether the deployment can. "wid verify CLUSTER" checks again.',
  }
}
