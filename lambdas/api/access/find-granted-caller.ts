import { GetRoleCommand, GetUserCommand, NoSuchEntityException } from '@aws-sdk/client-iam'
import middy from '@middy/core'
import * as z from 'zod/mini'
import { iamOf } from '../../clouds/aws/clients/iam.ts'
import { errorOf } from '../../clouds/aws/errors.ts'
import { customResourceRequest, type Outcome, respond } from '../../clouds/custom-resource.ts'
import { recorded } from '../../errors/recorded.ts'
import { StepError } from '../../errors/step-errors.ts'
import { framesOf, log } from '../../log.ts'

const iam = iamOf(undefined)

const properties = z.object({ Caller: z.string(), Id: z.optional(z.string()) })
const change = z.discriminatedUnion('RequestType', [
  z.object({ RequestType: z.literal('Create'), ResourceProperties: properties }),
  z.object({ RequestType: z.literal('Update'), ResourceProperties: properties, PhysicalResourceId: z.string() }),
  z.object({ RequestType: z.literal('Delete') }),
])

/**
 * The custom resource of the stack for each role and user that grants name. Its attribute is the unique ID, which IAM
 * never uses again: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids.
 * The ID is also the physical id. So an update without an ID in the settings, and the rollback of a failed update, keep
 * it. A new role with the same name gets no grant from such an update.
 *
 * @throws {Error} when CloudFormation did not accept the response; Lambda retries
 */
export const handler = middy<unknown, void>({ timeoutEarlyInMillis: 0 }).handler(async (received) => {
  const outcome = await outcomeOf(received)
  await respond(customResourceRequest.parse(received), outcome)
  log('info', 'granted caller answered', { refusal: outcome.refusal })
})

async function outcomeOf(received: unknown): Promise<Outcome> {
  try {
    const request = change.parse(received)
    if (request.RequestType === 'Delete') return {}
    if (request.RequestType === 'Update' && request.ResourceProperties.Id === undefined) {
      return { attributes: { Id: request.PhysicalResourceId } }
    }
    return await found(request.ResourceProperties)
  } catch (error) {
    const known = error instanceof StepError && recorded(error)
    log('error', 'caller not read', { ...(known && { error: known }), frames: framesOf(error) })
    const reason = error instanceof StepError ? `${error.message}.` : 'The log of this function has the error.'
    return { refusal: `The role or user that a grant in the setting access names could not be read. ${reason}` }
  }
}

async function found({ Caller, Id }: z.output<typeof properties>): Promise<Outcome> {
  const [kind = '', name = ''] = Caller.split('/')
  const id = await uniqueId(kind, name)
  if (id === undefined) {
    return {
      refusal: `There is no ${kind} ${name} in this account, but a grant in the setting access names it. A ${kind} that is created with this name later would have the grant. Create the ${kind}, or correct the name in the setting, and deploy again`,
    }
  }
  if (Id === undefined || Id === id) return { attributes: { Id: id }, physicalId: id }
  return {
    refusal: `The ${kind} ${name} has the unique ID ${id}, but the setting access has the ID ${Id}: find out who created the ${kind}, correct the ID in the setting, and deploy again`,
  }
}

/** Returns undefined when no role or user has this name. */
async function uniqueId(kind: string, name: string): Promise<string | undefined> {
  const isRole = kind === 'role'
  try {
    if (isRole) return (await iam.send(new GetRoleCommand({ RoleName: name }))).Role?.RoleId
    return (await iam.send(new GetUserCommand({ UserName: name }))).User?.UserId
  } catch (error) {
    if (error instanceof NoSuchEntityException) return undefined
    throw errorOf(error, { action: isRole ? 'iam:GetRole' : 'iam:GetUser', resource: `${kind} ${name}` })
  }
}
