import {
  GetRolePolicyCommand,
  IAMClient,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
  paginateListRoles,
} from '@aws-sdk/client-iam'
import * as z from 'zod/mini'
import { pascalCase } from '../../../infra/workflows.ts'
import { account, rootCredentials } from '../../../sandbox/account.ts'
import type { WorkflowName } from '../../support/workflows/definitions.ts'

const oneOrMore = z.pipe(
  z.union([z.string(), z.array(z.string())]),
  z.transform((value) => (typeof value === 'string' ? [value] : value)),
)
const policy = z.object({
  Version: z.string(),
  Statement: z.array(z.looseObject({ Action: oneOrMore, Resource: oneOrMore })),
})

type Policy = z.output<typeof policy>

interface InlinePolicy {
  readonly name: string
  readonly document: Policy
}

/** A permission that a test removes from a role: one action on one resource. */
export interface Removal {
  readonly action: string
  readonly resource: string
}

/** Reads and changes the roles of the deployment as the root user. */
export class DeployedRoles {
  readonly iam: IAMClient
  readonly #names = new Map<string, string>()

  constructor(endpoint: string) {
    this.iam = new IAMClient({ endpoint, region: account.region, credentials: rootCredentials })
  }

  /** Removes the permission while `use` runs. Throws when the role does not have exactly this permission. */
  async without<Result>(role: string, removal: Removal, use: () => Promise<Result>): Promise<Result> {
    const { name: PolicyName, document: before } = await this.#policyOf(role, removal)
    const after = remove(before, removal)
    const put = (document: Policy) =>
      this.iam.send(new PutRolePolicyCommand({ RoleName: role, PolicyName, PolicyDocument: JSON.stringify(document) }))
    await put(after)
    try {
      return await use()
    } finally {
      await put(before)
    }
  }

  /** Every action on every resource that the role's inline policies allow. */
  async permissions(role: string): Promise<Removal[]> {
    const policies = await this.#inlinePolicies(role)
    return policies.flatMap(({ document }) => document.Statement.flatMap(split))
  }

  /** The name of the role of the function with this bundle, by its description. */
  roleOfFunction(bundle: string): Promise<string> {
    return this.#find((description) => description === `What the function ${bundle} may do`, bundle)
  }

  /** The name of a state machine's role. */
  roleOfWorkflow(workflow: WorkflowName): Promise<string> {
    const part = `-${pascalCase(workflow)}WorkflowRole`.toLowerCase()
    return this.#find((_, name) => name.toLowerCase().includes(part), `the workflow ${workflow}`)
  }

  async #find(matches: (description: string, name: string) => boolean, what: string): Promise<string> {
    const known = this.#names.get(what)
    if (known !== undefined) return known
    for await (const { Roles = [] } of paginateListRoles({ client: this.iam }, {})) {
      const observed = Roles.find(({ Description = '', RoleName = '' }) => matches(Description, RoleName))
      if (observed?.RoleName !== undefined) {
        this.#names.set(what, observed.RoleName)
        return observed.RoleName
      }
    }
    throw new Error(`the deployment has no role for ${what}`)
  }

  /** The inline policy that has the permission. */
  async #policyOf(role: string, { action, resource }: Removal): Promise<InlinePolicy> {
    const policies = await this.#inlinePolicies(role)
    const allows = ({ document }: InlinePolicy) =>
      document.Statement.flatMap(split).some((one) => one.action === action && one.resource === resource)
    const found = policies.find(allows)
    if (!found) throw new Error(`no inline policy of ${role} allows ${action} on ${resource}`)
    return found
  }

  async #inlinePolicies(RoleName: string): Promise<InlinePolicy[]> {
    const { PolicyNames = [] } = await this.iam.send(new ListRolePoliciesCommand({ RoleName }))
    return Promise.all(PolicyNames.map(async (name) => ({ name, document: await this.#read(RoleName, name) })))
  }

  async #read(RoleName: string, PolicyName: string): Promise<Policy> {
    const { PolicyDocument = '' } = await this.iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))
    return policy.parse(JSON.parse(decodeURIComponent(PolicyDocument)))
  }
}

function split({ Action, Resource }: Policy['Statement'][number]): Removal[] {
  return Action.flatMap((action) => Resource.map((resource) => ({ action, resource })))
}

/** The policy without one permission. It has a statement for each action on each resource. */
function remove(from: Policy, { action, resource }: Removal): Policy {
  const single = from.Statement.flatMap((statement) =>
    split(statement).map((one) => ({ ...statement, Action: [one.action], Resource: [one.resource] })),
  )
  const remaining = single.filter(({ Action, Resource }) => Action[0] !== action || Resource[0] !== resource)
  if (remaining.length !== single.length - 1) {
    throw new Error(
      `the role allows ${action} on ${resource} ${single.length - remaining.length} times instead of once`,
    )
  }
  return { ...from, Statement: remaining }
}
