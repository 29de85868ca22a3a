import { expect, test } from 'vitest'
import { responseTo } from '../../../lambdas/clouds/custom-resource.ts'

const request = {
  ResponseURL: 'https://example.com/answer?signature=s',
  StackId: 'arn:aws:cloudformation:eu-west-1:000000000000:stack/WorkloadIdentity/0a',
  RequestId: '0b',
  LogicalResourceId: 'KeptHosts',
}
const { ResponseURL: _, ...ids } = request

test('a response has the IDs of its request, and not its URL', () => {
  expect(responseTo(request, {})).toEqual({ Status: 'SUCCESS', ...ids, PhysicalResourceId: 'KeptHosts' })
  expect(responseTo(request, { refusal: 'prod uses it' })).toEqual({
    Status: 'FAILED',
    Reason: 'prod uses it',
    ...ids,
    PhysicalResourceId: 'KeptHosts',
  })
})

test('a response has the attributes of the resource', () => {
  expect(responseTo(request, { attributes: { Id: 'AROA' } })).toMatchObject({ Status: 'SUCCESS', Data: { Id: 'AROA' } })
})

test('the resource keeps its physical ID, unless it gets another one', () => {
  const made = { ...request, PhysicalResourceId: 'made-before' }
  expect(responseTo(made, {})).toMatchObject({ PhysicalResourceId: 'made-before' })
  expect(responseTo(made, { physicalId: 'other' })).toMatchObject({ PhysicalResourceId: 'other' })
})
