import { Template } from 'aws-cdk-lib/assertions'
import { expect, it } from 'vitest'
import { exampleStack } from '../support/aws/stack.ts'
import { nothingRemains } from './nothing-remains.ts'

it('CloudFormation deletes every resource with the stack, except custom resources, which could refuse', () => {
  const stack = exampleStack(undefined, { issuerHost: {} })
  nothingRemains(stack)
  expect(stack.terminationProtection).toBe(false)
  const template = Template.fromStack(stack)
  template.allResourcesProperties('AWS::DynamoDB::Table', { DeletionProtectionEnabled: false })
  const resources: Record<string, { Type: string; DeletionPolicy?: string }> = template.toJSON().Resources
  const retained = Object.values(resources).filter(({ DeletionPolicy }) => DeletionPolicy !== 'Delete')
  expect(new Set(retained.map(({ Type, DeletionPolicy }) => `${Type} ${DeletionPolicy}`))).toEqual(
    new Set(['Custom::GrantedCaller Retain', 'Custom::IssuerHosts Retain']),
  )
})
