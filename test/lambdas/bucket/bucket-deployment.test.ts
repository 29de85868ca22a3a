import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deploymentLabel, otherDeploymentOf } from '../../../lambdas/bucket/bucket-deployment.ts'
import { deployment } from '../../support/steps/deployment.ts'

/** Account, region and name of a stack, in the characters that CloudFormation allows. */
const name = fc
  .tuple(
    fc.stringMatching(/^[0-9]{12}$/),
    fc.constantFrom('eu-west-1', 'ap-southeast-5', 'us-gov-west-1'),
    fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,127}$/),
  )
  .map((parts) => parts.join('/'))

test('Cloud Storage accepts the label, and each deployment has another one', () => {
  fc.assert(
    fc.property(name, name, (one, other) => {
      expect(deploymentLabel(one)).toMatch(/^[0-9]{12}_[a-z0-9-]+_[0-9a-f]{12}$/)
      expect(deploymentLabel(one).length).toBeLessThanOrEqual(63)
      expect(deploymentLabel(one) === deploymentLabel(other)).toBe(one === other)
    }),
  )
})

const ours = { 'managed-by': 'workload-identity' }
const other = deploymentLabel('000000000000/eu-west-1/Second')

test.each([
  [{ ...ours, 'workload-identity-deployment': other }, other],
  [{ 'workload-identity-adopted': 'true', 'workload-identity-deployment': other }, other],
  [{ ...ours, 'workload-identity-deployment': 'whatever' }, 'of an unknown name'],
  [{ ...ours, 'workload-identity-deployment': deploymentLabel(deployment) }, undefined],
  [ours, undefined],
  [{ 'workload-identity-deployment': other }, undefined],
])('a bucket with the labels %o belongs to the other deployment %s', (labels, expected) => {
  expect(otherDeploymentOf({ labels }, deployment)).toBe(expected)
})
