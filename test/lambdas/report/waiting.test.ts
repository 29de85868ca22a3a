import { expect, test } from 'vitest'
import { accountNamespace } from '../../../lambdas/ownership/setup-account.ts'
import { taskOfConnection, taskOfCredentials } from '../../../lambdas/report/waiting.ts'

test('the task to store credentials names the command for the cluster, and the page that explains it', () => {
  const own = { purpose: 'Make the account', command: 'kubectl apply' }
  const task = taskOfCredentials('prod-eu', [own])
  expect(task.commands).toEqual([own, expect.objectContaining({ command: 'wid connect prod-eu' })])
  expect(task.link).toBe('docs/cli.md#connect-a-cluster')
})

test('the task to connect a cluster without a secret installs its agent', () => {
  const { commands, link } = taskOfConnection({ name: 'edge-1' })
  expect(commands.map(({ command }) => command)).toEqual([
    'wid rights edge-1 --apply',
    expect.stringContaining(
      `wid enroll edge-1 | helm upgrade --install workload-identity-agent charts/agent --namespace ${accountNamespace} `,
    ),
  ])
  expect(link).toBe('docs/agent.md#install-it')
  expect(taskOfConnection({ name: 'edge-1', credentialsSecretArn: 'arn:secret' })).toEqual(taskOfCredentials('edge-1'))
})
