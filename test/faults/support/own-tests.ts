import { describe, it } from 'vitest'
import { isUntried, resultsUntilNow } from '../../../bench/reporters/faults.ts'
import { removeProviders } from '../../e2e/support/remove-providers.ts'
import { system, waitScale } from '../../e2e/support/system.ts'
import { Notifications } from '../../support/aws/notifications.ts'
import { slicedCells } from './cells.ts'
import { nameOfOwnCall, type OwnCell, ownCellsOf } from './own-calls.ts'
import { ownOutcomeOf, ownUndisturbed } from './own-matrix.ts'
import { ownWorkflowOf } from './own-workflows.ts'

/** As `matrixOf`, for the calls to the record, the workflow, the topic and the copies. */
export async function ownMatrixOf(name: string): Promise<void> {
  const running = await system()
  const { aws, deployment } = running.sandbox
  await aws.setWaitScale(waitScale / 5)
  const notifications = await Notifications.open(aws, deployment.outputs.NotificationTopicArn ?? '')
  const workflow = ownWorkflowOf(name)
  const prepare = async () => ({ system: running, workflow, notifications, subject: await workflow.prepare(running) })
  const first = await prepare()
  const before = await ownUndisturbed(first)
  first.subject.end?.()
  const cells = ownCellsOf(before.calls)
  const slice = slicedCells(name, cells, process.env.FAULTS_SLICE)
  const results = process.env.FAULTS_UNTRIED ? resultsUntilNow() : { rows: [], wrong: [] }
  const isRun = (cell: OwnCell) => {
    const { call, fault, often } = cell
    return slice.has(cell) && isUntried(results, { workflow: name, call: nameOfOwnCall(call), fault, often })
  }

  // Not concurrent, because a call does not name its cluster.
  describe(name, () => {
    for (const cell of cells) {
      const title = `${nameOfOwnCall(cell.call)} > ${cell.fault} > ${cell.often}`
      it.runIf(isRun(cell))(title, async ({ annotate, expect }) => {
        const run = await prepare()
        const { cluster } = run.subject
        const outcome = await ownOutcomeOf(run, cell, before).catch((error: Error) => `wrong: ${error.message}`)
        run.subject.end?.()
        if (workflow.name !== 'rotation (record)')
          await removeProviders(running, (arn) => arn.includes(`/${cluster}-discovery/`))
        await annotate(outcome)
        expect(outcome).not.toMatch(/^wrong/)
      })
    }
  })
}
