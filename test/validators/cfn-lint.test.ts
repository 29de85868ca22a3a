/** Runs cfn-lint on the deployed templates. It knows CloudFormation's schemas of resources. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { Stack } from 'aws-cdk-lib'
import { Template } from 'aws-cdk-lib/assertions'
import { afterAll, beforeAll, expect, it } from 'vitest'
import * as z from 'zod'
import { MemberAccountStack } from '../../infra/member/member-account.ts'
import { pythonProgram } from '../peers/install/python-packages.ts'
import { exampleApp, exampleStack, portalProps, stackProps } from '../support/aws/stack.ts'

/** A run takes some ten seconds on an idle machine. */
const timeoutMs = 600_000

/** The CDK adds dependencies that references imply, too. */
const ignored = ['W3005']

const issuerHost = {
  domain: 'oidc.example.com',
  certificateArn: `arn:aws:acm:us-east-1:${stackProps.env.account}:certificate/1234abcd-12ab-34cd-56ef-1234567890ab`,
}
const api = {
  domain: 'api.example.com',
  certificateArn: issuerHost.certificateArn.replace('us-east-1', stackProps.env.region),
}
const notifications = { emails: ['platform@example.com'], eventBus: 'default' }
const logs = `arn:aws:kms:eu-west-1:${stackProps.env.account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`

const templates = {
  'of a deployment with hosted issuers and a key for its logs': () =>
    exampleStack(exampleApp(), { issuerHost, kmsKeys: { logs } }),
  'of a deployment with the portal, a domain, tags and the removal policy destroy': () =>
    exampleStack(exampleApp(), {
      ...portalProps(),
      api,
      tags: { team: 'platform' },
      removalPolicy: 'destroy',
      notifications,
    }),
  'of a Slack channel': () => {
    const slack = { workspaceId: 'T0123ABCD', channelId: 'C0123ABCD' }
    const stack = exampleStack(exampleApp(), { notifications: { emails: [], slack }, kmsKeys: { topic: logs, logs } })
    return Stack.of(stack.node.findChild('Chat').node.findChild('NotifyChat'))
  },
  'of a member account': () =>
    new MemberAccountStack(exampleApp(), 'Member', { ...stackProps, deploymentStack: 'WorkloadIdentity' }),
}

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'workload-identity-lint-'))
})
afterAll(() => rm(folder, { recursive: true }))

it.each(Object.entries(templates))(
  'cfn-lint finds no fault in the template %s',
  async (_, stackOf) => {
    expect(await findings(lintable(stackOf()))).toEqual([])
  },
  timeoutMs,
)

/** Regions with fewer resource types, by a region of the same partition for which the template is generated. */
const smallRegions = {
  'eu-west-1': [
    'ap-east-2',
    'ap-southeast-4',
    'ap-southeast-5',
    'ap-southeast-6',
    'ap-southeast-7',
    'ca-west-1',
    'il-central-1',
    'mx-central-1',
  ],
  'us-gov-west-1': ['us-gov-east-1', 'us-gov-west-1'],
  'cn-north-1': ['cn-north-1', 'cn-northwest-1'],
}

it.each(Object.entries(smallRegions))(
  'cfn-lint finds no fault in the template for %s when it is deployed to %s',
  async (region, regions) => {
    const env = { account: stackProps.env.account, region }
    const allowedPolicyArns: string[] = []
    const stack = exampleStack(exampleApp(), { env, allowedPolicyArns, tags: { team: 'platform' }, notifications })
    expect(await findings(lintable(stack), regions)).toEqual([])
  },
  timeoutMs,
)

it(
  'cfn-lint finds an unknown property, and a missing state',
  async () => {
    const template = lintable(exampleStack())
      .replace('"BillingMode"', '"BillingMood"')
      .replace(/\\"StartAt\\":\\"\w+/, '\\"StartAt\\":\\"Nothing')
    expect((await findings(template)).map((finding) => finding.slice(0, 5))).toEqual(
      expect.arrayContaining(['E3002', 'E3601']),
    )
  },
  timeoutMs,
)

/**
 * The template as JSON. cfn-lint supports a substitution in a definition only if it is the entire text, and would not accept
 * `arn:${Partition}:states:::lambda:invoke` as an ARN.
 */
function lintable(stack: Stack): string {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the definitions contain this text
  return JSON.stringify(Template.fromStack(stack).toJSON()).replaceAll('${Partition}', 'aws')
}

const reported = z.array(z.object({ Rule: z.object({ Id: z.string() }), Message: z.string() }))

/** Each as `RULE: message`. */
async function findings(template: string, regions: readonly string[] = [stackProps.env.region]): Promise<string[]> {
  const file = path.join(folder, 'template.json')
  await writeFile(file, template)
  const args = ['--format', 'json', '--ignore-checks', ...ignored, '--regions', ...regions, '--', file]
  const child = spawn(pythonProgram('cfn-lint'), args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  if (err !== '') throw new Error(`cfn-lint: ${err}`)
  return reported.parse(JSON.parse(out)).map(({ Rule, Message }) => `${Rule.Id}: ${Message}`)
}
