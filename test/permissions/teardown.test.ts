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
import { hostedCluster } from './support/hosted.ts'
import { inSlice } from './support/slice.ts'
import { World } from './support/world.ts'

let world: World

beforeAll(async () => {
  world = await World.open()
})

const clusterOf = ({ cluster }: World) => `/v1/clusters/${cluster.name}`
const workloadOf = (of: World) => `${clusterOf(of)}/workloads/default/s3-reader`

const adopted = { Key: 'workload-identity:adopted', Value: 'true' }

interface Prepared {
  readonly path: string
  readonly undo?: () => Promise<unknown>
}

/** A dry run comes by all that is only read, and records how it went. */
const listed = async (): Promise<Prepared> => ({ path: `${clusterOf(world)}?deleteCluster=true&dryRun=true` })

/** Of the workload, or of all but the cluster itself; made again afterwards. */
const ofWorkload = async (): Promise<Prepared> => ({ path: workloadOf(world), undo: () => world.setUp() })
const ofCluster = async (): Promise<Prepared> => ({ path: clusterOf(world), undo: () => world.setUp() })

/** Of the cluster whose issuer the deployment hosts. */
const listedHosted = async (): Promise<Prepared> => {
  const { name } = await hostedCluster(world.system)
  return { path: `/v1/clusters/${name}?dryRun=true` }
}

/** Of a cluster that a setup has made, and that goes with its bucket. */
async function ofMade(prepare: (cluster: string) => Promise<unknown>): Promise<Prepared> {
  const { name, body } = await ownCluster(world.system, 'emptied')
  await world.system.setUp(body())
  await prepare(name)
  return { path: `/v1/clusters/${name}?deleteCluster=true` }
}

/** By function and action: what makes a teardown need a permission that a dry run does not need. */
const preparations: Readonly<Record<string, () => Promise<Prepared>>> = {
  'delete-role iam:DetachRolePolicy': ofWorkload,
  'delete-role iam:DeleteRole': ofWorkload,
  'delete-role iam:DeleteRolePolicy': async () => {
    const Statement = [{ Effect: 'Deny', Action: '*', Resource: '*' }]
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
    const RoleName = world.roleName
    await world.roles.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'workload-identity', PolicyDocument }))
    return ofWorkload()
  },
  'delete-role iam:UntagRole': async () => {
    const RoleName = world.roleName
    await world.roles.iam.send(new TagRoleCommand({ RoleName, Tags: [adopted] }))
    const undo = async () => {
      await world.roles.iam.send(new UntagRoleCommand({ RoleName, TagKeys: [adopted.Key] }))
      await world.setUp()
    }
    return { path: workloadOf(world), undo }
  },
  'delete-role dynamodb:DeleteItem': ofWorkload,
  'delete-provider dynamodb:DeleteItem': ofCluster,
  'delete-provider iam:DeleteOpenIDConnectProvider': ofCluster,
  'delete-provider iam:UntagOpenIDConnectProvider': async () => {
    const OpenIDConnectProviderArn = await providerArn()
    await world.roles.iam.send(new TagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, Tags: [adopted] }))
    const TagKeys = [adopted.Key]
    const undo = async () => {
      await world.roles.iam.send(new UntagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, TagKeys }))
      await world.setUp()
    }
    return { path: clusterOf(world), undo }
  },
  'remove-discovery s3:DeleteObject': async () => {
    const { name, body } = await hostedCluster(world.system)
    return { path: `/v1/clusters/${name}`, undo: () => world.system.setUp(body) }
  },
  'record-teardown dynamodb:ConditionCheckItem': ofWorkload,
  'record-teardown dynamodb:DeleteItem': ofWorkload,
  'record-teardown dynamodb:Query': ofCluster,
  'empty-bucket dynamodb:DeleteItem': () => ofMade(async () => {}),
  // A bucket with something else in it stays, and so does its claim, without the cluster.
  'empty-bucket dynamodb:PutItem': () =>
    ofMade(async (name) => {
      const publish = world.system.sandbox.google.publishAs(managementServiceAccount)
      await publish(`${name}-discovery`, 'more', 'more', 'text/plain')
    }),
}

describe('a teardown whose step may not do one thing goes on, and names it', () => {
  it.for(inSlice(cases.filter(isOfTeardown)))('$state: $action on $resource', async ({ of, action, state, index }) => {
    const prepare = preparations[`${of} ${action}`] ?? (state === 'RemoveDiscovery' ? listedHosted : listed)
    const { path, undo } = await prepare()
    const ended = await world.without(index, () => world.system.tearDown(path))
    await undo?.()
    expect(ended.status).toBe('failed')
    expect(ended.error).toMatchObject({ name: refusalOf(action), step: state })
    expect(ended.error?.reason).toContain(action)
  })
})

const recordedCluster = z.object({ status: z.object({ providerArn: z.string() }) })

async function providerArn(): Promise<string> {
  const response = await fetch(world.system.api + clusterOf(world))
  return recordedCluster.parse(await response.json()).status.providerArn
}
