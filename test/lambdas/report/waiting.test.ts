import { expect, test } from 'vitest'
import { taskOfCredentials } from '../../../lambdas/report/waiting.ts'

test('the task to store credentials names the command for the cluster, and the page that explains it', () => {
  const own = { purpose: 'Make the account', command: 'kubectl apply' }
  const task = taskOfCredentials('prod-eu', [own])
  expect(task.commands).toEqual([own, expect.objectContaining({ command: 'wid connect prod-eu' })])
  expect(task.link).toBe('docs/cli.md#connect-a-cluster')
})
