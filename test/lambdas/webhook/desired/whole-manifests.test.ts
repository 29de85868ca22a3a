import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import type { Manifest } from '../../../../lambdas/clouds/kubernetes/object.ts'
import {
  canaryConfiguration,
  candidateConfiguration,
  realConfiguration,
} from '../../../../lambdas/webhook/desired/configuration.ts'
import {
  certificateSecretManifest,
  clusterRoleBindingManifest,
  clusterRoleManifest,
  type DeploymentParts,
  deploymentManifest,
  disruptionBudgetManifest,
  namespaceManifest,
  roleBindingManifest,
  roleManifest,
  serviceAccountManifest,
  serviceManifest,
} from '../../../../lambdas/webhook/desired/manifest.ts'
import { candidateName, webhookName } from '../../../../lambdas/webhook/desired/names.ts'

/**
 * Each field of each object. After a change of the manifests, update these files:
 * `npx vitest run --project rules test/lambdas/webhook/desired -u`.
 */

const namespace = 'workload-identity-webhook'
const parts = { namespace, replicas: 2, region: 'eu-west-1' }
const pem = { certificate: 'a certificate\n', key: 'its key\n', authority: 'its authority\n' }
const ownCa: DeploymentParts = {
  ...parts,
  mode: 'own-ca',
  image: 'registry.example/webhook:v0.6.17',
  kubernetesMinor: 33,
  certificateDigest: '0123abcd',
}

it('in mode own-ca the webhook has these objects', async () => {
  const objects = [
    namespaceManifest(namespace),
    serviceAccountManifest(namespace),
    clusterRoleManifest('own-ca'),
    clusterRoleBindingManifest(namespace),
    serviceManifest(namespace),
    disruptionBudgetManifest(namespace, 'policy/v1'),
    certificateSecretManifest(namespace, pem),
    deploymentManifest(ownCa),
  ]
  await expect(documents(objects)).toMatchFileSnapshot('manifests/own-ca.yaml')
})

it('in mode csr the webhook has these objects', async () => {
  const image = 'registry.example/webhook:v0.3.0'
  const objects = [
    clusterRoleManifest('csr'),
    roleManifest(namespace, 'csr'),
    roleBindingManifest(namespace),
    disruptionBudgetManifest(namespace, 'policy/v1beta1'),
    deploymentManifest({ ...parts, mode: 'csr', image, kubernetesMinor: 20 }),
  ]
  await expect(documents(objects)).toMatchFileSnapshot('manifests/csr.yaml')
})

it('a candidate differs from the webhook only in its name', () => {
  const textOf = (name?: string) =>
    documents([
      serviceManifest(namespace, name),
      certificateSecretManifest(namespace, pem, name),
      deploymentManifest({ ...ownCa, ...(name !== undefined && { name }) }),
    ])
  const [webhook, candidate] = [textOf(), textOf(candidateName)]
  expect(candidate.replaceAll(candidateName, webhookName)).toBe(webhook)
  const lines = webhook.split('\n')
  const differing = candidate.split('\n').filter((line, index) => line !== lines[index])
  expect(differing.map((line) => line.trim())).toEqual([
    ...[`name: ${candidateName}`, `app: ${candidateName}`, `name: ${candidateName}-tls`, `name: ${candidateName}`],
    ...Array.from({ length: 5 }, () => `app: ${candidateName}`),
    `secretName: ${candidateName}-tls`,
  ])
})

it('these configurations send pods to the webhook, the canary and the candidate', async () => {
  const called = { namespace, authorities: pem.authority }
  const objects = [realConfiguration(called, 'Ignore'), canaryConfiguration(called), candidateConfiguration(called)]
  await expect(documents(objects)).toMatchFileSnapshot('manifests/configurations.yaml')
})

function documents(objects: readonly Manifest[]): string {
  return objects.map((object) => stringify(object, { aliasDuplicateObjects: false })).join('---\n')
}
