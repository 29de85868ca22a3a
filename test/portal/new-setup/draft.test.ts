import { expect, test } from 'vitest'
import { requestOf } from '../../../client/request/request.ts'
import { draftOf, proposedSecrets, requestFrom } from '../../../portal/src/pages/new-setup/draft.ts'

test('proposes the same secrets as wid init', () => {
  const answers: Readonly<Record<string, string>> = { name: 'prod-cn', region: 'cn-north-1', account: '111122223333' }
  const { cluster } = requestOf('gke-on-aws', (name) => answers[name] ?? '', 'team')
  const proposed = proposedSecrets('prod-cn', {
    region: 'cn-north-1',
    accountId: '111122223333',
    secretPrefix: 'team',
  })
  expect(proposed).toEqual({
    'cluster.credentialsSecretArn': cluster.credentialsSecretArn,
    'cluster.management.credentialsSecretArn': cluster.management?.credentialsSecretArn,
  })
  expect(Object.values(proposed)).toEqual([
    'arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:team/prod-cn/user-cluster',
    'arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:team/prod-cn/management',
  ])
})

test('the request for an agent has no credentials and no proxy, and one for a direct connection does not name it', () => {
  const credentialsSecretArn = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:team/edge-1/user-cluster'
  const cluster = { name: 'edge-1', provider: 'existing', connection: 'agent' }
  const draft = draftOf({ cluster })
  expect(requestFrom(draft).cluster).toEqual(cluster)
  const entered = { name: 'edge-1', credentialsSecretArn, proxyUrl: 'http://bastion.example.com:8118' }
  expect(requestFrom({ ...draft, cluster: { ...entered, connection: 'agent' } }).cluster).toEqual(cluster)
  const direct = { ...entered, provider: 'existing' }
  expect(requestFrom({ ...draft, cluster: { ...entered, connection: 'direct' } }).cluster).toEqual(direct)
  expect(draftOf({ cluster: direct }).cluster).toMatchObject({ connection: 'direct' })
})
