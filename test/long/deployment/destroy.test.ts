/**
 * The resources that remain after a deployment is destroyed, by `removalPolicy`, as docs/deployment.md says.
 * test/infra/settings/removal.test.ts checks other settings.
 */
import path from 'node:path'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { expect, inject, it } from 'vitest'
import { cdk, type DeployOptions, deploy } from '../../../sandbox/aws/deploy.ts'
import { startAws } from '../../../sandbox/aws/server.ts'
import { makeGrantedRole } from '../../support/aws/granted-role.ts'
import { python } from '../../support/python.ts'
import { workflowNames } from '../../support/workflows/definitions.ts'
import { clientOf, resources } from '../support/resources.ts'

/** The logs of the API and of the workflows. */
const isVended = (logGroup: string) => logGroup.startsWith('/aws/vendedlogs/')

interface Destruction {
  readonly before: Awaited<ReturnType<typeof resources>>
  readonly deployed: Awaited<ReturnType<typeof resources>>
  readonly left: Awaited<ReturnType<typeof resources>>
}

/** Deploys an app of ../support, puts an object into each of its buckets, and destroys it. */
async function destroyed(app: string): Promise<Destruction> {
  const directory = path.join(inject('sandboxDirectory'), app)
  const aws = await startAws({ python, directory: path.join(directory, 'aws'), environment: {}, auth: true })
  const file = path.join(import.meta.dirname, '../support', `${app}.ts`)
  const options: DeployOptions = { aws, directory: path.join(directory, 'cdk'), app: file }
  try {
    await makeGrantedRole(aws)
    const before = await resources(aws.endpoint)
    await deploy(options)
    const deployed = await resources(aws.endpoint)
    expect(deployed.functions).not.toEqual([])
    expect([deployed.tables.length, deployed.buckets.length, deployed.policies.length]).toEqual([1, 1, 1])
    const s3 = new S3Client(clientOf(aws.endpoint))
    for (const Bucket of deployed.buckets) await s3.send(new PutObjectCommand({ Bucket, Key: 'object', Body: 'copy' }))

    await cdk(['destroy', '--all', '--force'], options)
    return { before, deployed, left: await resources(aws.endpoint) }
  } finally {
    await aws.close()
  }
}

it('a destroyed default deployment retains the record and its copies, the logs of API and workflows, and the boundary', async () => {
  const { before, deployed, left } = await destroyed('default-app')
  const { tables, buckets, policies } = deployed
  expect({ ...left, logs: [] }).toEqual({ ...before, tables, buckets, policies, logs: [] })
  const [audit, ...others] = left.logs.toSorted((one, other) => Number(isVended(one)) - Number(isVended(other)))
  expect(audit).toContain('AuditLog')
  expect(others.filter(isVended)).toHaveLength(workflowNames.length + 1)
  expect(others.filter((name) => !isVended(name))).toEqual([])
}, 240_000)

it('with removalPolicy destroy it retains only the boundary, and the log of the CDK function that empties the bucket', async () => {
  const { before, deployed, left } = await destroyed('destroyable-app')
  expect(left).toEqual({
    ...before,
    policies: deployed.policies,
    logs: [expect.stringContaining('CustomS3AutoDeleteObjects')],
  })
}, 240_000)
