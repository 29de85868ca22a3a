import { expect, test } from 'vitest'
import { program } from '../../cli/program.ts'
import { operationKinds } from '../../lambdas/operations/record/kinds.ts'
import { operationStatuses } from '../../lambdas/operations/record/record.ts'

const { command } = program(() => {
  throw new Error('no command runs')
})

/** The choices of this option of `wid get operations`. */
function choicesOf(option: string): readonly string[] | undefined {
  const get = command.commands.find((one) => one.name() === 'get')
  const operations = get?.commands.find((one) => one.name() === 'operations')
  return operations?.options.find(({ long }) => long === option)?.argChoices
}

test('the choices for kind and status of operations are those of the API', () => {
  expect(choicesOf('--kind')).toEqual(operationKinds)
  expect(choicesOf('--status')).toEqual(operationStatuses)
})
