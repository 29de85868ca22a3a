import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { UpdateRoleCommand } from '@aws-sdk/client-iam'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { temporaryDirectory } from '../support/temporary.ts'
import { iamClient } from './support/aws-clients.ts'
import { type ExistingCluster, existingCluster } from './support/clusters/existing-cluster.ts'
import { type System, system } from './support/system.ts'
import { type Ended, wid } from './support/wid.ts'

const s3 = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'
const ofNoGrant = 'arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess'

let running: System
let own: ExistingCluster
let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let file: string
/** The ID of the operator's setup. */
let setup: string

const as = (user: string, args: readonly string[]): Promise<Ended> => wid(running, args, { user })

/** Runs a command that must succeed, and returns its output. */
async function doneAs(user: string, args: readonly string[]): Promise<string> {
  const { code, out, err } = await as(user, args)
  expect(code, out + err).toBe(0)
  return out
}

/** Each command must exit with 3, and name the role that it needs. */
async function expectRefused(user: string, commands: readonly (readonly [readonly string[], string])[]) {
  const ended = await Promise.all(commands.map(async ([args]) => as(user, args)))
  expect(ended).toEqual(
    commands.map(([, role]) => ({
      code: 3,
      out: '',
      err: expect.stringContaining(`: this requires the role ${role} for `),
    })),
  )
}

beforeAll(async () => {
  running = await system()
  directory = await temporaryDirectory()
  own = await existingCluster(running, 'cli-roles')
  file = path.join(directory.path, 'request.yaml')
  await writeFile(file, stringify(own.body()))
})
afterAll(() => directory?.remove())

describe('on the command line, an operator', () => {
  it('sees why a setup failed, and sends it again', async () => {
    own.cluster.faults.add({ kind: 'refuse', operation: 'PATCH *serviceaccounts/exporter*', times: 1 })
    const failed = await as('operator', ['apply', '--yes', '-f', file])
    expect([failed.code, failed.out]).toEqual([
      1,
      expect.stringContaining('BindKsa for reports/exporter (AccessDenied)'),
    ])
    expect(failed.out).toMatch(/^ {2}to do {5}Allow patch on serviceaccounts by /m)
    expect(await doneAs('operator', ['apply', '--yes', '-f', file])).toContain(`${own.name} is set up and verified`)
    const operations = await doneAs('operator', ['get', 'operations', '--cluster', own.name, '--output', 'json'])
    setup = JSON.parse(operations.split('\n')[0] ?? '').operationId
  })

  it('upgrades the webhook', async () => {
    const upgraded = await doneAs('operator', ['upgrade', own.name, '--failure-policy', 'Fail'])
    expect(upgraded).toContain('is set up and verified')
  })

  it('finds a drift and repairs it', async () => {
    const iam = iamClient(running)
    const RoleName = own.roleArn.split('/').at(-1)
    await iam.send(new UpdateRoleCommand({ RoleName, Description: 'mine' })).finally(() => iam.destroy())
    const drifted = await as('operator', ['drift', own.name])
    expect([drifted.code, drifted.out]).toEqual([4, expect.stringContaining(`changed   ${own.roleArn}`)])
    expect(await doneAs('operator', ['drift', own.name, '--repair'])).toContain('is set up and verified')
  })

  it('is refused the actions of an administrator', async () => {
    await expectRefused('operator', [
      [['upgrade', own.name, '--adopt'], 'administrator'],
      [['teardown', own.name, '--yes', '--force'], 'administrator'],
      [['workload', 'remove', own.name, 'reports/exporter', '--yes', '--force'], 'administrator'],
    ])
  })
})

describe('on the command line, a developer', () => {
  const workload = 'default/uploader'

  it('adds a workload in its namespace, verifies it, and removes it', async () => {
    const byName = ['workload', 'add', own.name, workload, '--policy', 'AmazonS3ReadOnlyAccess']
    const added = await doneAs('developer', byName)
    expect(added).toMatch(/^Proof for .*default:uploader$/m)
    expect(await doneAs('developer', ['verify', own.name, workload])).toMatch(/^Proof for .*default:uploader$/m)
    expect(await doneAs('developer', ['manifest', own.name, workload])).toContain('serviceAccountName: uploader')
    const listed = await doneAs('developer', ['get', 'workloads', own.name])
    expect([listed.includes(workload), listed.includes('reports/exporter')]).toEqual([true, false])
    expect(await doneAs('developer', ['workload', 'remove', own.name, workload, '--yes'])).toContain(
      `${workload} is removed from ${own.name}`,
    )
  })

  it('is refused actions on clusters, on other namespaces, or on operations of others', async () => {
    await expectRefused('developer', [
      [['apply', '--yes', '-f', file], 'operator'],
      [['verify', own.name], 'operator'],
      [['verify', own.name, 'reports/exporter'], 'developer'],
      [['workload', 'add', own.name, 'reports/second', '--policy', s3], 'developer'],
      [['workload', 'add', own.name, workload, '--policy', ofNoGrant], 'developer'],
      [['workload', 'add', own.name, workload, '--policy', s3, '--role', 'my-role'], 'operator'],
      [['workload', 'remove', own.name, workload, '--yes', '--force'], 'administrator'],
      [['drift', own.name], 'operator'],
      [['upgrade', own.name, '--failure-policy', 'Ignore'], 'operator'],
      [['rotate'], 'operator'],
      [['rights', own.name], 'viewer'],
      [['cancel', setup], 'operator'],
      [['teardown', own.name, '--yes'], 'operator'],
    ])
  })
})

describe('on the command line, a viewer', () => {
  it('sees clusters, workloads and operations, and can print manifests and rights', async () => {
    expect(await doneAs('viewer', ['get', 'clusters'])).toContain(own.name)
    expect(await doneAs('viewer', ['get', 'workloads', own.name])).toContain('reports/exporter')
    expect(await doneAs('viewer', ['status', own.name])).toContain('✔ ProviderRegistered')
    expect(await doneAs('viewer', ['watch', setup])).toContain('is set up and verified')
    expect(await doneAs('viewer', ['manifest', own.name, 'reports/exporter'])).toContain('serviceAccountName: exporter')
    expect(await doneAs('viewer', ['rights', own.name])).toContain('kind: ClusterRole')
  })

  it('cannot start or stop operations', async () => {
    await expectRefused('viewer', [
      [['apply', '--yes', '-f', file], 'operator'],
      [['verify', own.name], 'operator'],
      [['verify', own.name, 'reports/exporter'], 'developer'],
      [['workload', 'add', own.name, 'default/uploader', '--policy', s3], 'developer'],
      [['workload', 'remove', own.name, 'reports/exporter', '--yes'], 'developer'],
      [['drift', own.name], 'operator'],
      [['upgrade', own.name, '--failure-policy', 'Ignore'], 'operator'],
      [['rotate'], 'operator'],
      [['cancel', setup], 'operator'],
      [['teardown', own.name, '--yes'], 'operator'],
    ])
  })
})

describe('on the command line, an administrator', () => {
  it('can use --adopt and --force', async () => {
    expect(await doneAs('administrator', ['upgrade', own.name, '--adopt'])).toContain('is set up and verified')
    const reported = await doneAs('administrator', ['teardown', own.name, '--force', '--dry-run'])
    expect(reported).toContain('nothing was changed')
  })
})

it('on the command line, an operator tears the cluster down', async () => {
  expect(await doneAs('operator', ['teardown', own.name, '--yes'])).toContain(`${own.name} is torn down`)
  const gone = await as('viewer', ['status', own.name])
  expect(gone.code).toBe(3)
})
