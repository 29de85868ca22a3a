/** What an upgrade of the webhook has come to, told from the steps of its operation. */
import * as z from 'zod/mini'
import type { OperationStatus, StepItem } from './record.ts'

/** Pods of one account under one controller that run without their role. */
export const unmutatedPods = z.object({
  namespace: z.string(),
  serviceAccount: z.string(),
  controller: z.exactOptional(
    z
      .object({ apiVersion: z.string(), kind: z.string(), name: z.string() })
      .check(z.describe('What keeps the pods; left out for a pod that somebody made alone')),
  ),
  pods: z.array(z.string()).check(z.describe('Names, ten at most')),
  count: z.number().check(z.describe('How many there are')),
})

export type UnmutatedPods = z.output<typeof unmutatedPods>

export const upgradeResult = z.object({
  outcome: z
    .enum(['upgraded', 'taken away', 'put back', 'left beside'])
    .check(
      z.describe(
        'taken away: the new version, before any pod was sent to it; put back: what was there before; left beside: pods are sent to what was put up beside, and another upgrade is needed',
      ),
    ),
  unmutated: z.array(unmutatedPods).check(z.describe('Pods that ran without their role when the webhook was upgraded')),
  unseen: z.array(z.string()).check(z.describe('Namespaces in which pods could not be looked for')),
  restarted: z.array(z.string()).check(z.describe('Controllers that were restarted for it')),
})

export type UpgradeResult = z.output<typeof upgradeResult>

const found = z.object({ unmutated: z.array(unmutatedPods), unseen: z.array(z.string()) })

/** The result of an upgrade that has ended, from its steps. */
export function upgradeOf(status: OperationStatus, steps: readonly StepItem[]): UpgradeResult {
  const output = steps.find(({ state }) => state === 'FindUnmutatedPods')?.output
  const { unmutated, unseen } = found.safeParse(output).data ?? { unmutated: [], unseen: [] }
  const restarts = steps.filter(({ state }) => state === 'RestartControllers').flatMap(({ changes }) => changes)
  return { outcome: outcomeOf(status, steps), unmutated, unseen, restarted: restarts.map(({ object }) => object) }
}

/** Pods were sent to the one beside from the first write of DivertToNext to the one of ActivateWebhook. */
function outcomeOf(status: OperationStatus, steps: readonly StepItem[]): UpgradeResult['outcome'] {
  if (status === 'succeeded') return 'upgraded'
  const activations = steps.filter((step) => step.state === 'ActivateWebhook' && step.status === 'succeeded')
  if (activations.some(({ item }) => item !== undefined)) return 'put back'
  if (activations.length > 0) return 'upgraded'
  return steps.some(({ state }) => state === 'DivertToNext') ? 'left beside' : 'taken away'
}
