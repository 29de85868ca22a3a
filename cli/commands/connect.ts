import { storeSecret } from '../aws/secrets.ts'
import { awsSettings } from '../aws/settings.ts'
import { isConfirmed } from '../confirm.ts'
import { type Connected, connectedLines } from '../connect/connected-lines.ts'
import { secondsOf } from '../connect/duration.ts'
import { addressOf, kubeconfigText } from '../connect/kubeconfig.ts'
import { type ConnectSubject, connectSubject, type SubjectOptions } from '../connect/subject.ts'
import type { Context } from '../context.ts'
import { type ExitCode, exitCodes } from '../errors.ts'
import { applyRights, type PlannedRights, planRights } from '../rights/apply.ts'
import { changeLines } from '../rights/change-lines.ts'
import { accountIn, type RightsOptions } from '../rights/read.ts'
import { ownTarget, type RightsTarget, rightsFor } from '../rights/target.ts'

export interface ConnectOptions extends RightsOptions, SubjectOptions {
  /** Requested lifetime of the token: 90d. */
  readonly duration: string
  readonly yes?: true | undefined
}

/**
 * Creates the deployment's credentials for a cluster, with the user's own kubeconfig. It applies the rights of a
 * service account, and stores a token of this account in the secret.
 */
export async function connect(context: Context, cluster: string, options: ConnectOptions): Promise<ExitCode> {
  const { output } = context
  const seconds = secondsOf(options.duration)
  const wantsRenewal = options.renew ?? false
  const subject = await connectSubject(context, cluster, options)
  const aws = awsSettings(context)
  const target = ownTarget(context, options, cluster)
  const address = await addressOf(target.access.cluster)
  const rights = await rightsFor(context, subject.rights, options, target)
  const planned = await planRights(target.access, rights)
  if (!output.isJson) output.print(changeLines(planned.changes))
  if (!options.yes && !(await isConfirmed(questionOf(target, planned, subject)))) return exitCodes.failed

  await applyRights(target.access, planned)
  const { metadata } = accountIn(rights)
  const { token, expiresAt } = await target.access.tokenOf(metadata, seconds)
  // A working token must not be replaced by a token that the server rejects.
  await target.access.withCredentials({ token }).minor()
  const secretArn = await storeSecret(aws, subject.secret, kubeconfigText(cluster, address, { token, wantsRenewal }))

  const account = `${metadata.namespace}/${metadata.name}`
  const connected: Connected = { cluster, server: address.server, account, expiresAt, secretArn }
  if (output.isJson) output.json({ type: 'connected', ...connected })
  else output.print(connectedLines(connected, { named: subject.named, seconds, wantsRenewal, now: new Date() }))
  return exitCodes.done
}

function questionOf({ title }: RightsTarget, { objects }: PlannedRights, { secret }: ConnectSubject): string {
  const rights = objects.length === 0 ? 'Make' : 'Apply these rights, and make'
  return `${rights} a token on ${title} and put it into the secret ${secret.name}?`
}
