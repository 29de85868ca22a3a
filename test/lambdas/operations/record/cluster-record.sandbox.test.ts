import { beforeEach, expect, test } from 'vitest'
import {
  readClusterStatus,
  recordProvider,
  recordWebhookNamespace,
} from '../../../../lambdas/operations/record/cluster-record.ts'
import { noStatus } from '../../../../lambdas/operations/record/record.ts'
import { recordEndedSetup } from '../../../support/api/operations.ts'
import { awsAccount } from '../../../support/aws/aws-account.ts'

awsAccount()
let cluster: string
beforeEach(async () => {
  cluster = await recordEndedSetup({ providerArn: 'arn:first' })
})

const recorded = async () => (await readClusterStatus(cluster)) ?? noStatus

test('all namespaces that a webhook was in stay recorded, so that a teardown removes it from each', async () => {
  for (const namespace of ['first', 'second', 'third', 'second']) {
    await recordWebhookNamespace(cluster, namespace, await recorded())
  }
  expect(await recorded()).toMatchObject({ webhookNamespaces: ['first', 'second', 'third'] })
})

test('all earlier providers stay recorded, so that a teardown deletes each', async () => {
  for (const arn of ['arn:second', 'arn:third']) await recordProvider(cluster, arn, await recorded())
  expect(await recorded()).toMatchObject({ formerProviderArns: ['arn:first', 'arn:second'], providerArn: 'arn:third' })
})
