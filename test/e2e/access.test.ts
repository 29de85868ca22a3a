import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Gateway, startGateway } from '../../sandbox/gateway/server.ts'
import { userWhoMayCall } from './support/callers.ts'
import { logGroups, logOf } from './support/runs/logs.ts'
import { type System, system } from './support/system.ts'

let running: System
let gateway: Gateway

beforeAll(async () => {
  running = await system()
  gateway = await startGateway(
    { ...running.sandbox.deployment.api, users: new Map([['stranger', await userWhoMayCall(running, 'stranger')]]) },
    { firstPort: 0 },
  )
})
afterAll(() => gateway?.close())

/** The lines of the audit log about this caller. */
async function auditedOf(caller: string): Promise<unknown[]> {
  const group = (await logGroups(running.sandbox.aws.endpoint)).find((name) => /\/AuditLog[0-9A-F]{8}$/.test(name))
  if (group === undefined) throw new Error('the audit log does not exist')
  const lines = (await logOf(running, group)).split('\n').filter((line) => line.includes(`user/${caller}"`))
  return lines.map((line) => JSON.parse(line.slice(line.indexOf('{'))))
}

describe('the deployed API', () => {
  it('refuses a caller without a grant, although IAM allows the call, and says who can give one', async () => {
    const response = await fetch(`${gateway.url}/v1/clusters`)
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({
      type: 'urn:workload-identity:problem:forbidden',
      detail: expect.stringMatching(/user\/stranger has no grant in this deployment.*the grant administrators/),
    })
  })

  it('answers a caller with a grant', async () => {
    expect((await fetch(`${running.api}/v1/clusters`)).status).toBe(200)
  })

  it.each([
    { user: 'administrator', add: true, tearDown: true, force: true },
    { user: 'operator', add: true, tearDown: true, force: false },
    { user: 'developer', add: true, tearDown: false, force: false },
    { user: 'viewer', add: false, tearDown: false, force: false },
  ])('reports the actions that the $user of the sandbox may take', async ({ user, add, tearDown, force }) => {
    const response = await fetch(`${running.api}/v1/access?cluster=any`, { headers: { 'x-local-user': user } })
    expect(await response.json()).toMatchObject({
      caller: { name: `arn:aws:iam::000000000000:user/${user}`, kind: 'iam', grants: [{ role: user }] },
      actions: {
        'get-cluster': { allowed: true },
        'add-workload': { allowed: add, roles: ['developer', 'operator', 'administrator'] },
        'tear-down-cluster': { allowed: tearDown, roles: ['operator', 'administrator'] },
        force: { allowed: force, roles: ['administrator'] },
      },
    })
  })

  it.each([
    { user: 'team-operator', own: true },
    { user: 'team-developer', own: false },
  ])('allows the $user of the sandbox only the clusters of its team', async ({ user, own }) => {
    const accessOf = async (cluster: string) => {
      const response = await fetch(`${running.api}/v1/access?cluster=${cluster}`, { headers: { 'x-local-user': user } })
      return await response.json()
    }
    const granted = (get: boolean, tearDown: boolean) => ({
      actions: { 'get-cluster': { allowed: get }, 'tear-down-cluster': { allowed: tearDown } },
    })
    expect(await accessOf('team-blue')).toMatchObject(granted(true, own))
    expect(await accessOf('prod-eu')).toMatchObject(granted(false, false))
  })

  it('names the policies that a developer may give to a workload', async () => {
    const policiesIn = async (namespace: string) => {
      const response = await fetch(`${running.api}/v1/access?cluster=any&namespace=${namespace}`, {
        headers: { 'x-local-user': 'developer' },
      })
      return await response.json()
    }
    expect(await policiesIn('default')).toMatchObject({
      policyArns: ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess', 'arn:aws:iam::*:policy/workload-identity/*'],
    })
    expect(await policiesIn('kube-system')).toMatchObject({ policyArns: [] })
  })

  it('writes allowed and denied requests to its audit log, with the reason', async () => {
    await vi.waitFor(
      async () => {
        expect(await auditedOf('stranger')).toContainEqual(
          expect.objectContaining({ message: 'access', decision: 'deny' }),
        )
        expect(await auditedOf('administrator')).toContainEqual(
          expect.objectContaining({
            action: 'list-clusters',
            decision: 'allow',
            policies: ['administrator/does-all'],
            grants: ['administrators'],
          }),
        )
      },
      { timeout: 20_000 },
    )
  })
})
