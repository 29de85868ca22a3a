import { expect } from 'vitest'
import type { ClusterClient } from '../../../lambdas/clouds/kubernetes/cluster-client.ts'
import type { Manifest } from '../../../lambdas/clouds/kubernetes/object.ts'
import { apply } from '../../../lambdas/objects/apply.ts'
import { certificateDigest } from '../../../lambdas/webhook/certificate/certificate.ts'
import { makeCertificate } from '../../../lambdas/webhook/certificate/make.ts'
import { realConfiguration } from '../../../lambdas/webhook/desired/configuration.ts'
import { certificateSecretManifest, deploymentManifest } from '../../../lambdas/webhook/desired/manifest.ts'
import { rolloutWaiting } from '../../../lambdas/webhook/observed/webhook.ts'
import { account } from '../../../sandbox/account.ts'
import type { AnyCluster } from '../../../sandbox/kubernetes/clusters/any-cluster.ts'
import { asString, at } from '../../../sandbox/kubernetes/objects/objects.ts'
import { minorOf, objectIn } from '../kubernetes/clusters.ts'
import { missingNow } from '../kubernetes/pod-load.ts'

const dayMs = 24 * 60 * 60 * 1000

interface Webhook {
  readonly cluster: AnyCluster
  readonly client: ClusterClient
  readonly namespace: string
  readonly image: string
}

/** The PEM certificates in the Secret of a webhook with a certificate of ours. */
export async function servingCertificate(cluster: AnyCluster, namespace: string) {
  const secret = await objectIn(cluster, 'Secret', { name: 'pod-identity-webhook-tls', namespace })
  const pem = (key: string) => Buffer.from(asString(at(secret?.data, key)), 'base64').toString()
  return { certificate: pem('tls.crt'), authority: pem('ca.crt') }
}

/**
 * Replaces the webhook's certificate and its trusted authority by those of a setup this many days ago. The service account of
 * pod-load.ts must exist.
 */
export async function ageCertificate({ cluster, client, namespace, image }: Webhook, days: number): Promise<void> {
  const old = await makeCertificate(namespace, new Date(Date.now() - days * dayMs))
  const applyOurs = (manifest: Manifest) => apply(client, manifest, { adopt: false })
  const { authority } = await servingCertificate(cluster, namespace)
  await applyOurs(realConfiguration({ namespace, authorities: authority + old.authority }, 'Ignore'))
  await applyOurs(certificateSecretManifest(namespace, old))
  const defaults = { region: account.region, kubernetesMinor: minorOf(cluster) }
  const deployment = { namespace, mode: 'own-ca', image, replicas: 2, ...defaults } as const
  await applyOurs(deploymentManifest({ ...deployment, certificateDigest: certificateDigest(old.certificate) }))
  const webhook = { mode: 'own-ca', namespace, image, replicas: 2 } as const
  // An old pod may still use the old certificate.
  await expect.poll(() => rolloutWaiting(client, webhook), { timeout: 60_000, interval: 200 }).toBeUndefined()
  await expect.poll(() => missingNow(client), { timeout: 20_000 }).toEqual([])
  await applyOurs(realConfiguration({ namespace, authorities: old.authority }, 'Ignore'))
}
