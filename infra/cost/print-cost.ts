/** Prints what a deployment costs in a month: `npm run deployment -- cost --help`. */
import { parseArgs } from 'node:util'
import * as z from 'zod'
import { runCommand, WrongUse } from '../command.ts'
import { billOf, billText, type Part, totalOf } from './bill.ts'
import { type Deployment, usageOf, usageOfAgents } from './usage.ts'

const help = `Prints what a deployment costs in a month, by list prices:

  npm run --silent deployment -- cost --clusters 50 [--agents 0] [--workloads 5] [--setups 4] [--drifts 30] [--rotations 4] [--requests 1000]

  --clusters   the clusters of the deployment
  --agents     the number of these clusters that have agents
  --workloads  workloads of each cluster
  --setups     setups of each cluster in a month
  --drifts     drift reports of each cluster in a month
  --rotations  rotations of the deployment in a day
  --requests   requests to the API in a day

The numbers in brackets are the defaults.`

const amount = z.coerce.number().min(0)
const amounts = z.object({
  clusters: amount,
  agents: amount.default(0),
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
    options: {
      clusters: text,
      agents: text,
      workloads: text,
      setups: text,
      drifts: text,
      rotations: text,
      requests: text,
    },
  })
  const { data, error } = amounts.safeParse(values)
  if (data && data.agents > data.clusters) throw new WrongUse('--agents: give at most the number of --clusters')
  if (data) return billText(billOf(usageOf(data)), partsOf(data))
  const wrong = error.issues.map(({ path }) => `--${path.join('.')}`)
  throw new WrongUse(`${wrong.join(', ')}: give a number of 0 or more`)
}

function partsOf(deployment: Deployment): Part[] {
  const { idle, relays } = usageOfAgents(deployment)
  if (deployment.agents === 0) return []
  return [
    { text: `${deployment.agents} idle agents`, usd: totalOf(billOf(idle)) },
    { text: 'the requests that agents relay', usd: totalOf(billOf(relays)) },
  ]
}

await runCommand(help, cost)
