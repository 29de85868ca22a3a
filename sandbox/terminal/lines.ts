import { styleText } from 'node:util'
import type { Line } from './line.ts'
import type { ClusterEvent, Operation, Proof, Step } from './operation.ts'

/**
 * Turns the answers of GET /v1/operations/{id} into lines, each line once: a step that waits (with the reason, and what
 * the cluster says of itself), that failed and may be tried again, that ended (with what it did to each object).
 */
export class OperationLines {
  readonly #said = new Set<string>()

  /** The lines that this answer adds to the ones before it. */
  newIn({ steps, clusterEvents }: Operation): Line[] {
    const blocks = [...steps.map(linesOf), ...clusterEvents.toReversed().map(eventLines)]
    return blocks.filter((block) => this.#isNew(block.map(({ text }) => text).join('\n'))).flat()
  }

  #isNew(text: string): boolean {
    const isNew = !this.#said.has(text)
    this.#said.add(text)
    return isNew
  }
}

function linesOf(step: Step): Line[] {
  switch (step.status) {
    case 'waiting':
      return [stepLine(styleText('yellow', '…'), `${nameOf(step)} waits: ${step.waitingFor ?? ''}`)]
    case 'failed':
      return [stepLine(styleText('red', '✖'), `${nameOf(step)}, attempt ${step.attempts}: ${whyOf(step)}`)]
    case 'succeeded':
      return endedLines(step)
    case 'running':
    case 'stopped':
      return []
  }
}

function stepLine(mark: string, text: string): Line {
  return { text: `  ${mark} ${text}`, hang: 4 }
}

function nameOf({ state, item }: Step): string {
  return item === undefined ? state : `${state} ${item}`
}

function whyOf({ error }: Step): string {
  return error === undefined ? 'failed' : `${error.object}: ${error.reason}`
}

/** What was left as it was is only counted: it is most of what a repeated setup has to say. */
function endedLines(step: Step): Line[] {
  const changed = step.changes.filter(({ action }) => action !== 'unchanged')
  const unchanged = step.changes.length - changed.length
  const facts = [secondsBetween(step.startedAt, step.endedAt), ...(unchanged > 0 ? [`${unchanged} unchanged`] : [])]
  const head = stepLine(styleText('green', '✔'), `${nameOf(step)}  ${styleText('dim', facts.join(', '))}`)
  return [head, ...changed.map(changeLine)]
}

const colours = { created: 'green', updated: 'cyan', adopted: 'cyan', deleted: 'red' } as const

function changeLine({ object, action, detail }: Step['changes'][number]): Line {
  const colour = Object.entries(colours).find(([name]) => name === action)?.[1] ?? 'reset'
  const more = detail === undefined ? '' : styleText('dim', `  (${detail})`)
  return { text: `      ${styleText(colour, action.padEnd(8))} ${object}${more}`, hang: 15 }
}

function eventLines({ type, reason, message }: ClusterEvent): Line[] {
  const colour = type === 'Warning' ? 'yellow' : 'dim'
  return [{ text: `      ${styleText(colour, 'event')}    ${reason}: ${message}`, hang: 15 }]
}

function secondsBetween(start: string, end: string | undefined): string {
  return end === undefined ? '' : `${((Date.parse(end) - Date.parse(start)) / 1000).toFixed(1)} s`
}

/** What the setup did and proved for each workload; or why and where it failed, and what to do. */
export function outcomeLines(ended: Operation): Line[] {
  if (ended.status === 'succeeded') return [summaryLine(ended), ...(ended.result?.proofs ?? []).flatMap(proofLines)]
  const { error } = ended
  if (error === undefined) return [{ text: styleText('red', `${ended.cluster}: ${ended.status}`), hang: 2 }]
  const item = error.item === undefined ? '' : ` for ${error.item}`
  const where = error.step === undefined ? '' : ` in ${error.step}${item}`
  return [
    { text: styleText('red', `${ended.cluster}: ${ended.status}${where} (${error.name})`), hang: 2 },
    field('object', error.object),
    field('reason', error.reason),
    field('to do', error.action),
  ]
}

function summaryLine({ cluster, createdAt, endedAt, steps }: Operation): Line {
  const counts = Map.groupBy(
    steps.flatMap(({ changes }) => changes.map(({ action }) => action)).filter((action) => action !== 'unchanged'),
    (action) => action,
  )
  const changes = [...counts].map(([action, { length }]) => `${length} ${action}`).join(', ')
  const time = styleText('dim', `${secondsBetween(createdAt, endedAt)}, ${changes || 'nothing changed'}`)
  return { text: `${styleText('green', `${cluster} is set up and verified`)}  ${time}`, hang: 2 }
}

function proofLines(proof: Proof): Line[] {
  return [
    { text: '', hang: 0 },
    { text: styleText('bold', `Proof for ${proof.subject}`), hang: 2 },
    field('token', `for ${proof.audience}, signed by the cluster, verified by STS`),
    field('provider', proof.provider),
    field('role', proof.roleArn),
    field('session', `${proof.assumedRoleArn} (as GetCallerIdentity says; without rights, and thrown away)`),
    field('policies', policiesOf(proof)),
    field('pods', podsOf(proof)),
    ...proof.refused.map(({ subject, audience, answer }) =>
      field('refused', `a token of ${subject} for ${audience}: ${answer}`),
    ),
  ]
}

function field(name: string, value: string): Line {
  return { text: `  ${name.padEnd(9)} ${value}`, hang: 12 }
}

function policiesOf({ policyArns, inlinePolicy }: Proof): string {
  return [...policyArns, ...(inlinePolicy ? ['an inline policy'] : [])].join(', ') || 'none'
}

function podsOf({ mutation }: Proof): string {
  return mutation === 'mutated'
    ? 'a pod of this account gets role and token from the webhook (server-side dry run)'
    : `webhook ${mutation}: pods mount the token themselves`
}
