import { expect, test } from 'vitest'
import { responseTo } from '../../../lambdas/discovery/hosts-in-use-response.ts'

const request = {
  ResponseURL: 'https://example.com/answer?signature=s',
  StackId: 'arn:aws:cloudformation:eu-west-1:000000000000:stack/WorkloadIdentity/0a',
  RequestId: '0b',
  LogicalResourceId: 'KeptHosts',
}
const { ResponseURL: _, ...ids } = request

test('an answer has the ids of its request, and not its URL', () => {
  expect(responseTo(request, undefined)).toEqual({ Status: 'SUCCESS', ...ids, PhysicalResourceId: 'KeptHosts' })
  expect(responseTo(request, 'prod uses it')).toEqual({
    Status: 'FAILED',
    Reason: 'prod uses it',
    ...ids,
    PhysicalResourceId: 'KeptHosts',
  })
})

test('the resource keeps the physical id that it has', () => {
  const made = { ...request, PhysicalResourceId: 'made-before' }
  expect(responseTo(made, undefined)).toMatchObject({ PhysicalResourceId: 'made-before' })
})
