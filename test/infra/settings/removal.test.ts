import { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import { exampleApp, exampleStack, portalProps } from '../../support/aws/stack.ts'

interface Resource {
  readonly Type: string
  readonly Properties?: Readonly<Record<string, unknown>>
  readonly DeletionPolicy?: string
  readonly UpdateReplacePolicy?: string
}

function resourcesOf(removalPolicy: 'retain' | 'destroy') {
  const stack = exampleStack(exampleApp(), { ...portalProps(), issuerHost: {}, removalPolicy })
  const resources: Readonly<Record<string, Resource>> = Template.fromStack(stack).toJSON().Resources
  return Object.entries(resources)
}

/**
 * The logical IDs of the resources that a deletion of the stack retains, without those of the issuer host. Versions are omitted,
 * because Lambda deletes them with their function.
 */
function remaining(resources: readonly [string, Resource][]): string[] {
  return resources
    .filter(([id, { Type }]) => Type !== 'AWS::Lambda::Version' && !id.startsWith('Issuers'))
    .filter(([, { DeletionPolicy }]) => DeletionPolicy === 'Retain')
    .map(([id]) => id.replace(/[0-9A-F]{8}$/, ''))
}

const [retained, destroyed] = [resourcesOf('retain'), resourcesOf('destroy')]
const emptied = (resources: readonly [string, Resource][]) =>
  resources.filter(([, { Type }]) => Type === 'Custom::S3AutoDeleteObjects').map(([id]) => id)

describe('when the stack is deleted', () => {
  test('the record, its copies, the logs, the files of the portal and the boundary remain', () => {
    expect(remaining(retained)).toEqual(
      expect.arrayContaining(['Record', 'RecordCopies', 'ApiLog', 'AuditLog', 'PortalFiles', 'WorkloadBoundary']),
    )
    expect(emptied(retained)).toEqual([])
  })

  test('with removalPolicy destroy only the boundary remains, which IAM does not delete while a role has it', () => {
    expect(remaining(destroyed)).toEqual(['WorkloadBoundary'])
    expect(emptied(destroyed)).toEqual([expect.stringMatching(/^RecordCopies/), expect.stringMatching(/^PortalFiles/)])
  })

  test('the table has deletion protection, unless removalPolicy is destroy', () => {
    const protections = [retained, destroyed].map((resources) =>
      resources.flatMap(([, { Type, Properties }]) =>
        Type === 'AWS::DynamoDB::Table' ? [Properties?.DeletionProtectionEnabled] : [],
      ),
    )
    expect(protections).toEqual([[true], [false]])
  })

  test('with removalPolicy destroy all resources of the issuer host remain', () => {
    const hosts = destroyed.filter(([id]) => id.startsWith('Issuers'))
    expect(hosts.length).toBeGreaterThan(3)
    expect(hosts.filter(([, { DeletionPolicy }]) => DeletionPolicy !== 'Retain')).toEqual([])
  })
})

test('with each removalPolicy, tables and log groups remain when an update replaces them', () => {
  const types = ['AWS::DynamoDB::Table', 'AWS::Logs::LogGroup']
  const replaced = (resources: readonly [string, Resource][]) =>
    resources
      .filter(([, { Type }]) => types.includes(Type))
      .map(([id, { UpdateReplacePolicy }]) => [id, UpdateReplacePolicy])
  expect(replaced(destroyed)).toEqual(replaced(retained))
})
