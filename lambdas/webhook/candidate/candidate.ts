/** The objects of the candidate, the new version of the webhook beside the one in use. */
import type { Manifest, ObjectRef } from '../../clouds/kubernetes/object.ts'
import { type CertificatePem, certificateDigest } from '../certificate/certificate.ts'
import { canaryAccount } from '../desired/canary.ts'
import { nextConfiguration, nextConfigurationRef } from '../desired/configuration.ts'
import { certificateSecretManifest, deploymentManifest, serviceManifest } from '../desired/manifest.ts'
import { nextName, replicas, secretNameOf } from '../desired/names.ts'

export interface NextParts {
  readonly namespace: string
  readonly image: string
  readonly region: string
  readonly certificate: CertificatePem
}

/**
 * The candidate's manifests in stages. Each stage needs the ones before it. The candidate always serves with a
 * certificate of ours, so it does not wait until the cluster signs one. It runs as the account of the webhook in use,
 * which may read everything that a webhook reads.
 */
export function nextStages({ namespace, image, region, certificate }: NextParts): readonly (readonly Manifest[])[] {
  const digest = certificateDigest(certificate.certificate)
  const parts = { name: nextName, namespace, mode: 'own-ca', image, replicas, region } as const
  return [
    [certificateSecretManifest(namespace, certificate, nextName)],
    [
      deploymentManifest({ ...parts, certificateDigest: digest }),
      serviceManifest(namespace, nextName),
      canaryAccount(namespace, nextName),
    ],
    [nextConfiguration({ namespace, authorities: certificate.authority })],
  ]
}

/** The candidate's objects in the order of their removal. The configuration that calls the candidate comes first. */
export function nextRefs(namespace: string): readonly ObjectRef[] {
  return [
    nextConfigurationRef,
    { apiVersion: 'apps/v1', kind: 'Deployment', name: nextName, namespace },
    { apiVersion: 'v1', kind: 'Service', name: nextName, namespace },
    { apiVersion: 'v1', kind: 'ServiceAccount', name: nextName, namespace },
    { apiVersion: 'v1', kind: 'Secret', name: secretNameOf(nextName), namespace },
  ]
}
