/** What the acceptance costs, by the prices and the assumptions of `npm run deployment -- cost`. */
import { billOf, totalOf } from '../../infra/cost/bill.ts'
import { assumptions, type Deployment, usageOf } from '../../infra/cost/usage.ts'

const idle: Deployment = { clusters: 1, workloads: 1, setups: 0, drifts: 0, rotations: 0, requests: 0 }

const { daysOfMonth } = assumptions

/** A setup and a teardown, which takes about as much; two verifications, that of the rotation among them; and looks at operations. */
const used: Deployment = { ...idle, setups: 2, rotations: 2 / daysOfMonth, requests: 1000 / daysOfMonth }

/** In US dollars: `hours` of what is charged by the month, and the same when AWS charges the whole month for it. */
export function costOf(hours: number): { readonly usd: number; readonly atMost: number } {
  const month = ofMonth(idle)
  const monthWithUse = ofMonth(used)
  return { usd: monthWithUse - month + (month * hours) / (24 * daysOfMonth), atMost: monthWithUse }
}

function ofMonth(deployment: Deployment): number {
  return totalOf(billOf(usageOf(deployment)))
}
