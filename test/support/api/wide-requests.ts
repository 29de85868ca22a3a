/** Requests of every kind with many workloads, with names of usual and of maximum length. */
import type { SetupRequest } from '../../../lambdas/spec/setup-request.ts'
import { fitsWorkflow } from '../../../lambdas/workflows/workflow-input.ts'
import { facts } from '../workflows/setup-workflow.ts'
import { longNamedSetup } from './largest-requests.ts'

const installed = { mode: 'csr', image: 'i'.repeat(1024), namespace: 'n'.repeat(63), replicas: 2 }
const providerArn = 'arn:aws:iam::000000000000:oidc-provider/storage.googleapis.com/bucket/c-1'

type Make = (setup: SetupRequest, roleArn: (index: number) => string) => object

/** The input of each kind of operation that has workloads, from a setup and the ARNs of its roles. */
export const requestsOf = {
  setup: (setup) => setup,
  verification: ({ cluster, discovery, workloads }, roleArn) => ({
    ...{ cluster, discovery, providerArn, installed, all: true },
    workloads: workloads.map((workload, index) => ({ roleArn: roleArn(index), workload })),
  }),
  drift: (setup, roleArn) => ({
    ...setup,
    known: {
      ...{ facts, providerArn, installed },
      roleArns: Object.fromEntries(
        setup.workloads.map(({ namespace, serviceAccount }, index) => [
          `${namespace}/${serviceAccount}`,
          roleArn(index),
        ]),
      ),
    },
  }),
  plan: (setup) => setup,
  teardown: ({ cluster, discovery, workloads }) => ({
    ...{ cluster, discovery, whole: true, neverFound: false, deleteCluster: true, force: false, dryRun: false },
    webhook: { namespaces: ['n'.repeat(63)], mayHaveRequests: true },
    workloads: workloads.map(({ namespace, serviceAccount }) => ({ namespace, serviceAccount })),
  }),
} as const satisfies Readonly<Record<string, Make>>

export type WideKind = keyof typeof requestsOf

const usualPolicy = 'arn:aws:iam::000000000000:policy/workloads/reader'
export const usualRole = 'arn:aws:iam::000000000000:role/workload-identity/prod-eu-team-00-service-000-0123456789ab'

/** A request with names of twenty or thirty characters, and one policy for each role. */
export function usualRequest(kind: WideKind, workloads: number): object {
  const setup = longNamedSetup(workloads)
  const named = setup.workloads.map(({ role }, index) => ({
    namespace: `team-${index % 20}`,
    serviceAccount: `service-${index}`,
    role: { ...role, name: `prod-eu-team-${index % 20}-service-${index}-0123456789ab`, policyArns: [usualPolicy] },
  }))
  return requestsOf[kind]({ ...setup, workloads: named }, () => usualRole)
}

/**
 * A request with the longest names and ARNs. If it exceeds the limit of a workflow's input, the names and ARNs are shortened
 * until it fits.
 */
export function longestRequest(kind: WideKind, workloads: number): object {
  const setup = longNamedSetup(workloads)
  for (let shorter = 0; shorter < 250; shorter += 1) {
    const request = requestsOf[kind](withShorterNames(setup, shorter), () => longestRole(shorter))
    if (fitsWorkflow(request)) return request
  }
  throw new Error(`no ${kind} of ${workloads} workloads is small enough`)
}

function withShorterNames(setup: SetupRequest, by: number): SetupRequest {
  const workloads = setup.workloads.map((workload) => {
    const { serviceAccount } = workload
    return { ...workload, serviceAccount: serviceAccount.slice(0, Math.max(8, serviceAccount.length - by)) }
  })
  return { ...setup, workloads }
}

/** As long as an ARN of IAM can be: a path of 512 characters, a name of 64 (https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html). */
function longestRole(shorter: number): string {
  return `arn:aws-us-gov:iam::000000000000:role/${'p'.repeat(510 - 2 * shorter)}/${'r'.repeat(64)}`
}
