/** What an upgrade of the webhook has come to, told from the steps of its operation. */
import * as z from 'zod/mini'
import { type OperationError, type RecordedError, recordedError } from '../../errors/recorded.ts'
import { errorOfLeft, withLeft } from '../../errors/remaining.ts'
import type { OperationStatus, StepItem } from '../../operations/record.ts'
import { unmutatedPods } from '../../service-account/unmutated.ts'

export const upgradeResult = z.object({
  outcome: z
    .enum(['upgraded', 'untouched', 'taken away', 'in place', 'put back', 'left beside'])
    .check(
      z.describe(
        'untouched: pods are sent to the webhook that was there, which was not changed; taken away: the same, and the new version was put up beside it for a while; in place: what is asked for was there already, and did not become ready; put back: what was there before; left beside: pods are sent to what was put up beside, and another upgrade is needed',
      ),
    ),
  unmutated: z.array(unmutatedPods).check(z.describe('Pods that ran without their role when the webhook was upgraded')),
  unseen: z.array(z.string()).check(z.describe('Namespaces in which pods could not be looked for')),
  restarted: z.array(z.string()).check(z.describe('Controllers that were restarted for it')),
  left: z.array(recordedError).check(z.describe('Controllers that could not be restarted, and why')),
})

export type UpgradeResult = z.output<typeof upgradeResult>

const found = z.object({ unmutated: z.array(unmutatedPods), unseen: z.array(z.string()) })

/** The result of an upgrade that has ended, from its steps. */
export function upgradeOf(status: OperationStatus, steps: readonly StepItem[]): UpgradeResult {
  const output = steps.find(({ state }) => state === 'FindUnmutatedPods')?.output
  const { unmutated, unseen } = found.safeParse(output).data ?? { unmutated: [], unseen: [] }
  const restarts = steps.find(({ state }) => state === 'RestartControllers')
  const restarted = restarts?.changes.map(({ object }) => object) ?? []
  const { left } = withLeft.parse(restarts?.output ?? {})
  return { outcome: outcomeOf(status, steps), unmutated, unseen, restarted, left }
}

/** How an upgrade fails that was to restart these controllers, and could not; undefined when there are none. */
export function errorOfUnrestarted(left: readonly RecordedError[]): OperationError | undefined {
  const error = errorOfLeft(left)
  if (!error) return undefined
  const reason = `the webhook itself is upgraded, but this controller was not restarted: ${error.reason}`
  const action = `${error.action}, and send the upgrade again with "restart": true`
  return { ...error, step: 'RestartControllers', reason, action }
}

const deployed = z.object({ trial: z.boolean(), diverted: z._default(z.boolean(), false) })
const removal = z.object({ removed: z.boolean() })

function outcomeOf(status: OperationStatus, steps: readonly StepItem[]): UpgradeResult['outcome'] {
  if (status === 'succeeded') return 'upgraded'
  const activations = steps.filter((step) => step.state === 'ActivateWebhook' && step.status === 'succeeded')
  if (activations.some(({ item }) => item !== undefined)) return 'put back'
  return activations.length > 0 ? 'upgraded' : unfinished(steps)
}

/** Of an upgrade that never sent pods to the webhook again. */
function unfinished(steps: readonly StepItem[]): UpgradeResult['outcome'] {
  const outputOf = (state: string) => steps.find((step) => step.state === state)?.output
  const hasBegun = (state: string) => steps.some((step) => step.state === state)
  const { trial, diverted } = deployed.safeParse(outputOf('DeployNext')).data ?? { trial: false, diverted: false }
  const isRemoved = removal.safeParse(outputOf('RemoveNext')).data?.removed
  // Without what RemoveNext has seen: pods may be sent there from the first write of DivertToNext on.
  const isBeside = isRemoved === undefined ? diverted || hasBegun('DivertToNext') : !isRemoved
  if (isBeside) return 'left beside'
  if (trial) return isRemoved ? 'taken away' : 'untouched'
  return hasBegun('DeployWebhook') ? 'in place' : 'untouched'
}
