import { Template } from 'aws-cdk-lib/assertions'
import { expect, it } from 'vitest'
import { exampleStack } from '../support/aws/stack.ts'
import { nothingRemains } from './nothing-remains.ts'

it('CloudFormation deletes every resource with the stack, and asks no custom resource whether it may', () => {
  const stack = exampleStack(undefined, { issuerHost: {} })
  nothingRemains(stack)
  expect(stack.terminationProtection).toBe(false)
  const template = Template.fromStack(stack)
  template.allResourcesProperties('AWS::DynamoDB::Table', { DeletionProtectionEnabled: false })
  const resources: Record<string, { Type: string; DeletionPolicy?: string }> = template.toJSON().Resources
  const kept = Object.values(resources).filter(({ DeletionPolicy }) => DeletionPolicy !== 'Delete')
  expect(new Set(kept.map(({ Type, DeletionPolicy }) => `${Type} ${DeletionPolicy}`))).toEqual(
    new Set(['Custom::GrantedCaller Retain', 'Custom::IssuerHosts Retain']),
  )
})
