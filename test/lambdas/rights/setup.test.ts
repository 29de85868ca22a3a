import { expect, it } from 'vitest'
import { NoRights } from '../../../lambdas/rights/no-rights.ts'
import { rightsSetupOf } from '../../../lambdas/rights/setup.ts'
import { webhook } from '../../../lambdas/spec/setup-request.ts'
import { exampleRequest } from '../../support/api/requests.ts'

const request = exampleRequest('existing-cluster')
const ofAnthos = exampleRequest('setup')
const withCertificate = (certificate: 'auto' | 'own-ca' | 'csr') => ({
  ...request,
  webhook: webhook.parse({ mode: 'install', certificate }),
})

it('the source of the certificate follows the given version, else that of the spec, else the newest', () => {
  expect(rightsSetupOf(withCertificate('auto')).mode).toBe('own-ca')
  expect(rightsSetupOf(withCertificate('auto'), 20).mode).toBe('csr')
  const old = { ...ofAnthos.cluster, spec: { controlPlane: { version: '1.20.9-gke.1' } } }
  expect(rightsSetupOf({ ...ofAnthos, cluster: { ...ofAnthos.cluster, ...old } }).mode).toBe('csr')
})

it('certificate csr without a version is accepted, and refused on a version that signs no request', () => {
  expect(rightsSetupOf(withCertificate('csr')).mode).toBe('csr')
  const refused = () => rightsSetupOf(withCertificate('csr'), 33)
  expect(refused).toThrow(NoRights)
  expect(refused).toThrow(expect.objectContaining({ name: 'NoRights' }))
})

it('only a cluster with a spec is applied, with its node pools', () => {
  const { spec: _, nodePools: __, ...existing } = ofAnthos.cluster
  expect(rightsSetupOf(ofAnthos).management).toMatchObject({ applies: true, nodePools: ['pool-0'] })
  expect(rightsSetupOf({ ...ofAnthos, cluster: existing }).management).toMatchObject({ applies: false, nodePools: [] })
})

it('an issuer is hosted only if the request says so', () => {
  expect(rightsSetupOf(request).hosted).toBe(false)
  expect(rightsSetupOf(exampleRequest('kubeadm')).hosted).toBe(true)
})
