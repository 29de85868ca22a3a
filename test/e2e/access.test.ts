import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Gateway, startGateway } from '../../sandbox/gateway/server.ts'
import { userWhoMayCall } from './support/callers.ts'
import { logGroups, logOf } from './support/logs.ts'
import { type System, system } from './support/system.ts'

let running: System
let gateway: Gateway

beforeAll(async () => {
  running = await system()
  gateway = await startGateway(
    { ...running.sandbox.deployment.api, user: await userWhoMayCall(running, 'stranger') },
    { firstPort: 0 },
  )
})
afterAll(() => gateway?.close())

/** The lines of the audit log about this caller. */
async function auditedOf(caller: string): Promise<unknown[]> {
  const group = (await logGroups(running)).find((name) => /\/AuditLog[0-9A-F]{8}$/.test(name))
  if (group === undefined) throw new Error('there is no audit log')
  const lines = (await logOf(running, group)).split('\n').filter((line) => line.includes(`user/${caller}"`))
  return lines.map((line) => JSON.parse(line.slice(line.indexOf('{'))))
}

describe('the deployed API', () => {
  it('refuses a caller without a grant, whatever IAM allows, and says whom to ask', async () => {
    const response = await fetch(`${gateway.url}/v1/clusters`)
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({
      type: 'urn:workload-identity:problem:forbidden',
      detail: expect.stringMatching(/user\/stranger has no grant in this deployment.*the grant local-user/),
    })
  })

  it('answers a caller with a grant', async () => {
    expect((await fetch(`${running.api}/v1/clusters`)).status).toBe(200)
  })

  it('has both decisions in its audit log, with the reason', async () => {
    await vi.waitFor(
      async () => {
        expect(await auditedOf('stranger')).toContainEqual(
          expect.objectContaining({ message: 'access', decision: 'deny' }),
        )
        expect(await auditedOf('local-user')).toContainEqual(
          expect.objectContaining({
            action: 'list-clusters',
            decision: 'allow',
            policies: ['administrator/does-all'],
            grants: ['local-user'],
          }),
        )
      },
      { timeout: 20_000 },
    )
  })
})
