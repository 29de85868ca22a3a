/**
 * Detects a webhook that would not survive an upgrade of its cluster. A webhook that requests its certificate works
 * only before Kubernetes 1.22: https://kubernetes.io/docs/reference/using-api/deprecation-guide/
 */
import type { Explanation } from '../../errors/step-errors.ts'
import type { RecordedWebhook } from '../recorded.ts'

/** The first minor version of Kubernetes on which no cluster signs the certificate. */
const firstWithoutSigner = 22

/**
 * The reason why the cluster must not be upgraded to this version (1.22.8-gke.100) with the recorded webhook, or
 * undefined. It does not compare the version with the cluster's current one. The caller ignores the reason if the
 * cluster already has this version, because then no upgrade happens.
 */
export function reasonAgainstVersion(
  { cluster, installed }: RecordedWebhook,
  version: string,
): Explanation | undefined {
  if (installed.mode !== 'csr' || Number(version.split('.')[1]) < firstWithoutSigner) return undefined
  return {
    object: `cluster ${cluster}`,
    reason: `it must not be upgraded to Kubernetes ${version}: from 1.${firstWithoutSigner} on, no cluster signs the certificate that its webhook requests`,
    action: `Change webhook.certificate to own-ca first (wid upgrade ${cluster} --certificate own-ca), then send this request again`,
  }
}
