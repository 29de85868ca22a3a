import { get } from 'node:https'
import { text } from 'node:stream/consumers'
import { beforeAll, expect, it } from 'vitest'
import { mayBeReadingRoles } from '../../../lambdas/clouds/kubernetes/api-error.ts'
import type { ClusterClient } from '../../../lambdas/clouds/kubernetes/cluster-client.ts'
import { RealCluster } from '../../../sandbox/kubernetes/real/cluster.ts'
import { clientOf } from '../../support/kubernetes/clusters.ts'
import { reachableClusters } from '../../support/kubernetes/reachable-clusters.ts'

const clusters = reachableClusters()
const namespace = 'default'
const name = 'reader'
const rbac = 'rbac.authorization.k8s.io'
let cluster: RealCluster
let token: string

/** Creates an account that may read itself, through a Role of its namespace. */
async function makeReader(admin: ClusterClient): Promise<void> {
  const metadata = { name, namespace }
  const rules = [{ apiGroups: [''], resources: ['serviceaccounts'], verbs: ['get'] }]
  await admin.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata })
  await admin.create({ apiVersion: `${rbac}/v1`, kind: 'Role', metadata, rules })
  const roleRef = { apiGroup: rbac, kind: 'Role', name }
  const subjects = [{ kind: 'ServiceAccount', name, namespace }]
  await admin.create({ apiVersion: `${rbac}/v1`, kind: 'RoleBinding', metadata, roleRef, subjects })
}

beforeAll(async () => {
  const started = await clusters.start('restarted')
  if (!(started instanceof RealCluster)) throw new Error('it takes a real API server: set KUBEBUILDER_ASSETS')
  cluster = started
  const admin = clientOf(cluster)
  await makeReader(admin)
  token = (await admin.createToken({ namespace, name }, { expirationSeconds: 3600 })).token
})

interface Answer {
  readonly code: number
  readonly body: string
}

/** The server's response to the account, or undefined when it does not respond. */
function answerTo(path: string): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const { port, caPem: ca } = cluster
    const headers = { authorization: `Bearer ${token}` }
    const sent = get({ host: '127.0.0.1', port, path, ca, headers, agent: false }, async (response) => {
      resolve({ code: response.statusCode ?? 0, body: await text(response) })
    })
    sent.on('error', () => resolve(undefined))
  })
}

/** Requests the readiness and then the account repeatedly until the work has ended. Returns the pairs of responses. */
async function answersDuring(work: Promise<void>) {
  const answers: { readonly ready: Answer | undefined; readonly account: Answer | undefined }[] = []
  const state = { isWorking: true }
  const ended = work.finally(() => {
    state.isWorking = false
  })
  while (state.isWorking) {
    const ready = await answerTo('/readyz')
    answers.push({ ready, account: await answerTo(`/api/v1/namespaces/${namespace}/serviceaccounts/${name}`) })
  }
  await ended
  return answers
}

it('a restarting API server refuses no authorized request once it is ready', async () => {
  const answers = [await answersDuring(cluster.restart({})), await answersDuring(cluster.restart({}))].flat()
  const codes = new Set(answers.map(({ account }) => account?.code))
  expect([codes.has(undefined), codes.has(200)]).toEqual([true, true])
  const early = answers.filter(({ ready, account }) => ready !== undefined && account?.code === 403)
  expect(early.filter(({ ready }) => !mayBeReadingRoles(ready?.code ?? 0, ready?.body))).toEqual([])
})

it('the readiness checks show that the API server may not have read its roles yet', async () => {
  const answers = await answersDuring(cluster.restart({}))
  expect(answers.some(({ ready }) => ready?.code === 500 && mayBeReadingRoles(500, ready.body))).toBe(true)
  expect(await answerTo('/readyz')).toEqual({ code: 200, body: 'ok' })
})
