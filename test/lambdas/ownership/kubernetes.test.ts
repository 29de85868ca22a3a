import { describe, expect, it } from 'vitest'
import {
  isAdopted,
  isOurs,
  requireOursInCluster,
  withAdoption,
  withOwnershipLabels,
} from '../../../lambdas/ownership/kubernetes.ts'

const owner = { deployment: '123456789012/eu-central-1/workload-identity', cluster: 'prod' }
const manifest = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'a', labels: { team: 'x' }, annotations: { note: 'y' } },
}
const annotations = {
  note: 'y',
  'workload-identity/deployment': owner.deployment,
  'workload-identity/cluster': owner.cluster,
}

describe('ownership labels and annotations', () => {
  it('make an object ours, name its owner, and keep other labels and annotations', () => {
    const { metadata } = withOwnershipLabels(manifest, owner)

    expect(metadata.labels).toEqual({ team: 'x', 'app.kubernetes.io/managed-by': 'workload-identity' })
    expect(metadata.annotations).toEqual(annotations)
    expect(isOurs(metadata, owner)).toBe(true)
    expect(isAdopted(metadata)).toBe(false)
  })

  it('distinguish an adopted object from one that we created', () => {
    const { metadata } = withAdoption(withOwnershipLabels(manifest, owner))

    expect(metadata.annotations).toEqual({ ...annotations, 'workload-identity/adopted': 'true' })
    expect(isAdopted(metadata)).toBe(true)
  })

  it('do not exist on foreign objects, even with the annotation of an adoption', () => {
    expect(isOurs(undefined, owner)).toBe(false)
    expect(isOurs({ labels: { 'app.kubernetes.io/managed-by': 'Helm' } }, owner)).toBe(false)
    expect(isAdopted({ annotations: { 'workload-identity/adopted': 'true' } })).toBe(false)
  })
})

describe('an object in the cluster', () => {
  const existing = (of: typeof owner) => ({
    object: 'ServiceAccount default/a',
    metadata: withOwnershipLabels(manifest, of).metadata,
  })

  it('is used by its owner, and adopted only when no cluster of ours owns it', () => {
    expect(requireOursInCluster(existing(owner), owner, false)).toBe('ours')
    const unowned = { object: 'ServiceAccount default/a', metadata: manifest.metadata }
    expect(requireOursInCluster(unowned, owner, true)).toBe('adopting')
    expect(() => requireOursInCluster(unowned, owner, false)).toThrow(/not made by workload-identity/)
  })

  it.each([true, false])('of another cluster is refused with the name to use, whether adopt is %s', (adopt) => {
    const twin = { ...owner, cluster: 'prod-again' }
    expect(() => requireOursInCluster(existing(owner), twin, adopt)).toThrow(
      /belongs to cluster prod, so that this is cluster prod under a second name. Use the name prod for this cluster/,
    )
  })

  it('of an owner with an invalid name is refused without that name, because the server may be malicious', () => {
    const forged = { deployment: 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln', cluster: 'Bearer abc' }
    expect(() => requireOursInCluster(existing(forged), owner, true)).toThrow(
      /belongs to cluster unnamed of the deployment unnamed/,
    )
  })

  it.each([true, false])('of another deployment is refused with that deployment, whether adopt is %s', (adopt) => {
    const elsewhere = { ...owner, deployment: '210987654321/eu-west-1/workload-identity' }
    expect(() => requireOursInCluster(existing(elsewhere), owner, adopt)).toThrow(
      /belongs to cluster prod of the deployment 210987654321\/eu-west-1\/workload-identity/,
    )
  })
})
