/** Removes objects of setups in IAM and Secrets Manager that no teardown has removed. */
import { IAMClient } from '@aws-sdk/client-iam'
import { DeleteSecretCommand, ResourceNotFoundException, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { readMarks } from '../../infra/recovery/marks.ts'
import { deleteProvider } from '../../lambdas/clouds/aws/oidc-providers.ts'
import { deleteInlinePolicy, detachPolicy, readRolePolicies } from '../../lambdas/clouds/aws/role-policies.ts'
import { deleteRole, type RoleRef } from '../../lambdas/clouds/aws/roles.ts'
import { type AwsTarget, clientOf } from './target.ts'

const timeoutMs = 60_000

/**
 * Deletes the roles below the path of the deployment that have its tags, and the providers of its issuer host. Tags alone do not
 * identify a provider, because other users can set them.
 *
 * @param issuerHost of the deployment. Undefined before it is deployed.
 */
export async function removeMarked(
  target: AwsTarget,
  { accountId, name, issuerHost }: { accountId: string; name: string; issuerHost: string | undefined },
): Promise<void> {
  const iam = new IAMClient(clientOf(target))
  const deployment = `${accountId}/${target.region}/${name}`
  for (const { roles, providerArns } of (await readMarks({ iam, deployment, rolePath: `/${name}/` })).values()) {
    const signal = AbortSignal.timeout(timeoutMs)
    for (const { recorded } of roles) await removeRole({ name: recorded.roleName, arn: recorded.roleArn, iam, signal })
    const own = providerArns.filter((arn) => issuerHost !== undefined && arn.includes(`:oidc-provider/${issuerHost}/`))
    for (const arn of own) await deleteProvider({ arn, iam, signal })
  }
  iam.destroy()
}

async function removeRole(role: RoleRef): Promise<void> {
  const { policyArns, inlinePolicyNames } = await readRolePolicies(role)
  for (const arn of policyArns) await detachPolicy(role, arn)
  for (const policy of inlinePolicyNames) await deleteInlinePolicy(role, policy)
  await deleteRole(role)
}

/** Deletes the secret without a recovery window, so that its name is available again, and it costs nothing. */
export async function removeSecret(target: AwsTarget, SecretId: string): Promise<void> {
  const client = new SecretsManagerClient(clientOf(target))
  await client.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true })).catch((error: unknown) => {
    if (!(error instanceof ResourceNotFoundException)) throw error
  })
  client.destroy()
}
