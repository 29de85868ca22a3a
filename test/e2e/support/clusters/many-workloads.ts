import type { OperationAnswer } from '../operation.ts'

/** More workloads than one execution handles. Each batch is a separate execution. */
export const manyWorkloads = 45

export function workloadsOf(cluster: string) {
  return Array.from({ length: manyWorkloads }, (_, index) => ({
    namespace: 'apps',
    serviceAccount: `account-${index}`,
    role: { name: `${cluster}-${index}`, policyArns: [] as string[] },
  }))
}

/** The workloads for which a step has succeeded. */
export function itemsOf({ steps }: OperationAnswer, state: string): (string | undefined)[] {
  return steps
    .filter((step) => step.state === state && step.status === 'succeeded')
    .map(({ item }) => item)
    .sort()
}
