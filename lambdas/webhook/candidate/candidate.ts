/** The objects of the candidate, which is the new version of the webhook beside the one in use. */
import type { ClusterClient } from '../../clouds/kubernetes/cluster-client.ts'
import { displayName, type ObjectRef } from '../../clouds/kubernetes/object.ts'
import type { Stages } from '../../objects/stages.ts'
import type { Change } from '../../report/change.ts'
import { certificateDigest } from '../certificate/certificate.ts'
import { keepOrMake } from '../certificate/make.ts'
import type { ClusterSettings } from '../cluster-settings.ts'
import { canaryAccount } from '../desired/canary.ts'
import { candidateConfiguration, candidateConfigurationRef } from '../desired/configuration.ts'
import type { OwnWebhook } from '../desired/installed.ts'
import { certificateSecretManifest, deploymentManifest, serviceManifest } from '../desired/manifest.ts'
import { candidateName, secretNameOf } from '../desired/names.ts'

/**
 * The candidate's manifests in stages. Each stage needs the previous stages. The candidate always uses a certificate of
 * this product, so that it need not wait for the cluster's signature. It runs as the service account of the webhook
 * in use, because this account has all read rights that a webhook needs.
 */
export async function candidateStages(
  cluster: ClusterClient,
  webhook: OwnWebhook,
  settings: ClusterSettings,
): Promise<Stages> {
  const { namespace } = webhook
  const ref = { apiVersion: 'v1', kind: 'Secret', name: secretNameOf(candidateName), namespace } as const
  const certificate = await keepOrMake((await cluster.get(ref))?.data, namespace, new Date(), candidateName)
  const digest = certificateDigest(certificate.certificate)
  return [
    [certificateSecretManifest(namespace, certificate, candidateName)],
    [
      deploymentManifest({ ...webhook, ...settings, name: candidateName, certificateDigest: digest }),
      serviceManifest(namespace, candidateName),
      canaryAccount(namespace, candidateName),
    ],
    [candidateConfiguration({ namespace, authorities: certificate.authority })],
  ]
}

/** The changes that a dry run reports for the candidate: it is created, and deleted after the change of the webhook. */
export function plannedCandidate(namespace: string): readonly Change[] {
  return (['created', 'deleted'] as const).flatMap((action) =>
    candidateRefs(namespace).map((ref): Change => ({ object: displayName(ref), action, temporary: true })),
  )
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
