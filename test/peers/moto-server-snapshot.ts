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

/** The state of a provider without generated values, or undefined when it does not exist. */
export async function providerState(iam: IAMClient, arn: string): Promise<unknown> {
  const command = new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn })
  const observed = await iam.send(command).catch(absent)
  return (
    observed && {
      url: observed.Url,
      clientIds: observed.ClientIDList,
      thumbprints: observed.ThumbprintList,
      tags: tagList(observed.Tags),
    }
  )
}

/** The state of a role and its policies without generated values, or undefined when it does not exist. */
export async function roleState(iam: IAMClient, RoleName: string): Promise<unknown> {
  const observed = await iam.send(new GetRoleCommand({ RoleName })).catch(absent)
  if (!observed?.Role) return undefined
  const [{ AttachedPolicies }, { PolicyNames = [] }] = await Promise.all([
    iam.send(new ListAttachedRolePoliciesCommand({ RoleName })),
    iam.send(new ListRolePoliciesCommand({ RoleName })),
  ])
  const documents = await Promise.all(
    PolicyNames.toSorted().map((PolicyName) => iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))),
  )
  const {
    Arn,
    AssumeRolePolicyDocument = '',
    MaxSessionDuration,
    Description = '',
    PermissionsBoundary,
  } = observed.Role
  return {
    arn: Arn,
    trust: decodeURIComponent(AssumeRolePolicyDocument),
    seconds: MaxSessionDuration,
    description: Description,
    boundary: PermissionsBoundary?.PermissionsBoundaryArn,
    tags: tagList(observed.Role.Tags),
    attached: (AttachedPolicies ?? []).map((each) => each.PolicyArn).sort(),
    inline: documents.map((each) => [each.PolicyName, decodeURIComponent(each.PolicyDocument ?? '')]),
  }
}
