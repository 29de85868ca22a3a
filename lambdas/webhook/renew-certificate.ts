import type * as z from 'zod/mini'
import type { ClusterClient } from '../clouds/kubernetes/cluster-client.ts'
import { displayName, type Manifest, type ObjectRef } from '../clouds/kubernetes/object.ts'
import { ObjectMissing } from '../errors/step-errors.ts'
import { apply } from '../objects/apply.ts'
import { compare } from '../objects/compare.ts'
import { connectToOwnCluster } from '../objects/connect.ts'
import { recordActivated } from '../operations/record/cluster-record.ts'
import { expectedCluster } from '../operations/record/own-cluster.ts'
import type { Change } from '../report/change.ts'
import type { StepRun } from '../steps/contract.ts'
import { step } from '../steps/step.ts'
import { type CertificatePem, certificateDigest, readCertificate, validityOf } from './certificate/certificate.ts'
import { keepOrMake } from './certificate/make.ts'
import { type ClusterSettings, clusterSettingsOf } from './cluster-settings.ts'
import {
  configurationMeanwhile,
  configurationTrusting,
  type ExistingConfiguration,
  realConfigurationRef,
  trusts,
  trustsExactly,
} from './desired/configuration.ts'
import type { OwnWebhook } from './desired/installed.ts'
import { certificateSecretManifest, deploymentManifest, digestIn } from './desired/manifest.ts'
import { ownSecretName, webhookName } from './desired/names.ts'
import { rolloutReason } from './observed/webhook.ts'
import { waitForPropagation } from './propagation.ts'
import { description } from './renew-certificate.step.ts'

/** The observed parts of the webhook. A setup has created all of them. */
interface Observed {
  readonly configuration: ExistingConfiguration
  readonly certificate: Readonly<Record<string, string>> | undefined
  readonly digest: string | undefined
  readonly image: string | undefined
}

/**
 * Renews our certificate (own-ca) if reasonToRenew returns a reason: less than a third of its validity remains, its
 * names, key or signature are wrong, or it cannot be read.
 *
 * So that no pod starts unmutated, the API server first trusts the new authority beside the old one. Then the webhook's
 * pods roll to the new certificate. A later run removes the old authority once all these pods use the new certificate.
 * A later run also completes a renewal that a crash has interrupted.
 *
 * A dry run of all writes comes before the first write.
 *
 * @throws {ObjectMissing} when a part of the webhook no longer exists: only a setup installs it
 * @throws {InvalidCredentials} when the credentials lead to another cluster
 * @throws {OwnershipConflict} when an object is not ours
 * @throws {FieldConflict} when another field manager owns a field that the renewal sets
 */
export const run: StepRun<typeof description> = async ({ target, issuerUrl, installed }, context) => {
  const { cluster: name, dryRun, signal, status } = context
  if (installed.mode !== 'own-ca') return { output: { certificate: 'kept' }, changes: [] }
  const cluster = await connectToOwnCluster(target, expectedCluster(status, issuerUrl), signal)
  const observed = await observe(cluster, installed)
  const certificate = await keepOrMake(observed.certificate, installed.namespace, new Date())
  const isNew = certificate.certificate !== readCertificate(observed.certificate)?.certificate
  const settings = clusterSettingsOf(context)
  const manifests = await manifestsFor(cluster, installed, { observed, certificate, isNew, settings })
  const tried = await Promise.all(manifests.map((manifest) => tryOne(cluster, manifest, dryRun)))
  if (dryRun) return { output: { certificate: outcomeOf(isNew, tried) }, changes: tried }
  const changes: Change[] = []
  // In sequence, because the API server must trust a new certificate before the pods serve with it.
  for (const [index, manifest] of manifests.entries()) {
    const change = tried[index]
    const applied = change?.action === 'unchanged' ? change : await apply(cluster, manifest, { adopt: false })
    changes.push(applied)
    if (isNew) await waitForPropagation([applied], signal)
  }
  await recordActivated(name, { ...installed, certificate: validityOf(certificate.certificate) }, status)
  return { output: { certificate: outcomeOf(isNew, changes) }, changes }
}

export const handler = step(description, run)

function outcomeOf(isNew: boolean, changes: readonly Change[]): z.output<typeof description.output>['certificate'] {
  if (isNew) return 'renewed'
  return changes.every(({ action }) => action === 'unchanged') ? 'kept' : 'finished'
}

async function observe(cluster: ClusterClient, { namespace }: OwnWebhook): Promise<Observed> {
  const deploymentRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: webhookName, namespace } as const
  const secretRef = { apiVersion: 'v1', kind: 'Secret', name: ownSecretName, namespace } as const
  const [configuration, deployment, secret] = await Promise.all([
    cluster.get(realConfigurationRef),
    cluster.get(deploymentRef),
    cluster.get(secretRef),
  ])
  if (!configuration) throw missing(realConfigurationRef)
  if (!deployment) throw missing(deploymentRef)
  if (!secret) throw missing(secretRef)
  const image = deployment.spec?.template.spec?.containers[0]?.image
  return { configuration, certificate: secret.data, digest: digestIn(deployment), image }
}

function missing(ref: ObjectRef): ObjectMissing {
  return new ObjectMissing({
    object: displayName(ref),
    reason: 'a setup has created it, but it no longer exists',
    action: 'Find out who removed the object, and send the setup of the cluster again',
  })
}

/** The manifests to apply, in this order. Empty if nothing has to change. */
async function manifestsFor(
  cluster: ClusterClient,
  webhook: OwnWebhook,
  {
    observed,
    certificate,
    isNew,
    settings,
  }: {
    readonly observed: Observed
    readonly certificate: CertificatePem
    readonly isNew: boolean
    readonly settings: ClusterSettings
  },
): Promise<readonly Manifest[]> {
  const { namespace } = webhook
  const { configuration } = observed
  // A renewal must not change the image, so it uses the image of the Deployment. The record may have another image,
  // because a setup changed the Deployment and then failed. All other settings come from the record.
  const image = observed.image ?? webhook.image
  const parts = { namespace, authorities: certificate.authority }
  const digest = certificateDigest(certificate.certificate)
  const trusting = trusts(configuration, parts.authorities) ? [] : [configurationMeanwhile(configuration, parts)]
  if (isNew || observed.digest !== digest) {
    return [
      ...trusting,
      ...(isNew ? [certificateSecretManifest(namespace, certificate)] : []),
      deploymentManifest({ ...webhook, image, ...settings, certificateDigest: digest }),
    ]
  }
  if (trustsExactly(configuration, parts.authorities)) return []
  const isRolledOut = (await rolloutReason(cluster, webhook)) === undefined
  return isRolledOut ? [configurationTrusting(configuration, parts)] : trusting
}

function tryOne(cluster: ClusterClient, manifest: Manifest, dryRun: boolean): Promise<Change> {
  return dryRun
    ? compare(cluster, manifest, { adopt: false })
    : apply(cluster, manifest, { adopt: false, dryRunOnly: true })
}
