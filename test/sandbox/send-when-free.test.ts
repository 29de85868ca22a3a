import { createServer } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { apiClient } from '../../cli/api/client.ts'
import type { Output } from '../../cli/output.ts'
import type { SetupRequest } from '../../cli/request-file/read.ts'
import { listenOnFreePort } from '../../sandbox/network/listen.ts'
import { sendWhenFree } from '../../sandbox/send-when-free.ts'
import { said } from '../cli/support/lines.ts'
import { operationWith } from '../cli/support/operations.ts'

let close = async (): Promise<void> => {}
afterEach(() => close())

const request: SetupRequest = {
  cluster: { name: 'prod-eu', provider: 'existing', credentialsSecretArn: 'arn' },
  workloads: [],
}

const busy = {
  status: 409,
  title: 'Another change of this cluster is running',
  detail: 'one of its steps may still write, until then',
  type: 'urn:workload-identity:problem:already-running',
}

test('a setup of a cluster that is busy is sent again until it is free, and the reason is printed once', async () => {
  const { context, printed } = await sandboxWith([busy, busy, undefined])
  expect(await sendWhenFree(context, request)).toBe(operationWith().operationId)
  expect(printed).toEqual([`  … waits for an operation of an earlier start: ${busy.detail}`])
})

test('another refusal is not waited for', async () => {
  const type = 'urn:workload-identity:problem:conflict'
  const { context, printed } = await sandboxWith([{ ...busy, type }])
  await expect(sendWhenFree(context, request)).rejects.toMatchObject({ problem: { type } })
  expect(printed).toEqual([])
})

test('Ctrl-C ends the wait', async () => {
  const interrupt = new AbortController()
  const { context } = await sandboxWith([busy], () => interrupt.abort())
  const sent = sendWhenFree({ ...context, interrupt: interrupt.signal }, request)
  expect(await sent).toBeUndefined()
})

/** An API that answers with these problems in turn, and with an operation where there is none; the last one goes on. */
async function sandboxWith(answers: readonly (typeof busy | undefined)[], whenPrinted = () => {}) {
  let requests = 0
  const server = createServer((_, response) => {
    const problem = answers[Math.min(requests++, answers.length - 1)]
    response
      .writeHead(problem ? problem.status : 202, {
        'content-type': problem ? 'application/problem+json' : 'application/json',
      })
      .end(JSON.stringify(problem ?? operationWith()))
  })
  const port = await listenOnFreePort(server)
  close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  const printed: string[] = []
  const output: Pick<Output, 'print'> = {
    print: (lines) => {
      printed.push(...said(lines))
      whenPrinted()
    },
  }
  const api = apiClient({ url: `http://127.0.0.1:${port}` })
  return { context: { api, output, interrupt: new AbortController().signal }, printed }
}
