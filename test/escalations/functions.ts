/** Attempts of an attacker who runs code in a function, with the role of the function. */
import { tagKeys } from '../../lambdas/ownership/labels.ts'
import type { IamAccess } from '../../lambdas/steps/iam-access.ts'
import { account, memberAccount } from '../../sandbox/account.ts'
import type { TemplatePolicies } from '../peers/support/template-policies.ts'
import { keysIn } from '../support/aws/kms-keys.ts'
import { deployment } from '../support/steps/deployment.ts'
import { type AwsAttempt, awsAttempt, awsDocs, copiesBucket, hosting, iamArn, inAccount, rowsIn } from './attempt.ts'

export interface FunctionAttempt extends AwsAttempt {
  /** The prefix of the logical ID of its role: the state, or the operation of the API. */
  readonly by: string | typeof every | typeof everyStep
  /** Functions that need the permission, when `by` is every function. `otherwise` is then for them: the policies of the others refuse the attempt. */
  readonly except?: readonly string[]
  /** A permission that the function needs: the test fails when it is refused. */
  readonly needed?: true
}

export const every = 'every function'
/** Every function that runs steps. */
export const everyStep = 'every step'

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
  request: { 'dynamodb:Attributes': ['pk', 'sk', 'request'] },
  end: { 'dynamodb:Attributes': ['pk', 'sk', 'status'] },
}

type Contexts = Readonly<Record<string, Readonly<Record<string, string | string[]>>>>

/**
 * The cells of a row: function, attempt, actions, resource, source, contexts, and `needed` or the control that refuses the attempt
 * instead of the policies. `+` combines contexts. A context with a `#` in its name is a partition key. `every function but A and B`
 * excludes two functions, whose control is in the last cell.
 */
function rows(table: string, more: Contexts = {}): FunctionAttempt[] {
  const named = { ...contexts, ...more }
  const contextOf = (name: string) =>
    name.includes('#') ? { 'dynamodb:LeadingKeys': [name] } : (named[name] ?? missing(name))
  return rowsIn(table).flatMap(
    ([who = '', name = '', actions = '', resource = '', source = '', names = '', last = '']) => {
      const [by = '', except] = who.split(' but ')
      return actions.split(', ').map((action) => ({
        by,
        ...awsAttempt(name, action, resource, source),
        ...(except !== undefined && { except: except.split(' and ') }),
        ...(names !== '' && { context: Object.assign({}, ...names.split('+').map(contextOf)) }),
        ...(last === 'needed' && { needed: true as const }),
        ...(last !== '' && last !== 'needed' && { otherwise: last }),
      }))
    },
  )
}

function decryptedBy(service: string, region: string = account.region) {
  return { 'kms:ViaService': `${service}.${region}.amazonaws.com` }
}

const ofRoles = 'The boundary limits the role, and a drift reports the difference.'

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
    ${every} but CreateRole | create or change any role of the deployment | iam:UpdateRole, iam:PutRolePolicy, iam:PutRolePermissionsBoundary | ${role} | ${deputies} | ours+own | ${ofRoles}
    ${every} but CreateRole | create or change any role of the deployment | iam:AttachRolePolicy | ${role} | ${deputies} | ours+own+allowed | ${ofRoles}
    ${every} but CreateRole | create or change any role of the deployment | iam:TagRole | ${role} | ${deputies} | ours+asOurs | ${ofRoles}
    ${every} but CreateRole | create or change any role of the deployment | iam:CreateRole | ${role} | ${deputies} | asOurs+own | ${ofRoles}
    ${every} but CreateRole and DeleteRole | detach or delete policies of any role of the deployment | iam:DetachRolePolicy, iam:DeleteRolePolicy | ${role} | ${deputies} | ours+own | ${ofRoles}
    ${every} but DeleteRole | delete any role of the deployment | iam:DeleteRole, iam:UntagRole | ${role} | ${deputies} | ours+mark | A drift reports it, and a setup creates the role again.
    ${every} but CreateRole and NarrowTrust | let an attacker's account assume a workload's role | iam:UpdateAssumeRolePolicy | ${role} | ${rhino} | ours+own | ${ofRoles}
    ${by} | tag a role under the role path that has no tag of a deployment | iam:TagRole | ${role} | ${deputies} | asOurs | CreateRole refuses it without \`adopt\` (OwnershipConflict).
    ${by} | write another own tag on a role that has no tag of a deployment | iam:TagRole | ${role} | ${deputies} | adopted
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
  RotateThumbprints | change the thumbprint of another deployment's provider | iam:UpdateOpenIDConnectProviderThumbprint | ${provider} | IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html | theirs
  RotateThumbprints | change the thumbprint of a provider without the tag of a deployment | iam:UpdateOpenIDConnectProviderThumbprint | ${provider} | IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html
  ${every} but RegisterOidc | register an attacker's issuer | iam:CreateOpenIDConnectProvider | oidc-provider/attacker.example.com | IAM/latest/UserGuide/id_roles_providers_create_oidc.html | asOurs | A role trusts only the provider of its cluster.
  ${every} but RegisterOidc | add an audience to any provider of the deployment | iam:AddClientIDToOpenIDConnectProvider, iam:TagOpenIDConnectProvider | ${provider} | IAM/latest/UserGuide/id_roles_providers_create_oidc.html | ours+asOurs | A role trusts one audience of the provider.
  ${every} but RegisterOidc and RotateThumbprints | change the thumbprint of any provider of the deployment | iam:UpdateOpenIDConnectProviderThumbprint | ${provider} | IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html | ours | The next rotation corrects it, after it has validated the chain.
  ${every} but DeleteProvider | delete any provider of the deployment | iam:DeleteOpenIDConnectProvider, iam:UntagOpenIDConnectProvider | ${provider} | ${deputies} | ours+mark | A drift reports it, and a setup creates the provider again.
  DeleteProvider | delete another deployment's provider | iam:DeleteOpenIDConnectProvider | ${provider} | ${deputies} | theirs
  DeleteProvider | delete a provider without the tag of a deployment | iam:DeleteOpenIDConnectProvider | ${provider} | ${deputies}
  DeleteProvider | remove the tags of a provider without the tag of a deployment | iam:UntagOpenIDConnectProvider | ${provider} | ${deputies} | mark
  DeleteProvider | remove the tags of another deployment's provider | iam:UntagOpenIDConnectProvider | ${provider} | ${deputies} | theirs+mark
  DeleteProvider | remove another tag of a provider | iam:UntagOpenIDConnectProvider | ${provider} | IAM/latest/UserGuide/access_tags.html | ours+team
`)

const batches = 'The definition names the task of its batches, and only Step Functions can assume its role.'
const ofClaims = 'A claim gives no rights in AWS. The functions that change the resource keep their conditions.'
const ofSetups = 'IAM keeps the roles of the setup within the boundary and the allowed policies.'
const clusterCredentials =
  'ApplyCluster and ApproveCsr and BindKsa and CertificateSteps and CheckCluster and ClusterSteps and DeleteCluster and DeployWebhook and PublishDiscovery and RenewCredentials and RevokeKey and Verify'
const guide = 'secretsmanager/latest/userguide/auth-and-access_examples.html'

const onSecrets: readonly FunctionAttempt[] = rows(`
  ${every} but ${clusterCredentials} | read the credentials of any cluster | secretsmanager:GetSecretValue | ${ownCluster} | ${guide} | | The rights of the credentials limit it on the cluster.
  ${every} but CreateBucket and EmptyBucket | read the credentials for Google Cloud | secretsmanager:GetSecretValue | secret:workload-identity/google-credentials-aBcDeF | ${guide} | | Their service account needs rights only on discovery buckets.
  ${every} but RenewCredentials | replace the credentials of any cluster | secretsmanager:PutSecretValue | ${ownCluster} | ${guide} | | Secrets Manager keeps the previous value. Setups refuse the API server of another cluster.
  ${every} | read secrets below another prefix | secretsmanager:GetSecretValue | secret:workload-identity-staging/prod/user-aBcDeF | ${guide}
  ${every} | replace the credentials for Google Cloud | secretsmanager:PutSecretValue | secret:workload-identity/google-credentials-aBcDeF | ${guide}
  ${every} | replace secrets below another prefix | secretsmanager:PutSecretValue | secret:workload-identity-staging/prod/user-aBcDeF | ${guide}
`)

const onRecords = ({ table }: Named): FunctionAttempt[] =>
  rows(`
  ${everyStep} | change another operation's record | dynamodb:UpdateItem | ${table} | ${leadingKeys} | OPERATION#another | It can end operations and record false results. IAM still limits what an operation does.
  ${everyStep} | let the reconciler start a setup with another spec | dynamodb:UpdateItem | ${table} | ${leadingKeys} | CLUSTER#another | ${ofSetups}
  ${every} but ApiCancel and ApiStart and ReconcilerFunction and RecordSteps and RecordTeardown | delete another cluster's record | dynamodb:DeleteItem | ${table} | ${leadingKeys} | CLUSTER#another | The bucket of copies and the backups of the table [keep it](recovery.md).
  ${every} but CreateRole | give its cluster the claim of another | dynamodb:UpdateItem | ${table} | ${leadingKeys} | CLAIM#role#another | ${ofClaims}
  ${every} but RegisterOidc | give its cluster the claim of another | dynamodb:UpdateItem | ${table} | ${leadingKeys} | CLAIM#provider#another | ${ofClaims}
  ${every} but CheckCluster and PublishDiscovery | give its cluster the claim of another | dynamodb:UpdateItem | ${table} | ${leadingKeys} | CLAIM#issuer#another | ${ofClaims}
  ${every} but CheckCluster | give its cluster the claim of another | dynamodb:UpdateItem | ${table} | ${leadingKeys} | CLAIM#signing-key#another | ${ofClaims}
  ${every} but ApplyCluster | give its cluster the claim of another | dynamodb:UpdateItem | ${table} | ${leadingKeys} | CLAIM#management-object#another | ${ofClaims}
  ${every} but ApiStart and CreateBucket and EmptyBucket | give its cluster the claim of another | dynamodb:UpdateItem | ${table} | ${leadingKeys} | CLAIM#bucket#another | ${ofClaims}
  ${every} | create a claim of a role that has none | dynamodb:PutItem | ${table} | ${leadingKeys} | CLAIM#role#another
  ${every} but DeleteRole and RecordTeardown | end the claim of another cluster | dynamodb:DeleteItem | ${table} | ${leadingKeys} | CLAIM#role#another | ${ofClaims}
  ${every} but DeleteProvider and RecordTeardown | end the claim of another cluster | dynamodb:DeleteItem | ${table} | ${leadingKeys} | CLAIM#provider#another | ${ofClaims}
  ${every} but RecordTeardown | end the claim of another cluster | dynamodb:DeleteItem | ${table} | ${leadingKeys} | CLAIM#issuer#another | ${ofClaims}
  ${every} | read the owner of a role outside of a step | dynamodb:GetItem | ${table} | ${leadingKeys} | CLAIM#role#another
  ApiStart | read the owner of a role | dynamodb:BatchGetItem | ${table} | ${leadingKeys} | CLAIM#role#another
  ApiRead | change a record while reading | dynamodb:UpdateItem | ${table} | ${leadingKeys}
  ApiCancel | write an operation that waits, and is started later | dynamodb:PutItem, dynamodb:UpdateItem | ${table} | ${leadingKeys} | CLUSTER#another
  ApiCancel | change the request of an operation before its start | dynamodb:UpdateItem | ${table} | ${leadingKeys} | OPERATION#another+request
  ApiCancel | end any operation in the record | dynamodb:UpdateItem | ${table} | ${leadingKeys} | OPERATION#another+end | The reconciler then no longer follows its execution, which goes on.
  ApiCancel | delete an operation | dynamodb:DeleteItem | ${table} | ${leadingKeys} | OPERATION#another
  ${every} but ApiStart | read the concurrency slots of a caller | dynamodb:BatchGetItem, dynamodb:Query | ${table} | ${leadingKeys} | CALLER#another | A slot has only the ID of an operation.
  ${every} but ApiStart | free the concurrency slots of a caller | dynamodb:UpdateItem, dynamodb:DeleteItem | ${table} | ${leadingKeys} | CALLER#another | The caller can then run more operations at once.
  ${every} but ApiStart and BeginVerification and CompareCluster and ScheduledRotation | write an idempotency key, so that a request counts as sent before | dynamodb:PutItem | ${table} | ${leadingKeys} | IDEMPOTENCY#another | A request with another key is not affected.
  ${every} but ApiStart | write a generation of a spec | dynamodb:PutItem, dynamodb:UpdateItem | ${table} | ${leadingKeys} | GENERATIONS#prod | A setup applies the spec in the item of the cluster. A generation is applied by a new request.
  ${every} | delete the table | dynamodb:DeleteTable | ${table} | ${leadingKeys}
  ${every} | read the whole table | dynamodb:Scan | ${table} | ${leadingKeys}
  `)

const onOperations = ({ clusterSteps, emptyBucket, batch, topic, queue, busQueue }: Named): FunctionAttempt[] =>
  rows(`
  ${every} but ApiStart and ReconcilerFunction | start a setup with another request than the checked one | states:StartExecution | stateMachine:WorkloadIdentity-setup | ${executions} | | ${ofSetups}
  ${every} but ApiStart and ReconcilerFunction | start a teardown for another request | states:StartExecution | stateMachine:WorkloadIdentity-teardown | ${executions} | | Each step deletes only what claims, tags and labels allow.
  ${every} but ApiStart and ReconcilerFunction and ScheduledRotation | start a rotation | states:StartExecution | stateMachine:WorkloadIdentity-rotate-thumbprints | ${executions} | | A rotation writes only what a scheduled one writes.
  ${every} but ApiStart and BeginVerification and ReconcilerFunction | start a verification | states:StartExecution | stateMachine:WorkloadIdentity-verify | ${executions} | | A verification changes only its record.
  ${every} but ApiStart and CompareCluster and ReconcilerFunction | start a comparison | states:StartExecution | stateMachine:WorkloadIdentity-compare | ${executions} | | A comparison changes only its record.
  ${every} but ApiCancel | stop any operation | states:StopExecution | execution:WorkloadIdentity-setup:0a | ${executions} | | The operation ends as cancelled, and a repeated request continues it.
  ApiCancel | stop another stack's execution | states:StopExecution | execution:another:0a | ${executions}
  CompareWorkflow | start a batch of a teardown instead of its batch | states:StartExecution | ${batch} | ${executions} | | ${batches}
  VerifyWorkflow | start a batch of a teardown instead of its batch | states:StartExecution | ${batch} | ${executions} | | ${batches}
  SetupWorkflow | change the rule that calls the reconciler | events:PutTargets | rule/WorkloadIdentity-Reconciler | step-functions/latest/dg/stepfunctions-iam.html
  SetupWorkflow | call a function of another workflow | lambda:InvokeFunction | ${emptyBucket}:1 | ${deputies}
  SetupWorkflow | call a step of teardowns in a shared function | lambda:InvokeFunction | ${clusterSteps}:1 | ${deputies} | | The definition names the step, and only a deployment changes it. The step writes only what claims, tags and labels allow.
  ${every} but PublishDiscovery and ReconcilerFunction and RenewCredentials | send a false notification | sns:Publish | ${topic} | sns/latest/dg/sns-access-policy-use-cases.html | | A notification starts no operation.
  ${every} but NotificationEventsNotifyBus | send a false notification to the event bus | events:PutEvents | event-bus/default | eventbridge/latest/userguide/eb-event-bus-perms.html | | A notification starts no operation.
  ${every} but NotificationEventsNotifyBus | take notifications that wait for the event bus | sqs:ReceiveMessage, sqs:DeleteMessage | ${busQueue} | AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-basic-examples-of-sqs-policies.html | | The topic also sends them to its other subscribers.
  ReconcilerFunction | publish to another topic | sns:Publish | another | sns/latest/dg/sns-access-policy-use-cases.html
  ${every} but ScheduledRotation and Rotations | report a missed rotation | sqs:SendMessage | ${queue} | AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-basic-examples-of-sqs-policies.html | | The message raises an alarm, and starts no operation.
  `)

const byEvery = ({ topic, auditLog, createRole }: Named): FunctionAttempt[] =>
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
    ${every} | read or change the record of another deployment | dynamodb:Query, dynamodb:UpdateItem | table/WorkloadIdentityStaging-Record | ${leadingKeys} | CLUSTER#prod
    ${every} | start a setup of another deployment | states:StartExecution | stateMachine:WorkloadIdentityStaging-setup | ${executions}
    ${every} | stop an operation of another deployment | states:StopExecution | execution:WorkloadIdentityStaging-setup:0a | ${executions}
    ${every} | invoke a function of another deployment | lambda:InvokeFunction | function:WorkloadIdentityStaging-CreateRole:1 | ${deputies}
    ${every} | publish a key for another deployment's cluster | s3:PutObject | arn:aws:s3:::workloadidentitystaging-issuersdocuments5e0427e2/prod/openid/v1/jwks | AmazonS3/latest/userguide/bucket-policies.html
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

const ofDocuments = 'The boundary limits the roles. The next rotation publishes the keys of the cluster again.'

/** Attempts on the discovery documents, from which AWS reads the keys of clusters, and on their host. */
const onHosting: readonly FunctionAttempt[] = rows(`
  ${every} but PublishDiscovery and RevokeKey | publish a key for any cluster with a hosted issuer, and sign its tokens | s3:PutObject | ${hosting.keySet('prod')} | ${s3Keys} | | ${ofDocuments}
  ${every} but RemoveDiscovery | delete the published keys of any cluster with a hosted issuer | s3:DeleteObject | ${hosting.keySet('prod')} | ${s3Keys} | | ${ofDocuments}
  ${every} but ReconcilerFunction | change or delete the copy of any cluster's record | s3:PutObject, s3:DeleteObject | ${copiesBucket}/clusters/another.json | ${s3Keys} | | The bucket keeps earlier versions.
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
  ${every} but Verify | read roles in any member account of the settings | sts:AssumeRole | ${memberCaller('reader')} | ${chaining} | | The member role only reads.
  ${every} but CreateRole and DeleteProvider and DeleteRole and NarrowTrust and RegisterOidc and RotateThumbprints | change roles and providers in any member account of the settings | sts:AssumeRole | ${memberCaller('writer')} | ${chaining} | | The member role has the same conditions on path, tags and boundary.
  ${every} but MembersWriter | assume the writing member role without the role that it trusts | sts:AssumeRole | ${memberRole('writer')} | ${chaining} | | Only functions that change IAM may assume MembersWriter.
  ${every} | create a role in a member account without the member role | iam:CreateRole | ${inMember('workload-identity/prod/reader')} | IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html | asOurs
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
  readonly queue: string
  readonly busQueue: string
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
    queue: inAccount('sqs', name('AWS::SQS::Queue', 'RotationsDeadLetters')),
    busQueue: inAccount('sqs', name('AWS::SQS::Queue', 'NotificationEventsQueue')),
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
    ...onSecrets,
    ...onRecords(names),
    ...onOperations(names),
    ...byEvery(names),
    ...onHosting,
    ...onKeys,
    ...onMembers,
    ...needed,
  ]
}
