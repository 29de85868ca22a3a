/** The service accounts on clusters whose tokens the deployment uses. */
import { manager } from './labels.ts'

/**
 * The namespace for these accounts alone. A webhook that requests its certificate may create Secrets in its own
 * namespace. There it could create a token of each account, so the accounts have a separate namespace.
 */
export const accountNamespace = 'workload-identity-setup'

export const clusterAccount = manager

/** Name of a cluster's account on a management cluster. The account may not change other clusters. */
export function managementAccount(cluster: string): string {
  return `${manager}-${cluster}`
}
