import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asString, at, type JsonObject, objectsIn, stringsIn } from '../../../sandbox/kubernetes/objects/objects.ts'
import { startNode } from '../../../sandbox/kubernetes/real/node.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import { eventually, startWebhookPods, type WebhookPods } from './support/webhook-pods.ts'

let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let webhook: WebhookPods

beforeAll(async () => {
  directory = await temporaryDirectory()
  const program = path.join(import.meta.dirname, 'support', 'recording-webhook.ts')
  const binary = path.join(directory.path, 'webhook')
  await writeFile(binary, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`, { mode: 0o700 })
  webhook = await startWebhookPods(binary)
  await webhook.install({ replicas: 2 })
  await webhook.untilAvailable()
  await webhook.activate(webhook.ca.caPem)
})
afterAll(async () => {
  await webhook?.close()
  await directory?.remove()
})

/** Retries until the API server has noticed the configuration, and while both programs restart. */
const record = async (annotations = {}): Promise<JsonObject> => {
  const text = await eventually(async () => {
    const answer = await webhook.dryRunPod(annotations)
    return typeof answer === 'string' ? '' : asString(at(answer, 'metadata', 'annotations', 'record'))
  }, 'an answer of the webhook')
  return JSON.parse(text)
}
const statuses = async () => (await webhook.pods()).flatMap((pod) => objectsIn(at(pod, 'status', 'containerStatuses')))

test('the program gets the command line of the container, followed by flags for its local ports and files', async () => {
  const { command, apiServer } = await record()
  const container = objectsIn(at(await webhook.deployment(), 'spec', 'template', 'spec', 'containers'))[0]
  const given = stringsIn(container?.command).slice(1)
  expect(stringsIn(command).slice(0, given.length)).toEqual(given)
  const last = stringsIn(command).slice(given.length)
  const names = last.map((argument) => argument.split('=')[0])
  expect(names).toEqual(['--port', '--metrics-port', '--kubeconfig', '--tls-cert', '--tls-key'])
  expect(apiServer).toBe(200)
})

test('a program that ends is restarted, its status contains the end of its output, and the other one serves meanwhile', async () => {
  await record({ exit: '3' })
  await record()
  const waiting = await eventually(async () => {
    const found = (await statuses()).map((status) => at(status, 'state', 'waiting'))
    return found.find((one) => one !== undefined)
  }, 'the end')
  expect(waiting).toMatchObject({
    reason: 'CrashLoopBackOff',
    message: expect.stringContaining('these were its last words'),
  })
  await webhook.untilAvailable()
})

test('a WEBHOOK_BINARY that cannot be executed is an error that names the file', async () => {
  const file = path.join(directory.path, 'unusable')
  await writeFile(file, '', { mode: 0o600 })
  const { api: client, port: apiPort, caPem } = webhook.cluster
  const started = startNode({ client, apiPort, caPem, directory: directory.path, webhook: file })
  await expect(started).rejects.toThrow(`WEBHOOK_BINARY is ${file}`)
})
