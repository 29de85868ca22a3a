import { expect, it } from 'vitest'
import { tryTokens } from '../../../lambdas/proof/try-tokens.cluster.ts'
import { foundThroughJson } from '../../support/kubernetes/cluster-parts.ts'
import { host, issuerUrl, providerArn, verification } from '../../support/steps/verification.ts'

const fixture = verification((clusters) => clusters.start('prod', { issuer: issuerUrl }))

function questionOf() {
  const audience = 'sts.amazonaws.com'
  return {
    cluster: 'prod',
    roleArn: fixture.roleArn,
    own: { account: { namespace: 'default', serviceAccount: fixture.name }, audience },
    others: [{ account: { namespace: 'default', serviceAccount: 'default' }, audience }],
    triesPod: false,
    settled: false,
  }
}

it('returns only the answers of STS, without tokens and credentials', async () => {
  await fixture.setUp()
  const found = await foundThroughJson(tryTokens, fixture.cluster, questionOf())
  expect(found).toEqual({
    keyId: expect.stringMatching(/^[\w-]{43}$/),
    own: {
      session: {
        subject: `system:serviceaccount:default:${fixture.name}`,
        audience: 'sts.amazonaws.com',
        provider: providerArn,
        expiresAt: expect.any(String),
        assumedRoleArn: expect.stringContaining(`assumed-role/${fixture.name}/`),
      },
    },
    others: [{ refusal: { code: 'AccessDenied', message: expect.any(String) } }],
    mutation: 'not installed',
  })
  expect(JSON.stringify(found)).not.toMatch(/eyJ|AKIA|ASIA/)
})

it('returns a refusal of the own token, and tries no other token after it', async () => {
  await fixture.setUp()
  await fixture.trust({ StringEquals: { [`${host}/prod:sub`]: 'system:serviceaccount:default:another' } })
  expect(await foundThroughJson(tryTokens, fixture.cluster, questionOf())).toMatchObject({
    own: { refusal: { code: 'AccessDenied' } },
    others: [],
  })
})
