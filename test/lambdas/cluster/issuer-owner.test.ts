import { expect, test } from 'vitest'
import { requireOwnIssuer } from '../../../lambdas/cluster/issuer-owner.ts'
import { OwnershipConflict } from '../../../lambdas/errors/step-errors.ts'
import { tagsFor } from '../../../lambdas/ownership/ownership.ts'

const issuerUrl = 'https://issuer.example.com/prod'
const owner = { deployment: '123456789012/eu-central-1/workload-identity', cluster: 'prod-again' }

test.each([
  ['has our own tags', tagsFor(owner, false)],
  ['was adopted by us', tagsFor(owner, true)],
  ['has no tags of ours', { team: 'x' }],
])('a cluster whose provider %s is no second name', (_, tags) => {
  expect(() => requireOwnIssuer(issuerUrl, tags, owner)).not.toThrow()
})

test('a cluster whose issuer is that of another one is told the name to use', () => {
  const tags = tagsFor({ ...owner, cluster: 'prod' }, false)
  expect(() => requireOwnIssuer(issuerUrl, tags, owner)).toThrow(OwnershipConflict)
  expect(() => requireOwnIssuer(issuerUrl, tags, owner)).toThrow(
    'cluster prod-again: its issuer https://issuer.example.com/prod is that of cluster prod, so that this is cluster prod under a second name. Use the name prod for this cluster',
  )
})

test('a cluster that another deployment has set up is refused under the same name, too', () => {
  const tags = tagsFor({ deployment: '123456789012/eu-west-1/workload-identity', cluster: owner.cluster }, false)
  expect(() => requireOwnIssuer(issuerUrl, tags, owner)).toThrow(
    /is that of cluster prod-again of the deployment 123456789012\/eu-west-1\/workload-identity/,
  )
})
