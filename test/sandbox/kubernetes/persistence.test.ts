import { expect, test } from 'vitest'
import { createClusterAuthority } from '../../../sandbox/kubernetes/certificates.ts'
import {
  activate,
  annotate,
  dryRunPod,
  environmentOf,
  installAccount,
  installWebhook,
  isAvailable,
  name,
  namespace,
  newImage,
  putCertificate,
} from './manifests.ts'
import { apply, testKubernetes, until } from './support.ts'

const sandbox = testKubernetes()

const options = { name: 'modern', version: '1.33.2', issuer: { host: 'issuer.example.com' } }

test('after a restart the webhook runs again, and the API server calls it', async () => {
  const cluster = await sandbox.kubernetes.addUserCluster(options)
  const ca = await createClusterAuthority()
  await installAccount(cluster)
  await annotate(cluster, { 'role-arn': 'arn:1' })
  await putCertificate(cluster, await ca.issueServer([`${name}.${namespace}.svc`]))
  await installWebhook(cluster, { image: newImage, args: ['--in-cluster=false'], replicas: 2 })
  await until(() => isAvailable(cluster))
  await activate(cluster, ca.caPem)
  const before = cluster.objects('Pod').map(({ metadata }) => metadata.uid)

  const restarted = (await sandbox.restart()).cluster('modern')
  if (!restarted) throw new Error('the cluster is gone')
  await until(async () => 'AWS_ROLE_ARN' in environmentOf((await dryRunPod(restarted)).body), 'the mutation')
  expect(restarted.objects('Pod').map(({ metadata }) => metadata.uid)).toEqual(before)
})

test('changes are on disk before the sandbox is closed, so that a crash loses only seconds', async () => {
  const cluster = await sandbox.kubernetes.addUserCluster({ ...options, name: 'crashing' })
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'kept' } }
  await apply(cluster, '/api/v1/namespaces/default/serviceaccounts/kept', account)
  await until(async () => (await sandbox.stored('crashing')).includes('"kept"'), 'the file')
})
