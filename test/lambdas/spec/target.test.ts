import { expect, test } from 'vitest'
import { target } from '../../../lambdas/spec/target.ts'

const secret = 'arn:aws:secretsmanager:eu-west-1:000000000000:secret:workload-identity/prod-eu'

test('a step takes no secret whose path has parts that are empty or only dots', () => {
  const isTaken = (credentialsSecretArn: string) => target.safeParse({ name: 'prod-eu', credentialsSecretArn }).success
  for (const path of ['user', '.kube/config', 'a..b']) expect(isTaken(`${secret}/${path}`)).toBe(true)
  for (const path of ['../shop/user', './user', '/user', 'a/']) expect(isTaken(`${secret}/${path}`)).toBe(false)
})
