import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { account, rootCredentials } from '../../../sandbox/account.ts'

/** Creates the role that the grant of settings.yaml names. A deployment with these settings fails without it. */
export async function makeGrantedRole({ endpoint }: { readonly endpoint: string }): Promise<void> {
  const iam = new IAMClient({ endpoint, region: account.region, credentials: rootCredentials })
  const trust = { Effect: 'Allow', Principal: { AWS: account.id }, Action: 'sts:AssumeRole' }
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] })
  await iam.send(new CreateRoleCommand({ RoleName: 'WorkloadIdentityAdministrator', AssumeRolePolicyDocument }))
  iam.destroy()
}
