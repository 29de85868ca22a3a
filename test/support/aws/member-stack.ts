/** The member stack in another account of the sandbox's AWS, deployed from its template alone. */
import { setTimeout as sleep } from 'node:timers/promises'
import { IAMClient } from '@aws-sdk/client-iam'
import { Template } from 'aws-cdk-lib/assertions'
import { MemberAccountStack, type MemberAccountStackProps } from '../../../infra/member/member-account.ts'
import { account, rootCredentialsOf } from '../../../sandbox/account.ts'
import { sendSigned } from '../../../sandbox/aws/signed-request.ts'
import { exampleApp, stackProps } from './stack.ts'

interface Server {
  readonly endpoint: string
}

interface Member {
  readonly id: string
  readonly externalId: string
}

/** The template that `npm run deployment -- member-template` prints for the settings of the tests, some of which `settings` replaces. */
export function memberTemplate(settings: Pick<MemberAccountStackProps, 'api'> = {}): Template {
  const allowedPolicyArns = ['arn:aws:iam::aws:policy/*']
  const props = { ...stackProps, inlinePolicyActions: ['s3:*'], allowedPolicyArns, ...settings }
  return Template.fromStack(
    new MemberAccountStack(exampleApp(), 'Member', { ...props, deploymentStack: 'WorkloadIdentity' }),
  )
}

/** Deploys the member stack for the sandbox's deployment, and waits until it is created. */
export async function deployMemberStack(server: Server, { id, externalId }: Member): Promise<void> {
  const parameters = { DeploymentAccount: account.id, DeploymentRegion: account.region, ExternalId: externalId }
  const given = Object.entries(parameters).flatMap(([name, value], index) => [
    [`Parameters.member.${index + 1}.ParameterKey`, name],
    [`Parameters.member.${index + 1}.ParameterValue`, value],
  ])
  await cloudFormation(server, id, {
    Action: 'CreateStack',
    TemplateBody: JSON.stringify(memberTemplate().toJSON()),
    'Capabilities.member.1': 'CAPABILITY_NAMED_IAM',
    ...Object.fromEntries(given),
  })
  await untilStack(server, id, 'CREATE_COMPLETE')
}

/** Deletes the member stack, and waits until it is deleted. Throws when the deletion fails. */
export async function deleteMemberStack(server: Server, id: string): Promise<void> {
  await cloudFormation(server, id, { Action: 'DeleteStack' })
  await untilStack(server, id, undefined)
}

/** IAM of another account, as its root user. */
export function memberIam({ endpoint }: Server, id: string): IAMClient {
  return new IAMClient({ endpoint, region: account.region, credentials: rootCredentialsOf(id) })
}

/** @param desired undefined to wait until the stack does not exist */
async function untilStack(server: Server, id: string, desired: string | undefined): Promise<void> {
  for (;;) {
    const status = await statusOfStack(server, id)
    if (status === desired) return
    if (!status?.endsWith('_IN_PROGRESS')) throw new Error(`the member stack of ${id} is ${status}`)
    await sleep(50)
  }
}

async function statusOfStack(server: Server, id: string): Promise<string | undefined> {
  const answer = await cloudFormation(server, id, { Action: 'ListStacks' })
  const [, status] = /<StackStatus>(\w+)<\/StackStatus>/.exec(answer) ?? []
  return status === 'DELETE_COMPLETE' ? undefined : status
}

async function cloudFormation(server: Server, id: string, parameters: Record<string, string>): Promise<string> {
  const response = await sendSigned({
    service: 'cloudformation',
    method: 'POST',
    url: new URL('/', server.endpoint),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ StackName: 'WorkloadIdentityMember', ...parameters }).toString(),
    credentials: rootCredentialsOf(id),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`CloudFormation answered ${response.status}: ${text}`)
  return text
}
