/** Attempts of an attacker who runs code in a function, with the role of the function. */
import { tagKeys } from '../../lambdas/ownership/labels.ts'
import type { IamAccess } from '../../lambdas/steps/iam-access.ts'
import { account, memberAccount } from '../../sandbox/account.ts'
import type { TemplatePolicies } from '../peers/support/template-policies.ts'
import { keysIn } from '../support/aws/kms-keys.ts'
import { deployment } from '../support/steps/deployment.ts'
import { type AwsAttempt, awsAttempt, awsDocs, hosting, iamArn, inAccount, rowsIn } from './attempt.ts'

export interface FunctionAttempt extends AwsAttempt {
  /** The prefix of the logical ID of its role: the state, or the operation of the API. */
  readonly by: string | typeof every
  /** Functions that need the permission, when `by` is every function. */
  readonly except?: readonly string[]
  /** A permission that the function needs: the test fails when it is refused. */
  readonly needed?: true
}

export const every = 'every function'

const rhino = 'https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/'
const keysOfIam = `${awsDocs}/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html`
const delegation = `${awsDocs}/IAM/latest/UserGuide/access_policies_boundaries.html`
const deputies = `${awsDocs}/IAM/latest/UserGuide/confused-deputy.html`
const vpc = `${awsDocs}/lambda/latest/dg/configuration-vpc.html`
const leadingKeys = `${awsDocs}/amazondynamodb/latest/developerguide/specifying-conditions.html`
const viaService = `${awsDocs}/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service`
const executions = `${awsDocs}/step-functions/latest/dg/concept-create-iam-advanced.html`

const role = iamArn('role/workload-identity/prod/reader')
const elsewhere = iamArn('role/admin')
const provider = iamArn('oidc-provider/issuer.example.com/prod')
const ownCluster = inAccount('secretsmanager', 'secret:workload-identity/prod/user-aBcDeF')

const ours = { [`aws:ResourceTag/${tagKeys.deployment}`]: deployment }
const theirs = { [`aws:ResourceTag/${tagKeys.deployment}`]: `${account.id}/eu-north-1/WorkloadIdentity` }
const asOurs = { [`aws:RequestTag/${tagKeys.deployment}`]: deployment, 'aws:TagKeys': [tagKeys.deployment] }
const asTheirs = { ...asOurs, [`aws:RequestTag/${tagKeys.deployment}`]: `${account.id}/eu-north-1/WorkloadIdentity` }
const boundary = (name: string) => ({ 'iam:PermissionsBoundary': iamArn(`policy/${name}`) })
const other = boundary('other')
const policy = (name: string) => ({ 'iam:PolicyARN': `arn:aws:iam::aws:policy/${name}` })
const allowed = policy('AmazonS3ReadOnlyAccess')

const contexts: Contexts = {
  ...{ ours, theirs, asOurs, asTheirs, other, allowed },
  administrator: policy('AdministratorAccess'),
  mark: { 'aws:TagKeys': [tagKeys.deployment] },
  adopted: { [`aws:RequestTag/${tagKeys.adopted}`]: 'true', 'aws:TagKeys': [tagKeys.adopted] },
  team: { 'aws:TagKeys': ['team'] },
  markAndTeam: { 'aws:TagKeys': [tagKeys.deployment, 'team'] },
  inFunction: { 'lambda:SourceFunctionArn': inAccount('lambda', 'function:WorkloadIdentity-BindKsa') },
  bySecretsManager: decryptedBy('secretsmanager'),
  byDynamoDb: decryptedBy('dynamodb'),
  bySns: decryptedBy('sns'),
  byLogs: decryptedBy('logs'),
  inOtherRegion: decryptedBy('secretsmanager', 'eu-north-1'),
}

type Contexts = Readonly<Record<string, Readonly<Record<string, string | string[]>>>>

/**
 * The cells of a row: function, attempt, action, resource, source, contexts, and `needed` or the control that refuses the attempt
 * instead of the policies. `+` combines contexts. A context with a `#` in its name is a partition key. `every function but A and B`
 * excludes two functions.
 */
function rows(table: string, more: Contexts = {}): FunctionAttempt[] {
  const named = { ...contexts, ...more }
  const contextOf = (name: string) =>
    name.includes('#') ? { 'dynamodb:LeadingKeys': [name] } : (named[name] ?? missing(name))
  return rowsIn(table).map(([who = '', name = '', action = '', resource = '', source = '', names = '', last = '']) => {
    const [by = '', except] = who.split(' but ')
    return {
      by,
      ...awsAttempt(name, action, resource, source),
      ...(except !== undefined && { except: except.split(' and ') }),
      ...(names !== '' && { context: Object.assign({}, ...names.split('+').map(contextOf)) }),
      ...(last === 'needed' && { needed: true as const }),
      ...(last !== '' && last !== 'needed' && { otherwise: last }),
    }
  })
}

function decryptedBy(service: string, region: string = account.region) {
  return { 'kms:ViaService': `${service}.${region}.amazonaws.com` }
}

/** Rights on roles, each without one of the conditions. */
function onRoles(own: Readonly<Record<string, string>>): FunctionAttempt[] {
  const by = 'CreateRole'
  return rows(
    `
    ${by} | change the trust policy of another deployment's role | iam:UpdateAssumeRolePolicy | ${role} | ${deputies} | own+theirs
    ${by} | change the trust policy of a role without the tag of a deployment | iam:UpdateAssumeRolePolicy | ${role} | ${deputies} | own
    ${by} | lengthen the sessions of a role without the tag of a deployment | iam:UpdateRole | ${role} | ${deputies} | own
    ${by} | write an inline policy on a role without the tag of a deployment | iam:PutRolePolicy | ${role} | ${deputies} | own
    ${by} | attach a policy to a role without the tag of a deployment | iam:AttachRolePolicy | ${role} | ${deputies} | own+allowed
    ${by} | lengthen the sessions of another deployment's role | iam:UpdateRole | ${role} | ${deputies} | own+theirs
    ${by} | write an inline policy on another deployment's role | iam:PutRolePolicy | ${role} | ${deputies} | own+theirs
    ${by} | delete an inline policy of another deployment's role | iam:DeleteRolePolicy | ${role} | ${deputies} | own+theirs
    ${by} | detach a policy from another deployment's role | iam:DetachRolePolicy | ${role} | ${deputies} | own+theirs
    ${by} | put the boundary on another deployment's role | iam:PutRolePermissionsBoundary | ${role} | ${deputies} | own+theirs
    ${by} | change the trust policy of a role without the boundary | iam:UpdateAssumeRolePolicy | ${role} | ${delegation} | ours+other
    ${by} | write an inline policy on a role without the boundary | iam:PutRolePolicy | ${role} | ${delegation} | ours+other
    ${by} | write an inline policy on a role that has no boundary | iam:PutRolePolicy | ${role} | ${delegation} | ours
    ${by} | attach a policy to a role that has no boundary | iam:AttachRolePolicy | ${role} | ${delegation} | ours+allowed
    ${by} | put another boundary on a workload's role | iam:PutRolePermissionsBoundary | ${role} | ${delegation} | ours+other
    ${by} | create a role without a boundary | iam:CreateRole | ${role} | ${delegation} | asOurs
    ${by} | create a role with another boundary | iam:CreateRole | ${role} | ${delegation} | asOurs+other
    ${by} | create a role without the tag of the deployment | iam:CreateRole | ${role} | ${deputies} | own
    ${by} | create a role outside the role path | iam:CreateRole | ${elsewhere} | ${rhino} | asOurs+own
    ${by} | change the trust policy of a role outside the role path | iam:UpdateAssumeRolePolicy | ${elsewhere} | ${rhino} | ours+own
    ${by} | attach a policy that is not allowed | iam:AttachRolePolicy | ${role} | ${rhino} | ours+own+administrator
    ${by} | attach a policy to a role without the boundary | iam:AttachRolePolicy | ${role} | ${delegation} | ours+other+allowed
    ${by} | attach a policy to another deployment's role | iam:AttachRolePolicy | ${role} | ${deputies} | theirs+own+allowed
    ${by} | tag another deployment's role | iam:TagRole | ${role} | ${deputies} | theirs+asOurs
    ${by} | tag a role for another deployment | iam:TagRole | ${role} | ${deputies} | asTheirs
    ${by} | add another tag to a role | iam:TagRole | ${role} | IAM/latest/UserGuide/access_tags.html | ours+asOurs+markAndTeam
    ${by} | tag a role under the role path that has no tag of a deployment | iam:TagRole | ${role} | ${deputies} | asOurs | CreateRole refuses it without \`adopt\` (OwnershipConflict).
    ${by} | write another own tag on a role that has no tag of a deployment | iam:TagRole | ${role} | ${deputies} | adopted
    ${by} | let an attacker's account assume a workload's role | iam:UpdateAssumeRolePolicy | ${role} | ${rhino} | ours+own | The boundary limits the role, and a drift reports the difference.
    `,
    { own },
  )
}

/** Rights on trust policies, of the function that ends the move of a cluster. */
function onTrust(own: Readonly<Record<string, string>>): FunctionAttempt[] {
  const by = 'NarrowTrust'
  const action = 'iam:UpdateAssumeRolePolicy'
  return rows(
    `
    ${by} | change the trust policy of another deployment's role | ${action} | ${role} | ${deputies} | own+theirs
    ${by} | change the trust policy of a role without the tag of a deployment | ${action} | ${role} | ${deputies} | own
    ${by} | change the trust policy of a role without the boundary | ${action} | ${role} | ${delegation} | ours+other
    ${by} | change the trust policy of a role outside the role path | ${action} | ${elsewhere} | ${rhino} | ours+own
    ${by} | attach a policy to a workload's role | iam:AttachRolePolicy | ${role} | ${rhino} | ours+own+allowed
    `,
    { own },
  )
}

const onOwned: readonly FunctionAttempt[] = rows(`
  DeleteRole | iam:DeleteRole on another deployment's role | iam:DeleteRole | ${role} | ${deputies} | theirs
  DeleteRole | iam:DeleteRolePolicy on another deployment's role | iam:DeleteRolePolicy | ${role} | ${deputies} | theirs
  DeleteRole | iam:DetachRolePolicy on another deployment's role | iam:DetachRolePolicy | ${role} | ${deputies} | theirs
  DeleteRole | delete a role without the tag of a deployment | iam:DeleteRole | ${role} | ${deputies}
  DeleteRole | remove the tags of a role without the tag of a deployment | iam:UntagRole | ${role} | ${deputies} | mark
  DeleteRole | delete a role outside the role path | iam:DeleteRole | ${elsewhere} | ${rhino} | ours
  DeleteRole | remove the tags of another deployment's role | iam:UntagRole | ${role} | ${deputies} | theirs+mark
  DeleteRole | remove another tag of a role | iam:UntagRole | ${role} | IAM/latest/UserGuide/access_tags.html | ours+team
  Verify | read the policies of a role outside the role path | iam:GetRolePolicy | ${elsewhere} | ${keysOfIam}
  RegisterOidc | register an issuer without the tag of the deployment | iam:CreateOpenIDConnectProvider | ${provider} | ${deputies}
  RegisterOidc | register an issuer for another deployment | iam:CreateOpenIDConnectProvider | ${provider} | ${deputies} | asTheirs
  RegisterOidc | tag another deployment's provider | iam:TagOpenIDConnectProvider | ${provider} | ${deputies} | theirs+asOurs
  RegisterOidc | add another tag to a provider | iam:TagOpenIDConnectProvider | ${provider} | IAM/latest/UserGuide/access_tags.html | ours+asOurs+markAndTeam
  RegisterOidc | add an audience to another deployment's provider | iam:AddClientIDToOpenIDConnectProvider | ${provider} | IAM/latest/UserGuide/id_roles_providers_create_oidc.html | theirs
  RegisterOidc | change the thumbprint of another deployment's provider | iam:UpdateOpenIDConnectProviderThumbprint | ${provider} | IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html
  RegisterOidc | tag a provider that has no tag of a deployment | iam:TagOpenIDConnectProvider | ${provider} | ${deputies} | asOurs | RegisterOidc refuses it without \`adopt\` (OwnershipConflict).
  RegisterOidc | register an attacker's issuer | iam:CreateOpenIDConnectProvider | oidc-provider/attacker.example.com | IAM/latest/UserGuide/id_roles_providers_create_oidc.html | asOurs | A role trusts only the provider of its cluster.
  RotateThumbprints | change the thumbprint of another deployment's provider | iam:UpdateOpenIDConnectProviderThumbprint | ${provider} | IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html | theirs
  RotateThumbprints | change the thumbprint of a provider without the tag of a deployment | iam:UpdateOpenIDConnectProviderThumbprint | ${provider} | IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html
  RotateThumbprints | change the thumbprint of a provider of the deployment | iam:UpdateOpenIDConnectProviderThumbprint | ${provider} | IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html | ours | The step registers one only after it has validated the chain.
  DeleteProvider | delete another deployment's provider | iam:DeleteOpenIDConnectProvider | ${provider} | ${deputies} | theirs
  DeleteProvider | delete a provider without the tag of a deployment | iam:DeleteOpenIDConnectProvider | ${provider} | ${deputies}
  DeleteProvider | remove the tags of a provider without the tag of a deployment | iam:UntagOpenIDConnectProvider | ${provider} | ${deputies} | mark
  DeleteProvider | remove the tags of another deployment's provider | iam:UntagOpenIDConnectProvider | ${provider} | ${deputies} | theirs+mark
  DeleteProvider | remove another tag of a provider | iam:UntagOpenIDConnectProvider | ${provider} | IAM/latest/UserGuide/access_tags.html | ours+team
`)

const onRecordsAndSecrets = ({ table, clusterSteps, emptyBucket, batch }: Named): FunctionAttempt[] =>
  rows(`
  CreateBucket | read a cluster's credentials | secretsmanager:GetSecretValue | ${ownCluster} | secretsmanager/latest/userguide/auth-and-access_examples.html
  BindKsa | read Google's credentials | secretsmanager:GetSecretValue | secret:workload-identity/google-credentials-aBcDeF | secretsmanager/latest/userguide/auth-and-access_examples.html
  BindKsa | read another cluster's credentials | secretsmanager:GetSecretValue | ${ownCluster} | secretsmanager/latest/userguide/auth-and-access_examples.html | | The API accepts only secrets of the request's cluster.
  BindKsa | change another operation's record | dynamodb:UpdateItem | ${table} | ${leadingKeys} | OPERATION#another | A step takes the ID from its execution, and ends an operation only while it has the lock.
  BindKsa | delete a record | dynamodb:DeleteItem | ${table} | ${leadingKeys}
  BindKsa | give its cluster the role of another | dynamodb:UpdateItem | ${table} | ${leadingKeys} | CLAIM#role#another
  CreateRole | give its cluster the provider of another | dynamodb:UpdateItem | ${table} | ${leadingKeys} | CLAIM#provider#another
  RotateThumbprints | give its cluster the provider of another | dynamodb:UpdateItem | ${table} | ${leadingKeys} | CLAIM#provider#another
  RegisterOidc | give its cluster the issuer of another | dynamodb:UpdateItem | ${table} | ${leadingKeys} | CLAIM#issuer#another
  RecordSteps | change the history of a spec | dynamodb:UpdateItem | ${table} | ${leadingKeys} | GENERATIONS#prod
  DeleteRole | give its cluster the role of another | dynamodb:UpdateItem | ${table} | ${leadingKeys} | CLAIM#role#another
  DeleteRole | delete the record of another cluster | dynamodb:DeleteItem | ${table} | ${leadingKeys} | CLUSTER#another
  DeleteProvider | delete the record of another cluster | dynamodb:DeleteItem | ${table} | ${leadingKeys} | CLUSTER#another
  RecordTeardown | free the concurrency slots of a caller | dynamodb:DeleteItem | ${table} | ${leadingKeys} | CALLER#another
  DeleteProvider | give its cluster the provider of another | dynamodb:UpdateItem | ${table} | ${leadingKeys} | CLAIM#provider#another
  DeleteCluster | give its cluster the AWSCluster of another | dynamodb:UpdateItem | ${table} | ${leadingKeys} | CLAIM#management-object#another
  RemoveDiscovery | give its cluster the issuer of another | dynamodb:UpdateItem | ${table} | ${leadingKeys} | CLAIM#issuer#another
  EmptyBucket | take the issuer from another cluster | dynamodb:DeleteItem | ${table} | ${leadingKeys} | CLAIM#issuer#another
  RecordTeardown | give its cluster the role of another | dynamodb:UpdateItem | ${table} | ${leadingKeys} | CLAIM#role#another
  RecordTeardown | change the history of a spec | dynamodb:UpdateItem | ${table} | ${leadingKeys} | GENERATIONS#prod
  Reconciler | give a cluster the role of another | dynamodb:PutItem | ${table} | ${leadingKeys} | CLAIM#role#another
  ApiStart | give a cluster the role of another | dynamodb:PutItem | ${table} | ${leadingKeys} | CLAIM#role#another
  ApiCancel | take a claim from a cluster | dynamodb:DeleteItem | ${table} | ${leadingKeys} | CLAIM#role#another
  ApiStart | read the owner of a role | dynamodb:BatchGetItem | ${table} | ${leadingKeys} | CLAIM#role#another
  ApiRead | change a record while reading | dynamodb:UpdateItem | ${table} | ${leadingKeys}
  ApiRead | read a record that is in no list | dynamodb:GetItem | ${table} | ${leadingKeys}
  HostsInUse | read a record that is in no list | dynamodb:GetItem | ${table} | ${leadingKeys}
  HostsInUse | delete the record of a cluster so that its host can be removed | dynamodb:DeleteItem | ${table} | ${leadingKeys}
  ApiRead | start an operation | states:StartExecution | stateMachine:WorkloadIdentity-setup | ${executions}
  ApiRead | stop an operation | states:StopExecution | execution:WorkloadIdentity-setup:0a | ${executions}
  ApiStart | stop an operation | states:StopExecution | execution:WorkloadIdentity-setup:0a | ${executions}
  ApiStart | start a teardown for another request | states:StartExecution | stateMachine:WorkloadIdentity-teardown | ${executions} | | It starts a teardown only for the routes of teardowns, after the grants have allowed it.
  ApiStart | start a setup with another request than the checked one | states:StartExecution | stateMachine:WorkloadIdentity-setup | ${executions} | | Each step parses its input, and writes only while the operation has the lock.
  ScheduledRotation | start a setup | states:StartExecution | stateMachine:WorkloadIdentity-setup | ${executions}
  ApiCancel | start an operation | states:StartExecution | stateMachine:WorkloadIdentity-setup | ${executions}
  ApiCancel | stop another stack's execution | states:StopExecution | execution:another:0a | ${executions}
  SetupWorkflow | start a teardown instead of a batch | states:StartExecution | stateMachine:WorkloadIdentity-teardown | ${executions}
  CompareWorkflow | start a teardown instead of a batch | states:StartExecution | stateMachine:WorkloadIdentity-teardown | ${executions}
  VerifyWorkflow | start a teardown instead of a batch | states:StartExecution | stateMachine:WorkloadIdentity-teardown | ${executions}
  TeardownWorkflow | start a setup instead of a batch | states:StartExecution | stateMachine:WorkloadIdentity-setup | ${executions}
  CompareWorkflow | start a batch of a teardown instead of its batch | states:StartExecution | ${batch} | ${executions} | | The definition names the task of its batches, and only Step Functions can assume its role.
  VerifyWorkflow | start a batch of a teardown instead of its batch | states:StartExecution | ${batch} | ${executions} | | The definition names the task of its batches, and only Step Functions can assume its role.
  SetupWorkflow | stop an operation | states:StopExecution | execution:WorkloadIdentity-setup:0a | ${executions}
  SetupWorkflow | change the rule that calls the reconciler | events:PutTargets | rule/WorkloadIdentity-Reconciler | step-functions/latest/dg/stepfunctions-iam.html
  RotateThumbprintsWorkflow | start a setup instead of a batch | states:StartExecution | stateMachine:WorkloadIdentity-setup | ${executions}
  DriftsWorkflow | start a setup instead of a batch | states:StartExecution | stateMachine:WorkloadIdentity-setup | ${executions}
  CompareCluster | start a setup | states:StartExecution | stateMachine:WorkloadIdentity-setup | ${executions}
  ReconcilerFunction | publish to another topic | sns:Publish | another | sns/latest/dg/sns-access-policy-use-cases.html
  SetupWorkflow | call a function of another workflow | lambda:InvokeFunction | ${emptyBucket}:1 | ${deputies}
  SetupWorkflow | call a step of teardowns in a shared function | lambda:InvokeFunction | ${clusterSteps}:1 | ${deputies} | | The definition names the step, and only a deployment changes it. The step writes only what claims, tags and labels allow.
  RecordSteps | delete another cluster's record | dynamodb:DeleteItem | ${table} | ${leadingKeys} | CLUSTER#another | A step deletes only what its operation still holds.
  RecordSteps | let the reconciler start a setup with another spec | dynamodb:UpdateItem | ${table} | ${leadingKeys} | CLUSTER#another | IAM keeps the roles of the setup within the boundary and the allowed policies.
  RecordSteps | start a setup | states:StartExecution | stateMachine:WorkloadIdentity-setup | ${executions}
  RecordSteps | read a cluster's credentials | secretsmanager:GetSecretValue | ${ownCluster} | secretsmanager/latest/userguide/auth-and-access_examples.html
  ClusterSteps | delete a record | dynamodb:DeleteItem | ${table} | ${leadingKeys}
  `)

const byEvery = ({ table, topic, auditLog, createRole }: Named): FunctionAttempt[] =>
  rows(`
    ${every} | pass a role to a service | iam:PassRole | ${elsewhere} | ${rhino}
    ${every} | create an access key of another user | iam:CreateAccessKey | user/admin | ${rhino}
    ${every} | write an inline policy on a function's role | iam:PutRolePolicy | role/WorkloadIdentity-CreateRoleRole | ${rhino} | ours+other
    ${every} | attach a policy to a function's role | iam:AttachRolePolicy | role/WorkloadIdentity-CreateRoleRole | ${rhino} | ours+allowed
    ${every} | create a new version of the boundary | iam:CreatePolicyVersion | policy/WorkloadIdentity-WorkloadBoundary | ${rhino}
    ${every} | remove the boundary from a workload's role | iam:DeleteRolePermissionsBoundary | ${role} | ${delegation} | ours
    ${every} | assume CDK's deployment role | sts:AssumeRole | role/cdk-hnb659fds-deploy-role | cdk/v2/guide/bootstrapping-env.html
    ${every} | change the code of a function | lambda:UpdateFunctionCode | ${createRole} | ${rhino}
    ${every} | update a stack | cloudformation:UpdateStack | stack/WorkloadIdentity/0a | AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html
    ${every} | read secrets below another prefix | secretsmanager:GetSecretValue | secret:another/prod/user-aBcDeF | secretsmanager/latest/userguide/auth-and-access_examples.html
    ${every} but RenewCredentials | replace a cluster's credentials | secretsmanager:PutSecretValue | ${ownCluster} | secretsmanager/latest/userguide/auth-and-access_examples.html
    ${every} | replace the credentials for Google Cloud | secretsmanager:PutSecretValue | secret:workload-identity/google-credentials-aBcDeF | secretsmanager/latest/userguide/auth-and-access_examples.html
    ${every} | replace secrets below another prefix | secretsmanager:PutSecretValue | secret:another/prod/user-aBcDeF | secretsmanager/latest/userguide/auth-and-access_examples.html
    ${every} but ApiStart | read the concurrency slots of a caller by BatchGetItem | dynamodb:BatchGetItem | ${table} | ${leadingKeys} | CALLER#another
    ${every} but ApiStart | read the concurrency slots of a caller by Query | dynamodb:Query | ${table} | ${leadingKeys} | CALLER#another
    ${every} but ApiStart | free the concurrency slots of a caller | dynamodb:UpdateItem | ${table} | ${leadingKeys} | CALLER#another
    ${every} but ApiStart and BeginVerification and CompareCluster and ScheduledRotation | write an idempotency key, so that a request counts as sent before | dynamodb:PutItem | ${table} | ${leadingKeys} | IDEMPOTENCY#another
    ${every} but ApiStart | write a generation of a spec | dynamodb:PutItem | ${table} | ${leadingKeys} | GENERATIONS#prod
    ${every} | delete the table | dynamodb:DeleteTable | ${table} | ${leadingKeys}
    ${every} | read the whole table | dynamodb:Scan | ${table} | ${leadingKeys}
    ${every} | delete the audit log | logs:DeleteLogGroup | ${auditLog} | https://attack.mitre.org/techniques/T1562/008/
    ${every} | subscribe to the notifications | sns:Subscribe | ${topic} | sns/latest/dg/sns-access-policy-use-cases.html
    ${every} | change a workflow | states:UpdateStateMachine | stateMachine:WorkloadIdentity-setup | ${executions}
    ${every} | change CDK's assets | s3:PutObject | arn:aws:s3:::cdk-hnb659fds-assets-${account.id}-${account.region}/function.zip | cdk/v2/guide/bootstrapping-env.html
    ${every} | ec2:AssignPrivateIpAddresses from inside the function | ec2:AssignPrivateIpAddresses | network-interface/eni-0a1b2c3d | ${vpc} | inFunction
    ${every} | ec2:CreateNetworkInterface from inside the function | ec2:CreateNetworkInterface | network-interface/eni-0a1b2c3d | ${vpc} | inFunction
    ${every} | ec2:DeleteNetworkInterface from inside the function | ec2:DeleteNetworkInterface | network-interface/eni-0a1b2c3d | ${vpc} | inFunction
    ${every} | ec2:UnassignPrivateIpAddresses from inside the function | ec2:UnassignPrivateIpAddresses | network-interface/eni-0a1b2c3d | ${vpc} | inFunction
  `)

const s3Keys = `${awsDocs}/service-authorization/latest/reference/list_amazons3.html`
const cloudFrontKeys = `${awsDocs}/service-authorization/latest/reference/list_amazoncloudfront.html`

/** Attempts on the discovery documents, from which AWS reads the keys of clusters, and on their host. */
const onHosting: readonly FunctionAttempt[] = rows(`
  ${every} but PublishDiscovery and RevokeKey | write the published keys of a cluster with a hosted issuer | s3:PutObject | ${hosting.keySet('prod')} | ${s3Keys}
  ${every} but RemoveDiscovery | delete the published keys of a cluster with a hosted issuer | s3:DeleteObject | ${hosting.keySet('prod')} | ${s3Keys}
  ${every} | write something else into the bucket of the documents | s3:PutObject | ${hosting.bucket}/index.html | ${s3Keys}
  ${every} | make the documents publicly writable with a bucket policy | s3:PutBucketPolicy | ${hosting.bucket} | ${s3Keys}
  ${every} | delete the bucket of the documents | s3:DeleteBucket | ${hosting.bucket} | ${s3Keys}
  ${every} | change or disable the distribution of the documents | cloudfront:UpdateDistribution | ${hosting.distribution} | ${cloudFrontKeys}
`)

const keys = keysIn()

/** Attempts on the keys that encrypt the data of the functions. */
const onKeys: readonly FunctionAttempt[] = rows(`
  ${every} | decrypt by the key of the secrets without the service that encrypts them | kms:Decrypt | ${keys.secrets} | ${viaService}
  ${every} | decrypt by the key of the table without the service that encrypts them | kms:Decrypt | ${keys.table} | ${viaService}
  ${every} | decrypt by the key of the topic without the service that encrypts them | kms:Decrypt | ${keys.topic} | ${viaService}
  ${every} | decrypt by the key of the logs without the service that encrypts them | kms:Decrypt | ${keys.logs} | ${viaService}
  ${every} | encrypt by the key of the secrets without the service that encrypts them | kms:GenerateDataKey | ${keys.secrets} | ${viaService}
  ${every} | delete the key of the table | kms:ScheduleKeyDeletion | ${keys.table} | kms/latest/developerguide/deleting-keys.html
  ${every} | let another account use the key of the secrets | kms:CreateGrant | ${keys.secrets} | kms/latest/developerguide/grants.html | bySecretsManager
  ApiStart | decrypt secrets | kms:Decrypt | ${keys.secrets} | ${viaService} | bySecretsManager
  SetupWorkflow | decrypt the table | kms:Decrypt | ${keys.table} | ${viaService} | byDynamoDb
  BindKsa | decrypt notifications | kms:Decrypt | ${keys.topic} | ${viaService} | bySns
  BindKsa | decrypt secrets of another region | kms:Decrypt | ${keys.secrets} | ${viaService} | inOtherRegion
  BindKsa | secretsmanager uses its key for the function (kms:Decrypt) | kms:Decrypt | ${keys.secrets} | ${viaService} | bySecretsManager | needed
  CreateBucket | secretsmanager uses its key for the function (kms:Decrypt) | kms:Decrypt | ${keys.secrets} | ${viaService} | bySecretsManager | needed
  RenewCredentials | secretsmanager uses its key for the function (kms:GenerateDataKey) | kms:GenerateDataKey | ${keys.secrets} | ${viaService} | bySecretsManager | needed
  ApiRead | dynamodb uses its key for the function (kms:Decrypt) | kms:Decrypt | ${keys.table} | ${viaService} | byDynamoDb | needed
  ReconcilerFunction | sns uses its key for the function (kms:GenerateDataKey) | kms:GenerateDataKey | ${keys.topic} | ${viaService} | bySns | needed
  ApiRead | logs uses its key for the function (kms:GenerateDataKey) | kms:GenerateDataKey | ${keys.logs} | ${viaService} | byLogs | needed
`)

const externalIds = `${awsDocs}/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html`
const inMember = (name: string) => `arn:aws:iam::${memberAccount.id}:role/${name}`
const memberRole = (access: IamAccess) => inMember(`WorkloadIdentity-${account.id}-${account.region}-${access}`)
const memberCaller = (access: IamAccess) => iamArn(`role/WorkloadIdentity-${account.region}-${access}`)
const chaining = `${awsDocs}/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining`

/** Attempts on the roles of member accounts. */
const onMembers: readonly FunctionAttempt[] = rows(`
  ${every} | assume another role of a member account | sts:AssumeRole | ${inMember('OrganizationAccountAccessRole')} | organizations/latest/userguide/orgs_manage_accounts_access-cross-account-role.html
  ${every} | assume the member role of an account that the settings do not name | sts:AssumeRole | ${memberRole('writer').replace(memberAccount.id, '999999999999')} | ${externalIds}
  BindKsa | assume the role that member roles trust, from a step that does not use IAM | sts:AssumeRole | ${memberCaller('reader')} | ${chaining}
  PublishDiscovery | assume the role that member roles trust, from a step that does not use IAM | sts:AssumeRole | ${memberCaller('reader')} | ${chaining}
  ApiStart | assume the role that member roles trust, from a step that does not use IAM | sts:AssumeRole | ${memberCaller('reader')} | ${chaining}
  ReconcilerFunction | assume the role that member roles trust, from a step that does not use IAM | sts:AssumeRole | ${memberCaller('reader')} | ${chaining}
  ${every} but MembersWriter | assume the writing member role without the role that it trusts | sts:AssumeRole | ${memberRole('writer')} | ${chaining}
  Verify | assume the role that the writing member role trusts, although it only reads | sts:AssumeRole | ${memberCaller('writer')} | ${chaining}
  MembersReader | assume the role that the writing member role trusts, although it only reads | sts:AssumeRole | ${memberCaller('writer')} | ${chaining}
  ${every} | create a role in a member account without the member role | iam:CreateRole | ${inMember('workload-identity/prod/reader')} | IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html | asOurs
  CreateRole | assumes the role that the writing member role trusts | sts:AssumeRole | ${memberCaller('writer')} | ${chaining} | | needed
  MembersWriter | assumes the writing member role of an account in the settings | sts:AssumeRole | ${memberRole('writer')} | ${externalIds} | | needed
`)

const needed: readonly FunctionAttempt[] = rows(`
  BindKsa | Lambda connects the function to its network | ec2:CreateNetworkInterface | network-interface/* | ${vpc} | | needed
`)

/** ARNs of the template's resources. */
interface Named {
  readonly table: string
  readonly topic: string
  readonly auditLog: string
  readonly createRole: string
  readonly clusterSteps: string
  readonly emptyBucket: string
  readonly batch: string
}

function namedIn(template: TemplatePolicies): Named {
  const name = (type: string, begin: string) =>
    template.names(type).find((each) => each.startsWith(`WorkloadIdentity-${begin}`)) ?? missing(begin)
  return {
    table: inAccount('dynamodb', `table/${name('AWS::DynamoDB::Table', 'Record')}`),
    topic: inAccount('sns', name('AWS::SNS::Topic', 'Notifications')),
    auditLog: inAccount('logs', `log-group:${name('AWS::Logs::LogGroup', 'AuditLog')}`),
    createRole: inAccount('lambda', `function:${name('AWS::Lambda::Function', 'CreateRole')}`),
    clusterSteps: inAccount('lambda', `function:${name('AWS::Lambda::Function', 'ClusterSteps')}`),
    emptyBucket: inAccount('lambda', `function:${name('AWS::Lambda::Function', 'EmptyBucket')}`),
    batch: inAccount('states', `stateMachine:${name('AWS::StepFunctions::StateMachine', 'BatchWorkflow')}`),
  }
}

function missing(begin: string): never {
  throw new Error(`the template has no ${begin}`)
}

/** The attempts on the resources of this template. */
export function functionAttempts(template: TemplatePolicies): FunctionAttempt[] {
  const names = namedIn(template)
  const boundaryArn = iamArn(`policy/${template.names('AWS::IAM::ManagedPolicy')[0]}`)
  return [
    ...onRoles({ 'iam:PermissionsBoundary': boundaryArn }),
    ...onTrust({ 'iam:PermissionsBoundary': boundaryArn }),
    ...onOwned,
    ...onRecordsAndSecrets(names),
    ...byEvery(names),
    ...onHosting,
    ...onKeys,
    ...onMembers,
    ...needed,
  ]
}
