import { field, type Line } from '../view/line.ts'
import { styled } from '../view/terminal-text.ts'
import { isSameSecret } from './secret-place.ts'

export interface Connected {
  readonly cluster: string
  /** URL of its API server. */
  readonly server: string
  /** NAMESPACE/NAME of the service account whose token the secret has. */
  readonly account: string
  readonly expiresAt: Date
  readonly secretArn: string
}

/** What the command was asked for. */
export interface Asked {
  /** The ARN that the record or the file has. */
  readonly named: string | undefined
  /** How long the token was to last, from `now`. */
  readonly seconds: number
  readonly isRenewed: boolean
  readonly now: Date
}

/** Milliseconds by which a server may be off. */
const tolerance = 60_000

/** What was made, and what is left to do. Nothing of the token but its end. */
export function connectedLines(
  { cluster, server, account, expiresAt, secretArn }: Connected,
  { named, seconds, isRenewed, now }: Asked,
): Line[] {
  const isShorter = expiresAt.getTime() + tolerance < now.getTime() + seconds * 1000
  const next = isRenewed ? 'rotations renew it before then' : 'run this command again before then'
  const limit = isShorter ? ' (the cluster gives none that lasts longer)' : ''
  return [
    { text: styled('green', `${cluster} is connected: its server takes the token`), hang: 2 },
    field('server', server),
    field('account', account),
    field('token', `until ${expiresAt.toISOString()}${limit}: ${next}`),
    field('secret', secretArn),
    ...(named !== undefined && isSameSecret(named, secretArn)
      ? []
      : [field('to do', 'put the ARN of the secret into the request, as credentialsSecretArn')]),
  ]
}
