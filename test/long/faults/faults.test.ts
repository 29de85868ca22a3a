import { beforeAll, describe, expect, it } from 'vitest'
import { quickSystem } from '../../e2e/support/runs/quick.ts'
import { type Cell, cellsOf, sampleOf } from '../../faults/support/cells.ts'
import { kindsOfFaults } from '../../faults/support/kinds.ts'
import { outcomeOf, type Undisturbed, undisturbed } from '../../faults/support/matrix.ts'
import { isOfOneCluster, nameOfCall } from '../../faults/support/outside-calls.ts'
import { type Workflow, workflows } from '../../faults/support/workflows.ts'

const running = quickSystem()

/** Each fault is tried in one workflow. A digest selects the call. */
const samples = workflows.map((workflow, index) => ({
  workflow,
  name: workflow.name,
  faults: kindsOfFaults.map(({ name }) => name).filter((_, at) => at % workflows.length === index),
}))

describe('after a fault of an outside call the operation succeeds, or names the fault and succeeds when sent again', () => {
  const before = new Map<Workflow, Undisturbed>()

  beforeAll(async () => {
    const { system } = running
    const subjects = await Promise.all(workflows.map((workflow) => workflow.prepare(system)))
    for (const [index, workflow] of workflows.entries()) {
      const subject = subjects[index]
      if (subject) before.set(workflow, await undisturbed(system, workflow, subject))
    }
  }, 240_000)

  it.concurrent.for(samples.filter(({ workflow }) => !workflow.usesOneCluster))('$name: $faults', tryFaults)
  it.for(samples.filter(({ workflow }) => workflow.usesOneCluster))('$name: $faults', tryFaults)

  async function tryFaults({ workflow, faults }: (typeof samples)[number]): Promise<void> {
    const baseline = before.get(workflow) ?? { calls: [], state: [] }
    const tried = async (cell: Cell) => {
      const subject = await workflow.prepare(running.system)
      const outcome = await outcomeOf(running.system, subject, cell, baseline)
      return `${nameOfCall(cell.call)}, ${cell.fault} ${cell.often}: ${outcome}`
    }
    // A fault of a call that names no cluster would disturb all clusters.
    const sample = sampleOf(workflow.name, cellsOf(baseline.calls.filter(isOfOneCluster)), faults)
    expect(sample).toHaveLength(faults.length)
    const outcomes: string[] = []
    for (const cell of sample) outcomes.push(await tried(cell))
    expect(outcomes.filter((outcome) => !/: (verified|failed, verified)/.test(outcome))).toEqual([])
  }
})
