import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { providerArn } from '../../../lambdas/clouds/aws/iam-names.ts'
import { trustPolicy } from '../../../lambdas/role/trust-policy.ts'

const host = fc.stringMatching(/^[a-z][a-z0-9.-]{0,60}[a-z]$/)
const path = fc.stringMatching(/^(\/[A-Za-z0-9._-]{1,60}){0,3}$/)
const issuer = fc.tuple(host, path).map(([h, p]) => `https://${h}${p}`.slice(0, 255))
const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/)
const accountName = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,251}[a-z0-9]$/)

const account = { partition: 'aws-us-gov', accountId: '123456789012' }

describe('the trust policy', () => {
  it('trusts exactly one subject for exactly the audience of STS', () => {
    fc.assert(
      fc.property(issuer, label, accountName, (issuerUrl, namespace, serviceAccount) => {
        const arn = providerArn(account, issuerUrl)
        const key = issuerUrl.slice('https://'.length)
        expect(trustPolicy(account, { issuerUrls: [issuerUrl], namespace, serviceAccount })).toEqual({
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Federated: arn },
              Action: 'sts:AssumeRoleWithWebIdentity',
              Condition: {
                StringEquals: {
                  [`${key}:sub`]: `system:serviceaccount:${namespace}:${serviceAccount}`,
                  [`${key}:aud`]: 'sts.amazonaws.com',
                },
              },
            },
          ],
        })
      }),
    )
  })

  it('has at most the 2,048 characters of IAM with the longest issuer and names', () => {
    const issuerUrl = `https://${'h'.repeat(247)}`
    const document = trustPolicy(account, {
      issuerUrls: [issuerUrl],
      namespace: 'n'.repeat(63),
      serviceAccount: 's'.repeat(253),
    })
    expect(JSON.stringify(document).length).toBeLessThanOrEqual(2048)
  })

  it('trusts the subject of the new and of the former issuer, each with its own provider, while a cluster moves', () => {
    const workload = { namespace: 'default', serviceAccount: 'reader' }
    const [newest, former] = ['https://oidc.example.com/edge-1', 'https://old.example.com'] as const
    const statements = (...issuerUrls: string[]) => trustPolicy(account, { issuerUrls, ...workload }).Statement
    expect(statements(newest, former)).toEqual([statements(newest), statements(former)].flat())
  })

  it('differs for any two workloads, so that none can assume the role of another', () => {
    const issuerUrl = 'https://h'
    fc.assert(
      fc.property(label, accountName, label, accountName, (n1, a1, n2, a2) => {
        const one = JSON.stringify(trustPolicy(account, { issuerUrls: [issuerUrl], namespace: n1, serviceAccount: a1 }))
        const other = JSON.stringify(
          trustPolicy(account, { issuerUrls: [issuerUrl], namespace: n2, serviceAccount: a2 }),
        )
        expect(one === other).toBe(n1 === n2 && a1 === a2)
      }),
    )
  })
})
