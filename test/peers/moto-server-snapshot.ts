import {
  GetOpenIDConnectProviderCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  type IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam'

const tagList = (tags: { Key?: string | undefined; Value?: string | undefined }[] | undefined) =>
  (tags ?? []).map(({ Key, Value }) => `${Key}=${Value}`).sort()

const absent = (error: unknown) => {
  if (error instanceof Error && error.name === 'NoSuchEntityException') return undefined
  throw error
}

/** A provider without what each server makes up; undefined when it is not there. */
export async function providerState(iam: IAMClient, arn: string): Promise<unknown> {
  const command = new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn })
  const found = await iam.send(command).catch(absent)
  return (
    found && {
      url: found.Url,
      clientIds: found.ClientIDList,
      thumbprints: found.ThumbprintList,
      tags: tagList(found.Tags),
    }
  )
}

/** A role with its policies, without what each server makes up; undefined when it is not there. */
export async function roleState(iam: IAMClient, RoleName: string): Promise<unknown> {
  const found = await iam.send(new GetRoleCommand({ RoleName })).catch(absent)
  if (!found?.Role) return undefined
  const [{ AttachedPolicies }, { PolicyNames = [] }] = await Promise.all([
    iam.send(new ListAttachedRolePoliciesCommand({ RoleName })),
    iam.send(new ListRolePoliciesCommand({ RoleName })),
  ])
  const documents = await Promise.all(
    PolicyNames.toSorted().map((PolicyName) => iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))),
  )
  const { Arn, AssumeRolePolicyDocument = '', MaxSessionDuration, Description = '', PermissionsBoundary } = found.Role
  return {
    arn: Arn,
    trust: decodeURIComponent(AssumeRolePolicyDocument),
    seconds: MaxSessionDuration,
    description: Description,
    boundary: PermissionsBoundary?.PermissionsBoundaryArn,
    tags: tagList(found.Role.Tags),
    attached: (AttachedPolicies ?? []).map((each) => each.PolicyArn).sort(),
    inline: documents.map((each) => [each.PolicyName, decodeURIComponent(each.PolicyDocument ?? '')]),
  }
}
