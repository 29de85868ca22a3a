/** The service accounts on clusters whose tokens the deployment uses. */
import { manager } from './labels.ts'

/**
 * Namespace of these accounts, and of nothing else. A webhook that requests its certificate may create Secrets in its own
 * namespace. It could therefore create a token of each account there, so the accounts have a namespace of their own.
 */
export const accountNamespace = 'workload-identity-setup'

/** Name of the account on a cluster whose workloads get roles. */
export const clusterAccount = manager

/** Name of the account on a management cluster. Each cluster has its own, which may not change other clusters. */
export function managementAccount(cluster: string): string {
  return `${manager}-${cluster}`
}
