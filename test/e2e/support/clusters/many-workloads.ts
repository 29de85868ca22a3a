/** More workloads than one execution sets up: batches of them are executions of their own. */
import type { OperationAnswer } from '../operation.ts'

export const manyWorkloads = 45

export function workloadsOf(cluster: string) {
  return Array.from({ length: manyWorkloads }, (_, index) => ({
    namespace: 'apps',
    serviceAccount: `account-${index}`,
    role: { name: `${cluster}-${index}`, policyArns: [] as string[] },
  }))
}

/** The workloads of which a step has succeeded. */
export function itemsOf({ steps }: OperationAnswer, state: string): (string | undefined)[] {
  return steps
    .filter((step) => step.state === state && step.status === 'succeeded')
    .map(({ item }) => item)
    .sort()
}
