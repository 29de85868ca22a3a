import { expect, it } from 'vitest'
import { comparedRequest } from '../../../../lambdas/steps/compared-request.ts'
import { installsWebhook, webhookObjects } from '../../../../lambdas/webhook/desired/objects.ts'

const base = [
  'Namespace hooks',
  'ServiceAccount hooks/pod-identity-webhook',
  'ClusterRole pod-identity-webhook',
  'ClusterRoleBinding pod-identity-webhook',
]
const rights = ['Role hooks/pod-identity-webhook', 'RoleBinding hooks/pod-identity-webhook']
const serviceAndBudget = ['Service hooks/pod-identity-webhook', 'PodDisruptionBudget hooks/pod-identity-webhook']
const secret = ['Secret hooks/pod-identity-webhook-tls']
const deployment = ['Deployment hooks/pod-identity-webhook']

function request(webhook: { readonly certificate?: string; readonly mode?: string }, installedMode?: string) {
  const known = installedMode !== undefined && {
    known: { facts: {}, providerArn: 'arn', installed: { mode: installedMode }, roleArns: {} },
  }
  return comparedRequest.parse({
    cluster: { name: 'prod', provider: 'existing', credentialsSecretArn: arn },
    webhook: { namespace: 'hooks', ...webhook },
    workloads: [],
    adopt: false,
    ...known,
  })
}

const arn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:workload-identity/prod/cluster-AbCdEf'

it.each([
  [
    'an own-ca certificate',
    request({ certificate: 'own-ca' }),
    [...base, ...serviceAndBudget, ...secret, ...deployment],
  ],
  [
    'a certificate that it requests',
    request({ certificate: 'csr' }),
    [...base, ...rights, ...serviceAndBudget, ...deployment],
  ],
  ['either, before the version of the cluster is known', request({}), [...base, ...serviceAndBudget, ...deployment]],
  [
    'the installed mode, when the request sets none',
    request({}, 'own-ca'),
    [...base, ...serviceAndBudget, ...secret, ...deployment],
  ],
])('with %s the webhook has these objects, in the order of their creation', (_, compared, objects) => {
  expect(webhookObjects(compared)).toEqual(objects)
})

it('only mode install installs a webhook', () => {
  expect(['install', 'managed', 'none'].map((mode) => installsWebhook(request({ mode })))).toEqual([true, false, false])
})
