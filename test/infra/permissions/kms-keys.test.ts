import { Template } from 'aws-cdk-lib/assertions'
import { expect, test } from 'vitest'
import * as z from 'zod'
import { allFunctions, stepFunctions } from '../../../infra/functions/functions.ts'
import type { KmsKeys } from '../../../infra/permissions/kms-keys.ts'
import { keysIn } from '../../support/aws/kms-keys.ts'
import { rightsIn, type Statement } from '../../support/aws/rights-in.ts'
import { exampleStack } from '../../support/aws/stack.ts'

const keys = keysIn()
const template = Template.fromStack(exampleStack(undefined, { kmsKeys: keys }))

/** The statements of each role that allow KMS actions. */
function rightsOnKeys(of: Template): Map<string, Statement[]> {
  return new Map(
    [...rightsIn(of)].flatMap(([role, statements]) => {
      const rights = statements.filter(({ Action }) => Action.some((action) => action.startsWith('kms:')))
      return rights.length > 0 ? [[role, rights]] : []
    }),
  )
}

const through = (service: string, key: string, ...actions: string[]) => ({
  Effect: 'Allow',
  Action: actions,
  Resource: key,
  Condition: { StringEquals: { 'kms:ViaService': `${service}.eu-west-1.amazonaws.com` } },
})
const onSecrets = through('secretsmanager', keys.secrets, 'kms:Decrypt')
const onNewSecrets = through('secretsmanager', keys.secrets, 'kms:GenerateDataKey')
const onTable = through('dynamodb', keys.table, 'kms:Decrypt')
const onTopic = through('sns', keys.topic, 'kms:Decrypt', 'kms:GenerateDataKey*')
const onLogs = through(
  'logs',
  keys.logs,
  'kms:Decrypt',
  'kms:Describe*',
  'kms:Encrypt',
  'kms:GenerateDataKey*',
  'kms:ReEncrypt*',
)

const readsSecrets = [...stepFunctions].flatMap(([state, spec]) =>
  'reachesClusters' in spec || ['CreateBucket', 'EmptyBucket'].includes(state) ? [state] : [],
)

test('a deployment without customer managed keys names no key', () => {
  const { Resources } = Template.fromStack(exampleStack()).toJSON()
  const isBoundary = ({ Type }: { Type: string }) => Type === 'AWS::IAM::ManagedPolicy'
  const others = z.array(z.looseObject({ Type: z.string() })).parse(Object.values(Resources))
  expect(JSON.stringify(others.filter((each) => !isBoundary(each)))).not.toMatch(/kms|SSESpecification/i)
})

test('the table, the topic and all logs are encrypted with their keys', () => {
  template.hasResourceProperties('AWS::DynamoDB::Table', {
    SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: keys.table },
  })
  template.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: keys.topic })
  const logs = Object.values(template.findResources('AWS::Logs::LogGroup')).map(({ Properties }) => Properties.KmsKeyId)
  expect(logs.length).toBeGreaterThan(30)
  expect(new Set(logs)).toEqual(new Set([keys.logs]))
})

test('a role may use only the keys of the resources that it uses, and only through the service that encrypts them', () => {
  const steps = [...stepFunctions.keys()].map((state) => [
    state,
    [...(readsSecrets.includes(state) ? [onSecrets] : []), onTable, onLogs],
  ])
  const rights = rightsOnKeys(template)
  expect(Object.fromEntries(rights)).toEqual({
    ...Object.fromEntries(steps),
    PublishDiscovery: [onSecrets, onTable, onTopic, onLogs],
    RenewCredentials: [onSecrets, onNewSecrets, onTable, onTopic, onLogs],
    ApiRead: [onTable, onLogs],
    ApiStart: [onTable, onLogs],
    ApiCancel: [onTable, onLogs],
    ApiAgent: [onTable, onLogs],
    ScheduledRotation: [onTable, onLogs],
    HostsInUse: [onTable, onLogs],
    GrantedCallersFind: [onLogs],
    ReconcilerFunction: [onTable, onTopic, onLogs],
  })
  expect(rights.size).toBe(allFunctions.length + 1)
  expect(readsSecrets.length).toBeGreaterThan(10)
})

test.each(['secrets', 'table', 'topic', 'logs'] as const)('a setting of only the %s key names no other', (name) => {
  const kmsKeys: KmsKeys = { [name]: keys[name] }
  const other = Template.fromStack(exampleStack(undefined, { kmsKeys }))
  const rights = [...rightsOnKeys(other).values()].flat()
  expect(new Set(rights.map(({ Resource }) => Resource))).toEqual(new Set([keys[name]]))
  const named = [...JSON.stringify(other.toJSON()).matchAll(/arn:aws:kms:[^"]+/g)].map(([arn]) => arn)
  expect(new Set(named)).toEqual(new Set([keys[name]]))
})

test('a stack without a fixed region allows its keys through the services of the region that CloudFormation fills in', () => {
  const other = Template.fromStack(exampleStack(undefined, { kmsKeys: keys, env: {} }))
  const [, right] = rightsOnKeys(other).get('ReconcilerFunction') ?? []
  expect(right).toMatchObject({
    Condition: {
      StringEquals: { 'kms:ViaService': { 'Fn::Join': ['', ['sns.', { Ref: 'AWS::Region' }, '.amazonaws.com']] } },
    },
  })
})
