/** The outcome of an operation, in lines. */

import type { Operation, Schemas } from '../../client/api.ts'
import { isNamedDryRun, removedWorkload } from '../../client/operation.ts'
import { driftLines } from './drift-lines.ts'
import { field, type Line } from './line.ts'
import { secondsBetween } from './operation-lines.ts'
import { planLines } from './plan-lines.ts'
import { styled } from './terminal-text.ts'

type StepError = Schemas['StepError']

/** What the operation did and found. For a failure: why and where it failed, and what to do. */
export function outcomeLines(ended: Operation): Line[] {
  return [headLine(ended), ...failureLines(ended), ...resultLines(ended)]
}

const succeeded: Readonly<Record<Operation['kind'], string>> = {
  setup: 'is set up and verified',
  verification: 'is verified',
  plan: 'was planned',
  drift: 'was compared with its spec',
  rotation: 'are up to date',
  'key-refresh': 'has its signing keys published',
  'key-revocation': 'has the signing key revoked',
  teardown: 'is torn down',
}

function headLine(operation: Operation): Line {
  const { status } = operation
  const { subject, name, done } = taskOf(operation)
  if (status !== 'succeeded') {
    return { text: styled('red', `${subject}: ${name} ${status}${whereOf(operation)}`), hang: 2 }
  }
  const what = isNamedDryRun(operation) ? `dry run of a ${name}: nothing was changed` : done
  const facts = [secondsBetween(operation.createdAt, operation.endedAt), ...changesOf(operation)].join(', ')
  return { text: `${styled('green', `${subject} ${what}`)}  ${styled('dim', facts)}`, hang: 2 }
}

/** " in CreateRole for default/s3-reader (AccessDenied)". */
function whereOf({ error }: Operation): string {
  if (error === undefined) return ''
  const item = error.item === undefined ? '' : ` for ${error.item}`
  return `${error.step === undefined ? '' : ` in ${error.step}${item}`} (${error.name})`
}

/** The subject of the operation, its name, and its result. */
function taskOf(operation: Operation) {
  const { kind, cluster } = operation
  const removed = removedWorkload(operation)
  if (removed === undefined) {
    return { subject: cluster ?? 'All clusters', name: kind, done: `${succeeded[kind]}${provenIn(operation)}` }
  }
  return { subject: removed, name: `removal from ${cluster}`, done: `is removed from ${cluster}` }
}

const shownProofs = 3

/** " for default/a, default/b". The cluster may have other workloads, which the operation has not verified. */
function provenIn({ result }: Operation): string {
  if (!result || !('proofs' in result) || result.proofs.length === 0) return ''
  const names = result.proofs.map(({ subject }) => subject.split(':').slice(-2).join('/'))
  const more = names.length > shownProofs ? ` and ${names.length - shownProofs} more` : ''
  return ` for ${names.slice(0, shownProofs).join(', ')}${more}`
}

function changesOf({ dryRun, steps }: Operation): string[] {
  if (dryRun) return []
  const actions = steps.flatMap(({ changes }) => changes.map(({ action }) => action))
  const counts = Map.groupBy(
    actions.filter((action) => action !== 'unchanged'),
    (action) => action,
  )
  return [[...counts].map(([action, { length }]) => `${length} ${action}`).join(', ') || 'nothing changed']
}

/** Omits what the failed step's line has already reported, and shows only additions such as other failures. */
function failureLines({ error, steps }: Operation): Line[] {
  if (!error) return []
  const { object, reason } = error
  const said = steps.find((step) => step.error?.object === object && reason.startsWith(step.error.reason))
  if (!said?.error) return errorLines(error)
  const more = reason.slice(said.error.reason.length).replace(/^; /, '')
  return [...(more === '' ? [] : [field('reason', more)]), field('to do', error.action)]
}

function errorLines({ object, reason, action }: StepError): Line[] {
  return [field('object', object), field('reason', reason), field('to do', action)]
}

function resultLines({ kind, result, steps }: Operation): Line[] {
  if (!result) return []
  if ('proofs' in result) return result.proofs.flatMap(proofLines)
  if ('writes' in result) return planLines(result, steps)
  if ('additions' in result) return driftLines(result)
  if ('clusters' in result) return result.clusters.map(rotatedLine)
  if ('published' in result) return keyLines(result)
  return kind === 'teardown' ? teardownLines(result) : []
}

function proofLines(proof: Schemas['Proof']): Line[] {
  return [
    { text: '', hang: 0 },
    { text: styled('bold', `Proof for ${proof.subject}`), hang: 2 },
    field('token', `for ${proof.audience}, signed by the cluster, verified by STS`),
    field('provider', proof.provider),
    field('role', proof.roleArn),
    field(
      'session',
      `${proof.assumedRoleArn} (by GetCallerIdentity; a session policy denied all actions, and the credentials were discarded)`,
    ),
    field('policies', [...proof.policyArns, ...(proof.inlinePolicy ? ['an inline policy'] : [])].join(', ') || 'none'),
    field('pods', podsOf(proof)),
    ...proof.refused.map(({ subject, audience, answer }) =>
      field('refused', `a token of ${subject} for ${audience}: ${answer}`),
    ),
    ...(proof.refusedAt === undefined
      ? []
      : [
          field(
            'refused',
            `tokens of other accounts and audiences, at ${proof.refusedAt}: a rotation tries them once a day`,
          ),
        ]),
  ]
}

function podsOf({ mutation }: Schemas['Proof']): string {
  return mutation === 'mutated'
    ? 'a pod of this service account gets role and token from the webhook (server-side dry run)'
    : `webhook ${mutation}: pods mount the token themselves`
}

function teardownLines({ remaining, abandoned, stays = [], pods = [] }: Schemas['TeardownResult']): Line[] {
  return [
    ...pods.map(({ namespace, serviceAccount, count }) =>
      field('in use', `${count} pods run as ${namespace}/${serviceAccount}, which loses its role`),
    ),
    ...remaining.flatMap((error) => [field('remains', error.object), ...errorLines(error).slice(1)]),
    ...abandoned.map(({ object, reason }) => field('abandoned', `${object}: ${reason}`)),
    ...stays.flatMap(({ object, reason, command }) => [
      field('stays', `${object}: ${reason}`),
      ...(command === undefined ? [] : [{ ...field('remove', command), isWhole: true as const }]),
    ]),
  ]
}

function rotatedLine({ cluster, outcome, why, error }: Schemas['RotationResult']['clusters'][number]): Line {
  const more = why ?? (error && `${error.object}: ${error.reason}. ${error.action}`)
  return field(outcome, more === undefined ? cluster : `${cluster} (${more})`)
}

function keyLines({ published, revoked, takesEffect }: Schemas['SigningKeysResult']): Line[] {
  return [
    field('published', published.join(', ') || 'none'),
    ...(revoked.length > 0 ? [field('revoked', revoked.join(', '))] : []),
    field('effective', takesEffect),
  ]
}
