/** The objects of the candidate, the new version of the webhook beside the one in use. */
import type { Manifest, ObjectRef } from '../../clouds/kubernetes/object.ts'
import { type CertificatePem, certificateDigest } from '../certificate/certificate.ts'
import { canaryAccount } from '../desired/canary.ts'
import { candidateConfiguration, candidateConfigurationRef } from '../desired/configuration.ts'
import { certificateSecretManifest, deploymentManifest, serviceManifest } from '../desired/manifest.ts'
import { candidateName, replicas, secretNameOf } from '../desired/names.ts'
import type { Served } from '../served.ts'

export interface CandidateParts extends Served {
  readonly namespace: string
  readonly image: string
  readonly certificate: CertificatePem
}

/**
 * The candidate's manifests in stages. Each stage needs the ones before it. The candidate always serves with a
 * certificate of ours, so it does not wait until the cluster signs one. It runs as the account of the webhook in use,
 * which may read everything that a webhook reads.
 */
export function candidateStages({
  namespace,
  image,
  certificate,
  ...served
}: CandidateParts): readonly (readonly Manifest[])[] {
  const digest = certificateDigest(certificate.certificate)
  const parts = { name: candidateName, namespace, mode: 'own-ca', image, replicas, ...served } as const
  return [
    [certificateSecretManifest(namespace, certificate, candidateName)],
    [
      deploymentManifest({ ...parts, certificateDigest: digest }),
      serviceManifest(namespace, candidateName),
      canaryAccount(namespace, candidateName),
    ],
    [candidateConfiguration({ namespace, authorities: certificate.authority })],
  ]
}

/** The candidate's objects in the order of their removal. The configuration that calls the candidate comes first. */
export function candidateRefs(namespace: string): readonly ObjectRef[] {
  return [
    candidateConfigurationRef,
    { apiVersion: 'apps/v1', kind: 'Deployment', name: candidateName, namespace },
    { apiVersion: 'v1', kind: 'Service', name: candidateName, namespace },
    { apiVersion: 'v1', kind: 'ServiceAccount', name: candidateName, namespace },
    { apiVersion: 'v1', kind: 'Secret', name: secretNameOf(candidateName), namespace },
  ]
}
