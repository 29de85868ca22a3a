import { expect, test } from 'vitest'
import { listOperations, recordOperation } from '../../../lambdas/operations/operations.ts'
import { awsAccount } from '../../support/aws-account.ts'
import { newOperation } from '../../support/operations.ts'

awsAccount()

test('an operation that a filter asks for is found behind more than a page of others', async () => {
  const { operation, request } = newOperation({ kind: 'verification' })
  await recordOperation({ operation, request })
  // DynamoDB filters a page after it has read it, and a page has a hundred items here.
  await Promise.all(Array.from({ length: 101 }, () => recordOperation(newOperation())))
  const newest = await listOperations({ limit: 1 })
  expect(newest).not.toMatchObject([{ kind: 'verification' }])
  const found = await listOperations({ kind: 'verification', limit: 1 })
  expect(found).toMatchObject([{ operationId: operation.operationId }])
})
