import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { BrowserContextOptions } from 'playwright-core'
import { apiClient } from '../../../cli/api/client.ts'
import { follow } from '../../../cli/operation/follow.ts'
import { requestsIn } from '../../../cli/request-file/read.ts'
import { answerOf } from '../../../client/answer.ts'
import type { ApiClient, Operation } from '../../../client/api.ts'
import { readOperation } from '../../../client/reads.ts'
import { account } from '../../../sandbox/account.ts'
import { examplesFolder } from '../../../sandbox/examples.ts'
import type { Sandbox } from '../../../sandbox/sandbox.ts'
import { widenTrust } from '../support/clusters.ts'

/** A picture of a page of the portal. */
export interface Screenshot {
  /** The name of the file, without its extension. */
  readonly name: string
  readonly path: string
  /** A text that appears with the page's data. */
  readonly shows: string
  /** Differences from a window of 1280 x 900 in English and in light colours. */
  readonly options?: BrowserContextOptions
}

/**
 * Brings the clusters of examples/ into the states of the pictures: ready, waiting for a person, changed by hand, and with a
 * workload whose policy is missing. Returns the pictures to take.
 */
export async function setScene(sandbox: Sandbox): Promise<Screenshot[]> {
  const api = apiClient({ url: sandbox.gateway.url })
  const [setup] = await Promise.all([
    setUp(api, 'twenty-workloads.json'),
    setUp(api, 'public-issuer.yaml'),
    setUp(api, 'csr-cluster.json'),
  ])
  const failed = await addWorkloadWithoutPolicy(api, 'cluster-0')
  await widenTrust(sandbox, 'on-premises-reports')
  const drift = await driftOf(api, 'on-premises')
  const teardown = await dryTeardownOf(api, 'cluster-0')
  const waiting = await untilWaiting(api, await start(api, 'kubeadm.json'))
  const dark = { colorScheme: 'dark' } as const
  return [
    { name: 'workloads', path: '/workloads', shows: 'prod-eu' },
    { name: 'clusters', path: '/clusters', shows: 'prod-eu' },
    { name: 'cluster', path: '/clusters/prod-eu', shows: 'WebhookReady' },
    {
      name: 'cluster-dark-japanese',
      path: '/clusters/prod-eu',
      shows: 'WebhookReady',
      options: { ...dark, locale: 'ja-JP' },
    },
    { name: 'new-setup', path: '/new-setup', shows: 'kubeadm' },
    { name: 'operations', path: '/operations', shows: 'prod-eu' },
    { name: 'operation', path: pageOf(setup), shows: 'CreateBucket' },
    { name: 'operation-waiting', path: pageOf(waiting), shows: 'edge-1' },
    { name: 'operation-failed', path: pageOf(failed), shows: 'cluster-0' },
    { name: 'drift', path: pageOf(drift), shows: 'trustPolicy' },
    { name: 'teardown-report', path: pageOf(teardown), shows: 'Nothing has been removed yet.' },
    {
      name: 'operation-narrow',
      path: pageOf(setup),
      shows: 'CreateBucket',
      options: { viewport: { width: 360, height: 780 } },
    },
  ]
}

/** Between two polls of an operation. */
const intervalMs = 250

/**
 * Sends a request of examples/ like `wid apply`, and returns the ID of its operation.
 *
 * @param example the name of a file with one request
 */
async function start(api: ApiClient, example: string): Promise<string> {
  const [only] = requestsIn(await readFile(path.join(examplesFolder, example), 'utf8'), example)
  if (!only) throw new Error(`${example} has no request`)
  const params = { query: { manager: 'file' } }
  return (await answerOf(api.POST('/v1/setups', { params, body: only.request }))).operationId
}

async function setUp(api: ApiClient, example: string): Promise<Operation> {
  const operation = await ended(api, await start(api, example))
  if (operation.status !== 'succeeded') throw new Error(`${example}: ${JSON.stringify(operation.error)}`)
  return operation
}

async function driftOf(api: ApiClient, cluster: string): Promise<Operation> {
  const started = await answerOf(api.POST('/v1/clusters/{cluster}/drift', { params: { path: { cluster } } }))
  return ended(api, started.operationId)
}

async function dryTeardownOf(api: ApiClient, cluster: string): Promise<Operation> {
  const params = { path: { cluster }, query: { dryRun: 'true' } } as const
  return ended(api, (await answerOf(api.DELETE('/v1/clusters/{cluster}', { params }))).operationId)
}

async function addWorkloadWithoutPolicy(api: ApiClient, cluster: string): Promise<Operation> {
  const role = { policyArns: [`arn:aws:iam::${account.id}:policy/workload-identity/billing-reader`] }
  const body = { namespace: 'billing', serviceAccount: 'invoices', role }
  const params = { path: { cluster }, query: { manager: 'portal' } }
  const post = api.POST('/v1/clusters/{cluster}/workloads', { params, body })
  return ended(api, (await answerOf(post)).operationId)
}

function ended(api: ApiClient, operationId: string): Promise<Operation> {
  const watcher = { show: () => {}, stop: () => {} }
  return follow(api, operationId, { watcher, intervalMs, signal: new AbortController().signal })
}

async function untilWaiting(api: ApiClient, operationId: string): Promise<Operation> {
  for (;;) {
    const operation = await readOperation(api, operationId)
    if (operation.steps.some(({ waitingFor }) => waitingFor !== undefined)) return operation
    if (operation.endedAt !== undefined) throw new Error(`${operationId} has ended: it waits for nothing`)
    await sleep(intervalMs)
  }
}

function pageOf({ operationId }: Operation): string {
  return `/operations/${operationId}`
}
