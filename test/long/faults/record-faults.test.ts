import { beforeAll, expect, it } from 'vitest'
import { quickSystem } from '../../e2e/support/runs/quick.ts'
import { sampleOf } from '../../faults/support/cells.ts'
import { faultsOfRecord, nameOfOwnCall, ownCellsOf } from '../../faults/support/own-calls.ts'
import { ownOutcomeOf, ownUndisturbed } from '../../faults/support/own-matrix.ts'
import { type OwnWorkflow, ownWorkflows } from '../../faults/support/own-workflows.ts'
import { Notifications } from '../../support/aws/notifications.ts'

const running = quickSystem()
let notifications: Notifications

beforeAll(async () => {
  const { aws, deployment } = running.system.sandbox
  notifications = await Notifications.open(aws, deployment.outputs.NotificationTopicArn ?? '')
}, 240_000)

/** A rotation would include all clusters of the sandbox. */
const workflows = ownWorkflows.filter(({ name }) => name !== 'rotation (record)')

it.for(workflows)('after a fault of a record call, $name succeeds, or succeeds when sent again', async (workflow) => {
  const first = await prepared(workflow)
  const before = await ownUndisturbed(first)
  first.subject.end?.()
  const outcomes: string[] = []
  for (const cell of sampleOf(workflow.name, ownCellsOf(before.calls), faultsOfRecord)) {
    const run = await prepared(workflow)
    outcomes.push(`${nameOfOwnCall(cell.call)}, ${cell.fault} ${cell.often}: ${await ownOutcomeOf(run, cell, before)}`)
    run.subject.end?.()
  }
  expect(outcomes).toHaveLength(faultsOfRecord.length)
  expect(outcomes.filter((outcome) => outcome.includes(': wrong'))).toEqual([])
})

async function prepared(workflow: OwnWorkflow) {
  const { system } = running
  return { system, workflow, notifications, subject: await workflow.prepare(system) }
}
