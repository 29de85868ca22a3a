/** The cost of the acceptance, with the prices and assumptions of `npm run deployment -- cost`. */
import { billOf, totalOf } from '../../infra/cost/bill.ts'
import { daysOfMonth } from '../../infra/cost/prices.ts'
import { type Deployment, usageOf } from '../../infra/cost/usage.ts'

const idle: Deployment = { clusters: 1, agents: 0, workloads: 1, setups: 0, drifts: 0, rotations: 0, requests: 0 }

/** A setup, a teardown with about the same cost, two verifications (one by the rotation), and reads of operations. */
const used: Deployment = { ...idle, setups: 2, rotations: 2 / daysOfMonth, requests: 1000 / daysOfMonth }

/** The cost in US dollars with `hours` of the monthly charges, and with a full month of them. */
export function costOf(hours: number): { readonly usd: number; readonly atMost: number } {
  const month = ofMonth(idle)
  const monthWithUse = ofMonth(used)
  return { usd: monthWithUse - month + (month * hours) / (24 * daysOfMonth), atMost: monthWithUse }
}

function ofMonth(deployment: Deployment): number {
  return totalOf(billOf(usageOf(deployment)))
}
