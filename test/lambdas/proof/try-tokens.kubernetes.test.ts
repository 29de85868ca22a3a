import { expect, it } from 'vitest'
import { tryTokens } from '../../../lambdas/proof/try-tokens.cluster.ts'
import { foundThroughJson } from '../../support/kubernetes/cluster-parts.ts'
import { host, issuerUrl, providerArn, verification } from '../../support/steps/verification.ts'

const made = verification((clusters) => clusters.start('prod', { issuer: issuerUrl }))

function questionOf(serviceAccount = made.name) {
  const audience = 'sts.amazonaws.com'
  return {
    cluster: 'prod',
    roleArn: made.roleArn,
    own: { account: { namespace: 'default', serviceAccount }, audience },
    others: [{ account: { namespace: 'default', serviceAccount: 'default' }, audience }],
    triesPod: false,
    settled: false,
  }
}

it("gives back STS's answers alone, and no token and no session", async () => {
  await made.setUp()
  const found = await foundThroughJson(tryTokens, made.cluster, questionOf())
  expect(found).toEqual({
    keyId: expect.stringMatching(/^[\w-]{43}$/),
    own: {
      session: {
        subject: `system:serviceaccount:default:${made.name}`,
        audience: 'sts.amazonaws.com',
        provider: providerArn,
        expiresAt: expect.any(String),
        assumedRoleArn: expect.stringContaining(`assumed-role/${made.name}/`),
      },
    },
    others: [{ refusal: { code: 'AccessDenied', message: expect.any(String) } }],
    mutation: 'not installed',
  })
  expect(JSON.stringify(found)).not.toMatch(/eyJ|AKIA|ASIA/)
})

it('shows a refusal of the own token, after which it tries no other', async () => {
  await made.setUp()
  await made.trust({ StringEquals: { [`${host}/prod:sub`]: 'system:serviceaccount:default:another' } })
  expect(await foundThroughJson(tryTokens, made.cluster, questionOf())).toMatchObject({
    own: { refusal: { code: 'AccessDenied' } },
    others: [],
  })
})
