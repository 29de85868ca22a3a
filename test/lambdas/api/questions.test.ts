import { expect, test } from 'vitest'
import { planQuestions, setupQuestions } from '../../../lambdas/api/questions.ts'
import { memberAccount } from '../../../sandbox/account.ts'
import { deployment } from '../../support/deployment.ts'
import { exampleRequest } from '../../support/requests.ts'

const here = exampleRequest('existing-cluster')
const there = exampleRequest('existing-cluster', { 'cluster.awsAccountId': memberAccount.id })
const asked = {
  action: 'use-account',
  resource: { type: 'Cluster', cluster: 'on-premises' },
  awsAccountId: memberAccount.id,
}

test('a setup and a plan ask about another account than that of the deployment', () => {
  expect(setupQuestions(there, deployment)).toContainEqual(asked)
  expect(planQuestions(there, false, deployment)).toContainEqual(asked)
  for (const questions of [setupQuestions(here, deployment), planQuestions(here, false, deployment)]) {
    expect(questions.map(({ action }) => action)).not.toContain('use-account')
  }
})

test('a plan of a cluster as it is recorded does not ask about its account: whoever may add workloads may plan them', () => {
  expect(planQuestions(there, true, deployment)).toEqual(planQuestions(here, true, deployment))
})
