import { account, rootCredentials } from '../../../sandbox/account.ts'
import { type Aws, startAws } from '../../../sandbox/aws/server.ts'
import { python } from '../../support/python.ts'
import { temporaryDirectory } from '../../support/temporary.ts'
import {
  type AwsRequest,
  iamArn,
  iamCall,
  type ProviderTarget,
  type RoleTarget,
  tagMembers,
  trust,
} from './aws-requests.ts'
import type { Decision, Policy, Rights } from './second-evaluator.ts'
import { type Answer, type Call, type Credentials, form, send } from './signed-call.ts'

/** A session of a role of the sandbox. */
export interface Actor {
  /** The session's ARN. */
  readonly arn: string
  readonly roleArn: string
  /** The sandbox's decision about the request, which it runs if it is allowed. */
  decide(request: AwsRequest): Promise<Decision>
}

/** The sandbox's AWS, which enforces IAM, for its decisions about real requests. */
export class IamAccount {
  readonly #aws: Aws
  readonly #user: Credentials
  readonly #remove: () => Promise<void>
  #count = 0

  private constructor(aws: Aws, user: Credentials, remove: () => Promise<void>) {
    this.#aws = aws
    this.#user = user
    this.#remove = remove
  }

  static async start(): Promise<IamAccount> {
    const directory = await temporaryDirectory()
    const aws = await startAws({ python, directory: directory.path, environment: {}, auth: true })
    const root = (call: Call) => bodyOfSuccess(send(aws.endpoint, rootCredentials, call))
    await root(iamCall('CreateUser', { UserName: 'assuming' }))
    const may = { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [may] })
    await root(iamCall('PutUserPolicy', { UserName: 'assuming', PolicyName: 'may', PolicyDocument }))
    const key = await root(iamCall('CreateAccessKey', { UserName: 'assuming' }))
    return new IamAccount(aws, credentialsIn(key), directory.remove)
  }

  async close(): Promise<void> {
    await this.#aws.close()
    await this.#remove()
  }

  /** An unused name. */
  unique(prefix: string): string {
    this.#count += 1
    return `${prefix}-${this.#count}`
  }

  /** Makes a call as the root user. */
  root(call: Call): Promise<string> {
    return bodyOfSuccess(send(this.#aws.endpoint, rootCredentials, call))
  }

  /** Creates a customer managed policy, and returns its ARN. */
  async policy(name: string, document: Policy): Promise<string> {
    await this.root(iamCall('CreatePolicy', { PolicyName: name, PolicyDocument: JSON.stringify(document) }))
    return iamArn(`policy/${name}`)
  }

  async role({ path, name, tags, boundary }: RoleTarget): Promise<void> {
    const parameters = { RoleName: name, Path: path, AssumeRolePolicyDocument: trust, ...tagMembers(tags) }
    const bounded = boundary === undefined ? {} : { PermissionsBoundary: boundary }
    await this.root(iamCall('CreateRole', { ...parameters, ...bounded }))
  }

  async provider({ host, tags }: ProviderTarget): Promise<void> {
    await this.root(iamCall('CreateOpenIDConnectProvider', { Url: `https://${host}`, ...tagMembers(tags) }))
  }

  /** A session of a new role with these rights. */
  async actor({ policies, boundary, session }: Rights, path = '/actors/'): Promise<Actor> {
    const name = this.unique('actor')
    const bounded = boundary && (await this.policy(this.unique('edge'), boundary))
    await this.role({ path, name, tags: {}, boundary: bounded })
    for (const [index, document] of policies.entries()) {
      const parameters = { RoleName: name, PolicyName: `policy-${index}`, PolicyDocument: JSON.stringify(document) }
      await this.root(iamCall('PutRolePolicy', parameters))
    }
    const roleArn = iamArn(`role${path}${name}`)
    const assume = { Action: 'AssumeRole', Version: '2011-06-15', RoleArn: roleArn, RoleSessionName: 'session' }
    const scoped = session ? { Policy: JSON.stringify(session) } : {}
    const assumed = await bodyOfSuccess(send(this.#aws.endpoint, this.#user, form('sts', { ...assume, ...scoped })))
    const credentials = credentialsIn(assumed)
    return {
      arn: `arn:aws:sts::${account.id}:assumed-role/${name}/session`,
      roleArn,
      decide: async (request) => decisionIn(await send(this.#aws.endpoint, credentials, request.call), request),
    }
  }
}

/** A denial names the action. IAM has allowed the requests with all other responses. */
function decisionIn({ status, text }: Answer, { action }: AwsRequest): Decision {
  if (!text.includes('is not authorized to perform')) return 'allowed'
  if (status < 400 || !text.includes(`perform: ${action}`)) throw new Error(`${action}: ${status}: ${text}`)
  return text.includes('explicit deny') ? 'explicit deny' : 'implicit deny'
}

async function bodyOfSuccess(answering: Promise<Answer>): Promise<string> {
  const { status, text } = await answering
  if (status !== 200) throw new Error(`AWS answered ${status}: ${text}`)
  return text
}

function credentialsIn(xml: string): Credentials {
  const element = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? ''
  const sessionToken = element('SessionToken')
  return {
    accessKeyId: element('AccessKeyId'),
    secretAccessKey: element('SecretAccessKey'),
    ...(sessionToken && { sessionToken }),
  }
}
