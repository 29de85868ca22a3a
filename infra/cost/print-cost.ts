/**
 * Prints what a deployment costs in a month:
 *
 *   npm run --silent cost -- --clusters 50 [--workloads 5] [--setups 4] [--drifts 30] [--rotations 4] [--requests 1000]
 *
 * - --clusters, and --workloads of each.
 * - --setups and --drifts of each cluster in a month.
 * - --rotations and --requests to the API in a day.
 */
import { parseArgs } from 'node:util'
import * as z from 'zod'
import { billOf, billText } from './bill.ts'
import { usageOf } from './usage.ts'

const usage =
  'npm run --silent cost -- --clusters 50 [--workloads 5] [--setups 4] [--drifts 30] [--rotations 4] [--requests 1000]'

const amount = z.coerce.number().min(0)
const amounts = z.object({
  clusters: amount,
  workloads: amount.default(5),
  setups: amount.default(4),
  drifts: amount.default(30),
  rotations: amount.default(4),
  requests: amount.default(1000),
})

const text = { type: 'string' } as const

function cost(args: readonly string[]): string {
  const { values } = parseArgs({
    args: [...args],
    options: { clusters: text, workloads: text, setups: text, drifts: text, rotations: text, requests: text },
  })
  const { data, error } = amounts.safeParse(values)
  if (data) return billText(billOf(usageOf(data)))
  const wrong = error.issues.map(({ path }) => `--${path.join('.')}`)
  throw new Error(`${wrong.join(', ')}: give a number of 0 or more`)
}

try {
  process.stdout.write(cost(process.argv.slice(2)))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`)
  process.exitCode = 1
}
