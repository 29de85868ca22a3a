import {
  PutRolePolicyCommand,
  TagOpenIDConnectProviderCommand,
  TagRoleCommand,
  UntagOpenIDConnectProviderCommand,
  UntagRoleCommand,
} from '@aws-sdk/client-iam'
import { beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { managementServiceAccount } from '../../sandbox/google/project.ts'
import { ownCluster } from '../e2e/support/requests.ts'
import { cases, isOfTeardown, refusalOf } from './support/cases.ts'
import { Fixture } from './support/fixture.ts'
import { hostedCluster } from './support/hosted.ts'
import { inSlice } from './support/slice.ts'

let fixture: Fixture

beforeAll(async () => {
  fixture = await Fixture.open()
})

const clusterOf = ({ cluster }: Fixture) => `/v1/clusters/${cluster.name}`
const workloadOf = (of: Fixture) => `${clusterOf(of)}/workloads/default/s3-reader`

const adopted = { Key: 'workload-identity:adopted', Value: 'true' }

interface Prepared {
  readonly path: string
  readonly undo?: () => Promise<unknown>
}

/** A dry run makes all reads, and records its result. */
const listed = async (): Promise<Prepared> => ({ path: `${clusterOf(fixture)}?deleteCluster=true&dryRun=true` })

/** A teardown of the workload, or of everything except the cluster. A setup creates the objects again afterwards. */
const ofWorkload = async (): Promise<Prepared> => ({ path: workloadOf(fixture), undo: () => fixture.setUp() })
const ofCluster = async (): Promise<Prepared> => ({ path: clusterOf(fixture), undo: () => fixture.setUp() })

/** A dry run for the cluster with a hosted issuer. */
const listedHosted = async (): Promise<Prepared> => {
  const { name } = await hostedCluster(fixture.system)
  return { path: `/v1/clusters/${name}?dryRun=true` }
}

/** A teardown of another cluster that a setup created, with its bucket. */
async function ofAnother(prepare: (cluster: string) => Promise<unknown>): Promise<Prepared> {
  const { name, body } = await ownCluster(fixture.system, 'emptied')
  await fixture.system.setUp(body())
  await prepare(name)
  return { path: `/v1/clusters/${name}?deleteCluster=true` }
}

/** By function and action: teardowns that need a permission that a dry run does not need. */
const preparations: Readonly<Record<string, () => Promise<Prepared>>> = {
  'delete-role iam:DetachRolePolicy': ofWorkload,
  'delete-role iam:DeleteRole': ofWorkload,
  'delete-role iam:DeleteRolePolicy': async () => {
    const Statement = [{ Effect: 'Deny', Action: '*', Resource: '*' }]
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
    const RoleName = fixture.roleName
    await fixture.roles.iam.send(
      new PutRolePolicyCommand({ RoleName, PolicyName: 'workload-identity', PolicyDocument }),
    )
    return ofWorkload()
  },
  'delete-role iam:UntagRole': async () => {
    const RoleName = fixture.roleName
    await fixture.roles.iam.send(new TagRoleCommand({ RoleName, Tags: [adopted] }))
    const undo = async () => {
      await fixture.roles.iam.send(new UntagRoleCommand({ RoleName, TagKeys: [adopted.Key] }))
      await fixture.setUp()
    }
    return { path: workloadOf(fixture), undo }
  },
  'delete-role dynamodb:DeleteItem': ofWorkload,
  'delete-provider dynamodb:DeleteItem': ofCluster,
  'delete-provider iam:DeleteOpenIDConnectProvider': ofCluster,
  'delete-provider iam:UntagOpenIDConnectProvider': async () => {
    const OpenIDConnectProviderArn = await providerArn()
    await fixture.roles.iam.send(new TagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, Tags: [adopted] }))
    const TagKeys = [adopted.Key]
    const undo = async () => {
      await fixture.roles.iam.send(new UntagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, TagKeys }))
      await fixture.setUp()
    }
    return { path: clusterOf(fixture), undo }
  },
  'remove-discovery s3:DeleteObject': async () => {
    const { name, body } = await hostedCluster(fixture.system)
    return { path: `/v1/clusters/${name}`, undo: () => fixture.system.setUp(body) }
  },
  'record-teardown dynamodb:ConditionCheckItem': ofWorkload,
  'record-teardown dynamodb:DeleteItem': ofWorkload,
  'record-teardown dynamodb:Query': ofCluster,
  'empty-bucket dynamodb:DeleteItem': () => ofAnother(async () => {}),
  // A bucket with other objects is retained, with its claim, but without the cluster in it.
  'empty-bucket dynamodb:PutItem': () =>
    ofAnother(async (name) => {
      const publish = fixture.system.sandbox.google.publishAs(managementServiceAccount)
      await publish(`${name}-discovery`, 'more', 'more', 'text/plain')
    }),
}

describe('a teardown whose step lacks one permission continues, and names the permission', () => {
  it.for(inSlice(cases.filter(isOfTeardown)))('$state: $action on $resource', async ({ of, action, state, index }) => {
    const prepare = preparations[`${of} ${action}`] ?? (state === 'RemoveDiscovery' ? listedHosted : listed)
    const { path, undo } = await prepare()
    const ended = await fixture.without(index, () => fixture.system.tearDown(path))
    await undo?.()
    expect(ended.status).toBe('failed')
    expect(ended.error).toMatchObject({ name: refusalOf(action), step: state })
    expect(ended.error?.reason).toContain(action)
  })
})

const recordedCluster = z.object({ status: z.object({ providerArn: z.string() }) })

async function providerArn(): Promise<string> {
  const response = await fetch(fixture.system.api + clusterOf(fixture))
  return recordedCluster.parse(await response.json()).status.providerArn
}
