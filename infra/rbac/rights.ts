/**
 * What setups, upgrades and teardowns do on clusters, right by right, as their steps say it of themselves: from this the
 * manifests of both forms are made, for named namespaces and accounts and for a whole cluster, and by this the tests take one
 * right away at a time.
 */
import type { KubernetesRight } from '../../lambdas/steps/kubernetes-right.ts'
import { readWorkflow, stepsOf } from '../definition/source.ts'
import { steps } from '../steps.ts'

export interface Right extends KubernetesRight {
  /** The state of the first step that cannot do without. */
  readonly step: string
}

/** In the order in which they run; of the branches that run beside each other the webhook's first. */
export const setupStates = statesOnClusters('setup')

/** Those of an upgrade, besides those of a setup. */
export const upgradeStates = statesOnClusters('upgrade-webhook').filter((state) => !setupStates.includes(state))

export const teardownStates = statesOnClusters('teardown')

/** On the management cluster of Anthos clusters on AWS. */
export const managementRights = rightsOf(setupStates).filter(isOfManagement)

/** On the cluster whose workloads get roles. */
export const userClusterRights = rightsOf(setupStates).filter((right) => !isOfManagement(right))

/** What an upgrade of the webhook does on a cluster beside what a setup does. */
export const upgradeRights = rightsOf(upgradeStates)

/** Beside those of a setup, on the management cluster. */
export const managementTeardownRights = rightsOf(teardownStates).filter(isOfManagement)

/** Beside those of a setup, on the cluster whose workloads have roles. */
export const userClusterTeardownRights = rightsOf(teardownStates).filter((right) => !isOfManagement(right))

function rightsOf(states: readonly string[]): readonly Right[] {
  return states.flatMap((state) => {
    const description = steps.get(state)?.description
    return description?.client === 'kubernetes'
      ? description.kubernetes.map((right) => ({ ...right, step: state }))
      : []
  })
}

function isOfManagement({ place }: Right): boolean {
  return place === 'management'
}

function statesOnClusters(workflow: string): readonly string[] {
  return stepsOf(readWorkflow(workflow)).filter((state) => steps.get(state)?.description.client === 'kubernetes')
}
