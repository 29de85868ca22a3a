import { describe, expect, it } from 'vitest'
import { isAdopted, isOurs, withAdoption, withOwnershipLabels } from '../../../lambdas/ownership/kubernetes.ts'

const manifest = {
  apiVersion: 'v1',
  kind: 'ServiceAccount',
  metadata: { name: 'a', labels: { team: 'x' }, annotations: { note: 'y' } },
}

describe('the marks of Kubernetes objects', () => {
  it('make an object ours and keep what else it has', () => {
    const { metadata } = withOwnershipLabels(manifest)

    expect(metadata.labels).toEqual({ team: 'x', 'app.kubernetes.io/managed-by': 'workload-identity' })
    expect(isOurs(metadata)).toBe(true)
    expect(isAdopted(metadata)).toBe(false)
  })

  it('tell an adopted object from one that we made', () => {
    const { metadata } = withAdoption(withOwnershipLabels(manifest))

    expect(metadata.annotations).toEqual({ note: 'y', 'workload-identity/adopted': 'true' })
    expect(isAdopted(metadata)).toBe(true)
  })

  it('are not there on what somebody else made, whatever it says of adoption', () => {
    expect(isOurs(undefined)).toBe(false)
    expect(isOurs({ labels: { 'app.kubernetes.io/managed-by': 'Helm' } })).toBe(false)
    expect(isAdopted({ annotations: { 'workload-identity/adopted': 'true' } })).toBe(false)
  })
})
