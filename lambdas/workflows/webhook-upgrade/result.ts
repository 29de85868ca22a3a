/** The result of a webhook upgrade, from the steps of its operation. */
import * as z from 'zod/mini'
import { type OperationError, type RecordedError, recordedError } from '../../errors/recorded.ts'
import { errorOfRemaining, withRemaining } from '../../errors/remaining.ts'
import type { OperationItem, OperationStatus, StepItem } from '../../operations/record.ts'
import { podGroup } from '../../service-account/pods.ts'

export const upgradeResult = z.object({
  outcome: z
    .enum([
      'upgraded',
      'would-upgrade',
      'unchanged',
      'untouched',
      'candidate-removed',
      'not-ready',
      'rolled-back',
      'candidate-in-use',
    ])
    .check(
      z.describe(
        'would-upgrade: a dry run that has found something to change; unchanged: the webhook was as asked for already; untouched: pods are sent to the webhook that was there, which was not changed; candidate-removed: the same, and the new version was put up beside it for a while; not-ready: what is asked for was there already, and did not become ready; rolled-back: what was there before; candidate-in-use: pods are sent to what was put up beside, and another upgrade is needed',
      ),
    ),
  unmutated: z.array(podGroup).check(z.describe('Pods that ran without their role when the webhook was upgraded')),
  unseen: z.array(z.string()).check(z.describe('Namespaces in which pods could not be looked for')),
  restarted: z
    .array(z.string())
    .check(z.describe('Controllers that were restarted for it; in a dry run, that would be')),
  remaining: z.array(recordedError).check(z.describe('Controllers that could not be restarted, and why')),
})

export type UpgradeResult = z.output<typeof upgradeResult>

const observed = z.object({ unmutated: z.array(podGroup), unseen: z.array(z.string()) })

/** The result of an upgrade that has ended, from its steps. */
export function upgradeOf(
  { status, dryRun }: Pick<OperationItem, 'status' | 'dryRun'>,
  steps: readonly StepItem[],
): UpgradeResult {
  const output = steps.find(({ state }) => state === 'FindUnmutatedPods')?.output
  const { unmutated, unseen } = observed.safeParse(output).data ?? { unmutated: [], unseen: [] }
  const restarts = steps.find(({ state }) => state === 'RestartControllers')
  const restarted = restarts?.changes.map(({ object }) => object) ?? []
  const { remaining } = withRemaining.parse(restarts?.output ?? {})
  const outcome = dryRun ? outcomeOfDryRun(steps) : outcomeOf(status, steps)
  return { outcome, unmutated, unseen, restarted, remaining }
}

/** The error of an upgrade that was to restart these controllers and could not; undefined when there are none. */
export function errorOfUnrestarted(remaining: readonly RecordedError[], dryRun: boolean): OperationError | undefined {
  const error = errorOfRemaining(remaining)
  if (!error) return undefined
  const said = dryRun
    ? 'the webhook itself would be upgraded, but this controller would not be restarted'
    : 'the webhook itself is upgraded, but this controller was not restarted'
  const reason = `${said}: ${error.reason}`
  const action = `${error.action}, and send the upgrade again with "restart": true`
  return { ...error, step: 'RestartControllers', reason, action }
}

const deployed = z.object({ trial: z.boolean(), switched: z._default(z.boolean(), false) })
const removal = z.object({ removed: z.boolean() })

function outcomeOf(status: OperationStatus, steps: readonly StepItem[]): UpgradeResult['outcome'] {
  if (status === 'succeeded') return served(steps)
  const activations = steps.filter((step) => step.state === 'ActivateWebhook' && step.status === 'succeeded')
  if (activations.some(({ item }) => item !== undefined)) return 'rolled-back'
  return activations.length > 0 ? served(steps) : unfinished(steps)
}

function outcomeOfDryRun(steps: readonly StepItem[]): UpgradeResult['outcome'] {
  const isPlanned = steps.some(({ state, status }) => state === 'ActivateWebhook' && status === 'succeeded')
  if (!isPlanned) return 'untouched'
  return served(steps) === 'unchanged' ? 'unchanged' : 'would-upgrade'
}

/** The outcome of an upgrade whose webhook serves pods. Without a trial and without a change, it did so before. */
function served(steps: readonly StepItem[]): 'upgraded' | 'unchanged' {
  const output = deployed.safeParse(steps.find(({ state }) => state === 'DeployCandidate')?.output).data
  const changes = steps.filter(({ state }) => state !== 'RestartControllers').flatMap((step) => step.changes)
  const isSame = output && !output.trial && !output.switched && changes.every(({ action }) => action === 'unchanged')
  return isSame ? 'unchanged' : 'upgraded'
}

/** The outcome of an upgrade in which ActivateWebhook did not succeed. */
function unfinished(steps: readonly StepItem[]): UpgradeResult['outcome'] {
  const outputOf = (state: string) => steps.find((step) => step.state === state)?.output
  const hasBegun = (state: string) => steps.some((step) => step.state === state)
  const { trial, switched } = deployed.safeParse(outputOf('DeployCandidate')).data ?? { trial: false, switched: false }
  const isRemoved = removal.safeParse(outputOf('RemoveCandidate')).data?.removed
  // RemoveCandidate may have no output. Then pods may be sent to the candidate from the first write of
  // SwitchToCandidate on.
  const isBeside = isRemoved === undefined ? switched || hasBegun('SwitchToCandidate') : !isRemoved
  if (isBeside) return 'candidate-in-use'
  if (trial) return isRemoved ? 'candidate-removed' : 'untouched'
  return hasBegun('DeployWebhook') ? 'not-ready' : 'untouched'
}
