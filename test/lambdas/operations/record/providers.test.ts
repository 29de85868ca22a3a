import { expect, test } from 'vitest'
import {
  allIssuers,
  possibleProviderArns,
  providerChangedAt,
  recordedProviderArns,
} from '../../../../lambdas/operations/record/providers.ts'
import { noStatus } from '../../../../lambdas/operations/record/record.ts'
import { foundCluster } from '../../../support/api/operations.ts'

const arnOf = (host: string) => `arn:aws:iam::000000000000:oidc-provider/${host}`

test('a teardown covers every issuer of the cluster, including the one that was observed last', () => {
  const providers = { formerProviderArns: [arnOf('first.example')], providerArn: arnOf('issuer.example') }
  const cluster = { ...foundCluster, issuerUrl: 'https://newest.example' }
  const issuers = ['https://first.example', 'https://issuer.example']
  expect(allIssuers({ ...noStatus, ...providers, cluster: foundCluster })).toEqual(issuers)
  expect(allIssuers({ ...noStatus, ...providers, cluster })).toEqual([...issuers, 'https://newest.example'])
  expect(allIssuers({ ...noStatus, cluster })).toEqual(['https://newest.example'])
  expect(allIssuers(noStatus)).toEqual([])
  expect(recordedProviderArns({ ...noStatus, ...providers })).toEqual([arnOf('first.example'), arnOf('issuer.example')])
})

test('only the newest provider has the time of its last change', () => {
  const status = { ...noStatus, providerArn: arnOf('issuer.example'), providerChangedAt: '2026-11-25T12:00:00.000Z' }
  expect(providerChangedAt(status, arnOf('issuer.example'))).toBe('2026-11-25T12:00:00.000Z')
  expect(providerChangedAt(status, arnOf('first.example'))).toBeUndefined()
})

test('the providers of a teardown are the recorded ones, and that of the issuer in the account of the cluster', () => {
  const account = { partition: 'aws', accountId: '222233334444' }
  const there = 'arn:aws:iam::222233334444:oidc-provider/issuer.example'
  const cluster = { ...foundCluster, issuerUrl: 'https://issuer.example' }
  const formerProviderArns = [arnOf('first.example')]
  expect(possibleProviderArns({ ...noStatus, cluster, formerProviderArns, providerArn: there }, account)).toEqual([
    arnOf('first.example'),
    there,
  ])
  expect(possibleProviderArns({ ...noStatus, cluster }, account)).toEqual([there])
  expect(possibleProviderArns(noStatus, account)).toEqual([])
})
