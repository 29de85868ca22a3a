import { beforeAll, describe, expect, it } from 'vitest'
import { roleArnOf, roleNameOf } from '../support/roles.ts'
import { ownCluster } from './support/requests.ts'
import { type System, system } from './support/system.ts'

describe('a setup', () => {
  let running: System

  beforeAll(async () => {
    running = await system()
  })

  it('goes from one POST to the proof, and a second POST of the same changes nothing anywhere', async () => {
    const cluster = await ownCluster(running, 'whole-line')
    const first = await running.setUp(cluster.body())
    expect(first.error).toBeUndefined()
    expect(first.status).toBe('succeeded')
    expect(first.result?.proofs).toMatchObject([
      {
        subject: 'system:serviceaccount:default:s3-reader',
        audience: 'sts.amazonaws.com',
        roleArn: roleArnOf(cluster.name),
        assumedRoleArn: expect.stringContaining(`:assumed-role/${roleNameOf(cluster.name)}/`),
        mutation: 'mutated',
        refused: [{ answer: 'AccessDenied' }, { answer: 'InvalidIdentityToken' }],
      },
    ])

    const path = `${running.api}/v1/operations/${first.operationId}`
    const text = await (await fetch(path, { headers: { accept: 'text/plain' } })).text()
    expect(text.split('\n')[0]).toBe(`setup of ${cluster.name}: succeeded`)
    expect(text).toMatch(/^succeeded Verify default\/s3-reader {2}2\S+Z, took /m)
    expect(text).toContain('\nresult:\n')

    await running.clearCalls()
    const second = await running.setUp(cluster.body())
    expect(second.status).toBe('succeeded')
    expect(await running.writes()).toEqual([])
  })
})
