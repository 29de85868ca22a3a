import { expect, test } from 'vitest'
import { connectionText } from '../../../../lambdas/clouds/kubernetes/connection-text.ts'
import { accountNamespace } from '../../../../lambdas/ownership/setup-account.ts'

test('the agent restarts in the namespace of its account', () => {
  const { replace } = connectionText({ name: 'prod', credentialsSecretArn: undefined })
  expect(replace).toContain(`kubectl --namespace ${accountNamespace} rollout`)
})
