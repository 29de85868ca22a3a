import { expect, test } from 'vitest'
import { target } from '../../../lambdas/spec/target.ts'

const secret = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:workload-identity/prod-eu'

test('a step refuses a secret whose path has empty parts or parts of only dots', () => {
  const isAccepted = (credentialsSecretArn: string) =>
    target.safeParse({ name: 'prod-eu', credentialsSecretArn }).success
  for (const path of ['user', '.kube/config', 'a..b']) expect(isAccepted(`${secret}/${path}`)).toBe(true)
  for (const path of ['../shop/user', './user', '/user', 'a/']) expect(isAccepted(`${secret}/${path}`)).toBe(false)
})
