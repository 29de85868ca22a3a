/** What setups of the acceptance made in IAM and Secrets Manager, where no teardown has removed it. */
import { IAMClient } from '@aws-sdk/client-iam'
import { DeleteSecretCommand, ResourceNotFoundException, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { readMarks } from '../../infra/recovery/marks.ts'
import { deleteProvider } from '../../lambdas/clouds/aws/oidc-providers.ts'
import { deleteInlinePolicy, detachPolicy, readRolePolicies } from '../../lambdas/clouds/aws/role-policies.ts'
import { deleteRole, type RoleRef } from '../../lambdas/clouds/aws/roles.ts'
import { clientOf, type Place } from './place.ts'

const timeoutMs = 60_000

/**
 * Deletes the roles below the path of the deployment that have its tags, and the providers of its issuer host. Others can set the tags of
 * a provider, so that they alone do not decide.
 *
 * @param issuerHost of the deployment; undefined when it was not deployed so far
 */
export async function removeMarked(
  place: Place,
  { accountId, name, issuerHost }: { accountId: string; name: string; issuerHost: string | undefined },
): Promise<void> {
  const iam = new IAMClient(clientOf(place))
  const deployment = `${accountId}/${place.region}/${name}`
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

/** Deletes the secret at once: without a recovery window its name is free again, and it costs nothing. */
export async function removeSecret(place: Place, SecretId: string): Promise<void> {
  const client = new SecretsManagerClient(clientOf(place))
  await client.send(new DeleteSecretCommand({ SecretId, ForceDeleteWithoutRecovery: true })).catch((error: unknown) => {
    if (!(error instanceof ResourceNotFoundException)) throw error
  })
  client.destroy()
}
