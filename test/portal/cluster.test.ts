import { describe, expect, it, test } from 'vitest'
import { subjectOf } from '../../client/starts.ts'
import { imageVersion, recordedSpec } from '../../portal/src/pages/cluster/recorded-spec.ts'
import { emptyForm, upgradeOf } from '../../portal/src/pages/cluster/upgrade-form.ts'
import { exampleRequest } from '../support/api/requests.ts'

describe('the version of an image', () => {
  it('is its tag, and not the port of its registry', () => {
    expect(imageVersion('public.ecr.aws/eks/amazon-eks-pod-identity-webhook:v0.6.17')).toBe('v0.6.17')
    expect(imageVersion('registry.example:5000/webhook:1.2')).toBe('1.2')
    expect(imageVersion('registry.example:5000/webhook')).toBeUndefined()
  })

  it('is the start of its digest, if it has one', () => {
    expect(imageVersion(`registry.example/webhook:v1@sha256:${'0123456789abcdef'.repeat(4)}`)).toBe(
      'sha256:0123456789ab',
    )
  })
})

test('reads from a spec whether a setup created the cluster, and whether its issuer is hosted', () => {
  expect(recordedSpec(exampleRequest('setup'))).toMatchObject({ isCreatedBySetup: true, isHosted: false })
  expect(recordedSpec(exampleRequest('kubeadm'))).toMatchObject({ isCreatedBySetup: false, isHosted: true })
  expect(recordedSpec(exampleRequest('existing-cluster')).webhook).toMatchObject({ mode: 'install' })
  expect(recordedSpec({})).toEqual({ isCreatedBySetup: false, isHosted: false, webhook: {}, reconcile: 'report' })
})

test('the request for an upgrade contains only the chosen fields', () => {
  const cluster = { name: 'prod-eu', spec: {}, generation: 12 }
  const none = { cluster, adopt: false, dryRun: true }
  expect(upgradeOf(cluster, emptyForm, true)).toEqual(none)
  const chosen = { ...emptyForm, image: ' registry.example/webhook:v1 ', failurePolicy: 'Fail' } as const
  expect(upgradeOf(cluster, chosen, true)).toEqual({
    ...none,
    image: 'registry.example/webhook:v1',
    failurePolicy: 'Fail',
  })
})

test('the subject of a teardown is the cluster or the workload', () => {
  const workload = { namespace: 'default', serviceAccount: 's3-reader' }
  expect(subjectOf({ cluster: 'prod-eu' })).toBe('prod-eu')
  expect(subjectOf({ cluster: 'prod-eu', workload })).toBe('default/s3-reader')
})
