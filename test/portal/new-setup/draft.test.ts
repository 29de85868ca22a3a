import { expect, test } from 'vitest'
import { requestOf } from '../../../client/request/request.ts'
import { proposedSecrets } from '../../../portal/src/pages/new-setup/draft.ts'

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
