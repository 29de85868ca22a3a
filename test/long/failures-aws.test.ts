import {
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  DeleteOpenIDConnectProviderCommand,
  DeleteRoleCommand,
  type IAMClient,
  ListOpenIDConnectProvidersCommand,
} from '@aws-sdk/client-iam'
import { afterEach, describe, expect, it } from 'vitest'
import { iamClient } from '../e2e/support/aws-clients.ts'
import { existingCluster } from '../e2e/support/existing-cluster.ts'
import { expectFailure } from '../e2e/support/failure.ts'
import { quickSystem } from '../e2e/support/quick.ts'

const running = quickSystem()
const workload = 'reports/exporter'

afterEach(() => running.system.sandbox.aws.faults.clear())

describe('an action that AWS refuses', () => {
  it.each([
    { action: 'iam:CreateOpenIDConnectProvider', step: 'RegisterOidc', item: undefined, name: 'AccessDenied' },
    { action: 'iam:CreateRole', step: 'CreateRole', item: workload, name: 'AccessDenied' },
    // Just after the role was made, a refusal may mean that IAM does not know the role yet.
    { action: 'iam:PutRolePolicy', step: 'CreateRole', item: workload, name: 'NotYetConsistent' },
  ])('$action fails the setup at $step with the action and the resource, until it is allowed', async (refused) => {
    const { action, step, item, name } = refused
    const own = await existingCluster(running.system, 'denied')
    const object = step === 'RegisterOidc' ? own.providerArn : own.roleArn
    await running.system.sandbox.aws.faults.add({ kind: 'refuse', operation: action, object, times: 1000 })
    expectFailure(running.system, await running.system.setUp(own.body()), {
      name,
      step,
      ...(item !== undefined && { item }),
      object,
      reason: new RegExp(`^AWS refused ${action} \\(AccessDenied\\w*\\)$`),
      action: new RegExp(`^Allow ${action} on ${object} to the function's role, and look for a service control policy`),
    })
    await running.system.sandbox.aws.faults.clear()
    expect((await running.system.setUp(own.body())).error).toBeUndefined()
  })

  it('STS keeping the workload out to the end fails the proof and names the role', async () => {
    const own = await existingCluster(running.system, 'sts-refuses')
    const operation = 'sts:AssumeRoleWithWebIdentity'
    await running.system.sandbox.aws.faults.add({ kind: 'refuse', operation, object: own.roleArn, times: 1000 })
    expectFailure(running.system, await running.system.setUp(own.body()), {
      name: 'NotYetConsistent',
      step: 'Verify',
      item: workload,
      object: own.roleArn,
      reason: /^STS does not let the service account assume the role \(sts:AssumeRoleWithWebIdentity: AccessDenied\)$/,
      action: /if it lasts, look for a change of its trust policy, or for a service control policy that denies sts:/,
    })
    await running.system.sandbox.aws.faults.clear()
    expect((await running.system.setUp(own.body())).error).toBeUndefined()
  })
})

describe('an object of the name that somebody else made', () => {
  it('fails the setup when it is the OIDC provider, until the request adopts it', async () => {
    const own = await existingCluster(running.system, 'foreign-provider')
    const provider = { Url: own.issuerUrl, ClientIDList: ['somebody'], ThumbprintList: ['0'.repeat(40)] }
    await iamClient(running.system).send(new CreateOpenIDConnectProviderCommand(provider))
    expectFailure(running.system, await running.system.setUp(own.body()), {
      name: 'OwnershipConflict',
      step: 'RegisterOidc',
      object: own.providerArn,
      reason: /^it exists and was not made by workload-identity$/,
      action: /^Set adopt: true in the request to use it, or .*remove it/,
    })
    expect((await running.system.setUp(own.body({ adopt: true }))).error).toBeUndefined()
  })

  it('fails the setup when it is the role, until somebody removes it', async () => {
    const own = await existingCluster(running.system, 'foreign-role')
    await createRole(iamClient(running.system), own.name, `/workload-identity/${own.name}/`)
    expectFailure(running.system, await running.system.setUp(own.body()), {
      name: 'OwnershipConflict',
      step: 'CreateRole',
      item: workload,
      object: own.roleArn,
      reason: /^it exists and was not made by workload-identity$/,
      action: /^Set adopt: true in the request to use it, or .*remove it/,
    })
    await iamClient(running.system).send(new DeleteRoleCommand({ RoleName: own.name }))
    expect((await running.system.setUp(own.body())).error).toBeUndefined()
  })

  it('fails the setup when it is a role under another path, until another name is chosen', async () => {
    const own = await existingCluster(running.system, 'foreign-path')
    await createRole(iamClient(running.system), own.name, '/teams/')
    expectFailure(running.system, await running.system.setUp(own.body()), {
      name: 'OwnershipConflict',
      step: 'CreateRole',
      item: workload,
      object: own.roleArn,
      reason:
        /^a role of this name is there under another path, and only roles under \/workload-identity\/[a-z0-9-]+\/ may/,
      action: /^Choose another role name in the request, or remove that role$/,
    })
    const operation = await running.system.setUp(own.body({ 'workloads.0.role.name': `${own.name}-2` }))
    expect(operation.error).toBeUndefined()
  })
})

async function createRole(iam: IAMClient, name: string, path: string): Promise<void> {
  const Statement = [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }]
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
  await iam.send(new CreateRoleCommand({ RoleName: name, Path: path, AssumeRolePolicyDocument }))
}

describe('the limit of 100 OIDC providers', () => {
  it('fails the setup with what to do, until one is removed', async () => {
    const own = await existingCluster(running.system, 'limit')
    const iam = iamClient(running.system)
    const others = await fillUp(iam)
    expectFailure(running.system, await running.system.setUp(own.body()), {
      name: 'LimitExceeded',
      step: 'RegisterOidc',
      object: own.providerArn,
      reason: /^iam:CreateOpenIDConnectProvider reached a limit \(.*100/,
      action: /^Remove what is no longer needed, or ask AWS for a higher quota$/,
    })
    await Promise.all(
      others.map((arn) => iam.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }))),
    )
    expect((await running.system.setUp(own.body())).error).toBeUndefined()
  })
})

/** Makes providers until the account has no room for another. Gives back their ARNs. */
async function fillUp(iam: IAMClient): Promise<string[]> {
  const { OpenIDConnectProviderList = [] } = await iam.send(new ListOpenIDConnectProvidersCommand({}))
  const urls = Array.from({ length: 100 - OpenIDConnectProviderList.length }, (_, i) => `https://full-${i}.example.com`)
  const made = await Promise.all(
    urls.map((Url) => iam.send(new CreateOpenIDConnectProviderCommand({ Url, ThumbprintList: ['0'.repeat(40)] }))),
  )
  return made.flatMap(({ OpenIDConnectProviderArn: arn }) => arn ?? [])
}
