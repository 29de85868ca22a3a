import { field, type Line } from '../view/line.ts'
import { styled } from '../view/terminal-text.ts'
import { isSameSecret } from './secret-ref.ts'

export interface Connected {
  readonly cluster: string
  /** URL of the API server. */
  readonly server: string
  /** NAMESPACE/NAME of the service account whose token is in the secret. */
  readonly account: string
  readonly expiresAt: Date
  readonly secretArn: string
}

/** What the user of the command has requested. */
export interface Requested {
  /** The ARN of the secret in the record or the file, if any. */
  readonly named: string | undefined
  /** Requested lifetime of the token, from `now`. */
  readonly seconds: number
  readonly wantsRenewal: boolean
  readonly now: Date
}

/** Milliseconds of accepted clock skew of a server. */
const tolerance = 60_000

/** The result, and what remains to do. Of the token, it shows only the expiry. */
export function connectedLines(
  { cluster, server, account, expiresAt, secretArn }: Connected,
  { named, seconds, wantsRenewal, now }: Requested,
): Line[] {
  const isShorter = expiresAt.getTime() + tolerance < now.getTime() + seconds * 1000
  const next = wantsRenewal ? 'rotations renew it before then' : 'run this command again before then'
  const limit = isShorter ? ' (the cluster has shortened the lifetime)' : ''
  return [
    { text: styled('green', `${cluster} is connected: its server accepts the token`), hang: 2 },
    field('server', server),
    field('account', account),
    field('token', `until ${expiresAt.toISOString()}${limit}: ${next}`),
    field('secret', secretArn),
    ...(named !== undefined && isSameSecret(named, secretArn)
      ? []
      : [field('to do', 'put the ARN of the secret into the request, as credentialsSecretArn')]),
  ]
}
