import { describe, it } from 'vitest'
import { isUntried, resultsUntilNow } from '../../../bench/reporters/faults.ts'
import { removeProviders } from '../../e2e/support/remove-providers.ts'
import { system, waitScale } from '../../e2e/support/system.ts'
import { type Cell, cellsOf, slicedCells } from './cells.ts'
import { outcomeOf, undisturbed } from './matrix.ts'
import { isOfOneCluster, nameOfCall } from './outside-calls.ts'
import { workflowOf } from './workflows.ts'

/**
 * A test for each fault of each outside call of the workflow. It skips cells outside of the slice FAULTS_SLICE, and with
 * FAULTS_UNTRIED those with an outcome in bench/FAULTS.md.
 */
export async function matrixOf(name: string): Promise<void> {
  const running = await system()
  // The tests wait for retries and deadlines.
  await running.sandbox.aws.setWaitScale(waitScale / 5)
  const workflow = workflowOf(name)
  const before = await undisturbed(running, workflow, await workflow.prepare(running))
  const cells = cellsOf(before.calls)
  const slice = slicedCells(name, cells, process.env.FAULTS_SLICE)
  const results = process.env.FAULTS_UNTRIED ? resultsUntilNow() : { rows: [], wrong: [] }
  const isRun = (cell: Cell) => {
    const { fault, often } = cell
    return slice.has(cell) && isUntried(results, { workflow: name, call: nameOfCall(cell.call), fault, often })
  }

  const isAlone = ({ call }: Cell) => workflow.usesOneCluster || !isOfOneCluster(call)
  const testOf = (cell: Cell) => {
    const title = `${nameOfCall(cell.call)} > ${cell.fault} > ${cell.often}`
    it.runIf(isRun(cell))(title, async ({ annotate, expect }) => {
      const subject = await workflow.prepare(running)
      const outcome = await outcomeOf(running, subject, cell, before).catch((error: Error) => `wrong: ${error.message}`)
      const isOwn = (arn: string) => arn.includes(`/${subject.cluster}-discovery/`)
      if (!workflow.usesOneCluster) await removeProviders(running, isOwn)
      await annotate(outcome)
      expect(outcome).not.toMatch(/^wrong/)
    })
  }
  const { true: alone = [], false: together = [] } = Object.groupBy(cells, (cell) => String(isAlone(cell)))
  // Vitest reports a suite without tests as an error.
  if (together.length > 0) describe.concurrent(name, () => together.forEach(testOf))
  if (alone.length > 0) describe(name, () => alone.forEach(testOf))
}
