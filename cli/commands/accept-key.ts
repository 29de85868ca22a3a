import { answerOf } from '../../client/answer.ts'
import { readCluster } from '../../client/reads.ts'
import { ask } from '../confirm.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes, Refused, WrongUse } from '../errors.ts'

export interface AcceptKeyOptions {
  readonly thumbprint?: string | undefined
}

/**
 * Allows an operation to publish a signing key that it waits for. Without the option `thumbprint`, a person has to
 * confirm the key's thumbprint.
 */
export async function acceptKey(
  context: Context,
  cluster: string,
  kid: string,
  options: AcceptKeyOptions,
): Promise<ExitCode> {
  const { api, output } = context
  const thumbprint = options.thumbprint ?? (await confirmedThumbprint(context, cluster, kid))
  if (thumbprint === undefined) return exitCodes.failed
  const params = { path: { cluster, kid } }
  const states = await answerOf(
    api.POST('/v1/clusters/{cluster}/signing-keys/{kid}/accept', { params, body: { thumbprint } }),
  )
  if (output.isJson) output.json({ type: 'key-accepted', cluster, kid, thumbprint, ...states })
  else
    output.write(
      `The key ${kid} of ${cluster} is accepted. The operation that waits for it publishes it within a minute.`,
    )
  return exitCodes.done
}

/** The key's thumbprint, after a person has compared it with the cluster's key. Undefined when the person declines. */
async function confirmedThumbprint(context: Context, cluster: string, kid: string): Promise<string | undefined> {
  const thumbprint = await waitingThumbprint(context, cluster, kid)
  const answer = await ask(
    [
      `Tokens of ${cluster} are signed with the key ${kid}. Whoever has the private key can make tokens for every workload of the cluster.`,
      `Its thumbprint (RFC 7638, SHA-256) is ${thumbprint}. Compare it with the thumbprint of the key in the cluster.`,
      'Is it the key of the cluster, and shall it be published? [y/N] ',
    ],
    '--thumbprint',
  )
  return /^y(es)?$/i.test(answer) ? thumbprint : undefined
}

/**
 * @throws {Refused} when no key with this ID waits to be accepted
 * @throws {WrongUse} when several keys with this ID wait
 */
async function waitingThumbprint({ api }: Context, cluster: string, kid: string): Promise<string> {
  const { status } = await readCluster(api, cluster)
  const { waitingKeys = [] } = status
  const [found, ...others] = waitingKeys.filter((key) => key.kid === kid).map(({ thumbprint }) => thumbprint)
  if (found === undefined) {
    const waiting = waitingKeys.map((key) => key.kid).join(', ') || 'none'
    throw new Refused(`No key of ${cluster} with the ID ${kid} waits to be accepted. Waiting keys: ${waiting}.`)
  }
  if (others.length === 0) return found
  throw new WrongUse(
    `Several keys of ${cluster} have the ID ${kid}. Give the thumbprint of one with --thumbprint: ${[found, ...others].join(', ')}.`,
  )
}
