/** What somebody tries who runs code in a function, by the role of the function. */
import { tagKeys } from '../../lambdas/ownership/labels.ts'
import type { IamAccess } from '../../lambdas/steps/iam-access.ts'
import { account, memberAccount } from '../../sandbox/account.ts'
import type { TemplatePolicies } from '../peers/support/template-policies.ts'
import { deployment } from '../support/deployment.ts'
import { keysIn } from '../support/kms-keys.ts'
import { type AwsAttempt, awsAttempt, awsDocs, hosting, iamArn, inAccount, rowsIn } from './attempt.ts'

export interface FunctionAttempt extends AwsAttempt {
  /** The beginning of the logical id of its role: the state, or the operation of the API. */
  readonly by: string | typeof every
  /** Those of every function that the attempt is not about: what it tries is their work. */
  readonly except?: readonly string[]
  /** A right that the function has to keep: the row is red when it is refused. */
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

const contexts: Contexts = { ours, theirs, asOurs, asTheirs, other, allowed }

type Contexts = Readonly<Record<string, Readonly<Record<string, string | string[]>>>>

/** By whom, what is tried, its action and resource, where the way is described, and the names of contexts, added up by `+`. */
function rows(table: string, more: Contexts = {}): FunctionAttempt[] {
  const named = { ...contexts, ...more }
  return rowsIn(table).map(([by = '', name = '', action = '', resource = '', source = '', names]) => ({
    by,
    ...awsAttempt(name, action, resource, source),
    ...(names && { context: Object.assign({}, ...names.split('+').map((each) => named[each] ?? missing(each))) }),
  }))
}

/** Rights on roles, with what is missing of the conditions: our tag, our boundary. */
function onRoles(own: Readonly<Record<string, string>>): FunctionAttempt[] {
  const changes = [
    ['iam:UpdateAssumeRolePolicy', "change the trust policy of another deployment's role"],
    ['iam:UpdateRole', "lengthen the sessions of another deployment's role"],
    ['iam:PutRolePolicy', "write an inline policy on another deployment's role"],
    ['iam:DeleteRolePolicy', "delete an inline policy of another deployment's role"],
    ['iam:DetachRolePolicy', "detach a policy from another deployment's role"],
    ['iam:PutRolePermissionsBoundary', "put our boundary on another deployment's role"],
  ] as const
  const unbounded = [
    ['iam:UpdateAssumeRolePolicy', 'change the trust policy of a role without the boundary'],
    ['iam:PutRolePolicy', 'write an inline policy on a role without the boundary'],
    ['iam:PutRolePermissionsBoundary', "put another boundary on a workload's role"],
  ] as const
  const by = 'CreateRole'
  return [
    ...changes.map(([action, name]) => ({
      by,
      name,
      action,
      resource: role,
      context: { ...own, ...theirs },
      source: deputies,
    })),
    ...unbounded.map(([action, name]) => ({
      by,
      name,
      action,
      resource: role,
      context: { ...ours, ...other },
      source: delegation,
    })),
    ...rows(
      `
    ${by} | make a role without a boundary | iam:CreateRole | ${role} | ${delegation} | asOurs
    ${by} | make a role with another boundary | iam:CreateRole | ${role} | ${delegation} | asOurs+other
    ${by} | make a role without our mark | iam:CreateRole | ${role} | ${deputies} | own
    ${by} | make a role outside the path | iam:CreateRole | ${elsewhere} | ${rhino} | asOurs+own
    ${by} | change the trust policy of a role outside the path | iam:UpdateAssumeRolePolicy | ${elsewhere} | ${rhino} | ours+own
    `,
      { own },
    ),
    {
      by,
      name: 'attach a policy that is not allowed',
      action: 'iam:AttachRolePolicy',
      resource: role,
      context: { ...ours, ...own, ...policy('AdministratorAccess') },
      source: rhino,
    },
    ...rows(
      `
    ${by} | attach a policy to a role without the boundary | iam:AttachRolePolicy | ${role} | ${delegation} | ours+other+allowed
    ${by} | attach a policy to another deployment's role | iam:AttachRolePolicy | ${role} | ${deputies} | theirs+own+allowed
    ${by} | mark another deployment's role as ours | iam:TagRole | ${role} | ${deputies} | theirs+asOurs
    ${by} | mark a role for another deployment | iam:TagRole | ${role} | ${deputies} | asTheirs
    `,
      { own },
    ),
    {
      by,
      name: 'give a role a tag that others decide by',
      action: 'iam:TagRole',
      resource: role,
      context: { ...ours, ...asOurs, 'aws:TagKeys': [tagKeys.deployment, 'team'] },
      source: `${awsDocs}/IAM/latest/UserGuide/access_tags.html`,
    },
    {
      by,
      name: 'mark a role under the path that nobody has marked',
      action: 'iam:TagRole',
      resource: role,
      context: asOurs,
      source: deputies,
      otherwise:
        'An administrator may adopt such a role, and IAM does not know who asked. CreateRole refuses it without `adopt` (OwnershipConflict).',
    },
    {
      by,
      name: "let an own account assume a workload's role",
      action: 'iam:UpdateAssumeRolePolicy',
      resource: role,
      context: { ...ours, ...own },
      source: rhino,
      otherwise:
        'IAM has no condition on the text of a trust policy. It is computed, the role stays within the boundary, and a drift reports another text.',
    },
  ]
}

/** Rights on trust policies alone, of the function that ends the move of a cluster. */
function onTrust(own: Readonly<Record<string, string>>): FunctionAttempt[] {
  const by = 'NarrowTrust'
  const action = 'iam:UpdateAssumeRolePolicy'
  return rows(
    `
    ${by} | change the trust policy of another deployment's role | ${action} | ${role} | ${deputies} | own+theirs
    ${by} | change the trust policy of a role without the boundary | ${action} | ${role} | ${delegation} | ours+other
    ${by} | change the trust policy of a role outside the path | ${action} | ${elsewhere} | ${rhino} | ours+own
    ${by} | attach a policy to a workload's role | iam:AttachRolePolicy | ${role} | ${rhino} | ours+own+allowed
    `,
    { own },
  )
}

const onOwned: readonly FunctionAttempt[] = [
  ...(['iam:DeleteRole', 'iam:DeleteRolePolicy', 'iam:DetachRolePolicy'] as const).map((action) => ({
    by: 'DeleteRole',
    name: `${action} on another deployment's role`,
    action,
    resource: role,
    context: theirs,
    source: deputies,
  })),
  {
    by: 'DeleteRole',
    name: 'delete a role outside the path',
    action: 'iam:DeleteRole',
    resource: elsewhere,
    context: ours,
    source: rhino,
  },
  {
    by: 'DeleteRole',
    name: "take the marks off another deployment's role",
    action: 'iam:UntagRole',
    resource: role,
    context: { ...theirs, 'aws:TagKeys': [tagKeys.deployment] },
    source: deputies,
  },
  {
    by: 'DeleteRole',
    name: 'take a tag off a role that others decide by',
    action: 'iam:UntagRole',
    resource: role,
    context: { ...ours, 'aws:TagKeys': ['team'] },
    source: `${awsDocs}/IAM/latest/UserGuide/access_tags.html`,
  },
  ...rows(`
  Verify | read the policies of a role outside the path | iam:GetRolePolicy | ${elsewhere} | ${keysOfIam}
  RegisterOidc | register an issuer without our mark | iam:CreateOpenIDConnectProvider | ${provider} | ${deputies}
  RegisterOidc | register an issuer for another deployment | iam:CreateOpenIDConnectProvider | ${provider} | ${deputies} | asTheirs
  RegisterOidc | mark another deployment's provider as ours | iam:TagOpenIDConnectProvider | ${provider} | ${deputies} | theirs+asOurs
  `),
  {
    by: 'RegisterOidc',
    name: 'give a provider a tag that others decide by',
    action: 'iam:TagOpenIDConnectProvider',
    resource: provider,
    context: { ...ours, ...asOurs, 'aws:TagKeys': [tagKeys.deployment, 'team'] },
    source: `${awsDocs}/IAM/latest/UserGuide/access_tags.html`,
  },
  ...rows(`
  RegisterOidc | add an audience to another's provider | iam:AddClientIDToOpenIDConnectProvider | ${provider} | IAM/latest/UserGuide/id_roles_providers_create_oidc.html | theirs
  RegisterOidc | let another certificate stand for another's provider | iam:UpdateOpenIDConnectProviderThumbprint | ${provider} | IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html
  `),
  {
    by: 'RegisterOidc',
    name: 'mark a foreign provider that nobody has marked',
    action: 'iam:TagOpenIDConnectProvider',
    resource: provider,
    context: asOurs,
    source: deputies,
    otherwise:
      'An administrator may adopt such a provider, and IAM does not know who asked. RegisterOidc refuses it without `adopt` (OwnershipConflict).',
  },
  {
    by: 'RegisterOidc',
    name: 'register an own issuer',
    action: 'iam:CreateOpenIDConnectProvider',
    resource: iamArn('oidc-provider/attacker.example.com'),
    context: asOurs,
    source: `${awsDocs}/IAM/latest/UserGuide/id_roles_providers_create_oidc.html`,
    otherwise:
      'The issuer is known when the cluster is there. A role trusts the provider of its own cluster only, so that a new one opens no role.',
  },
  {
    by: 'RotateThumbprints',
    name: "let another certificate stand for another's provider",
    action: 'iam:UpdateOpenIDConnectProviderThumbprint',
    resource: provider,
    context: theirs,
    source: `${awsDocs}/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html`,
  },
  {
    by: 'RotateThumbprints',
    name: 'let another certificate stand for a provider of ours',
    action: 'iam:UpdateOpenIDConnectProviderThumbprint',
    resource: provider,
    context: ours,
    source: `${awsDocs}/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html`,
    otherwise: 'IAM has no condition on thumbprints. One is registered only after its chain was validated.',
  },
  {
    by: 'DeleteProvider',
    name: "delete another's provider",
    action: 'iam:DeleteOpenIDConnectProvider',
    resource: provider,
    context: theirs,
    source: deputies,
  },
  {
    by: 'DeleteProvider',
    name: "take the marks off another deployment's provider",
    action: 'iam:UntagOpenIDConnectProvider',
    resource: provider,
    context: { ...theirs, 'aws:TagKeys': [tagKeys.deployment] },
    source: deputies,
  },
  {
    by: 'DeleteProvider',
    name: 'take a tag off a provider that others decide by',
    action: 'iam:UntagOpenIDConnectProvider',
    resource: provider,
    context: { ...ours, 'aws:TagKeys': ['team'] },
    source: `${awsDocs}/IAM/latest/UserGuide/access_tags.html`,
  },
]

const onRecordsAndSecrets = ({ table, clusterSteps, emptyBucket, batch }: Named): FunctionAttempt[] => [
  ...rows(`
  CreateBucket | read a cluster's credentials | secretsmanager:GetSecretValue | ${ownCluster} | secretsmanager/latest/userguide/auth-and-access_examples.html
  BindKsa | read Google's credentials | secretsmanager:GetSecretValue | secret:workload-identity/google-credentials-aBcDeF | secretsmanager/latest/userguide/auth-and-access_examples.html
  `),
  {
    by: 'BindKsa',
    name: "read another cluster's credentials",
    action: 'secretsmanager:GetSecretValue',
    resource: ownCluster,
    source: `${awsDocs}/secretsmanager/latest/userguide/auth-and-access_examples.html`,
    otherwise:
      'The clusters are known after the deployment. A request names only secrets of its own cluster, which the API checks.',
  },
  {
    by: 'BindKsa',
    name: "change another operation's record",
    action: 'dynamodb:UpdateItem',
    resource: table,
    context: { 'dynamodb:LeadingKeys': ['OPERATION#another'] },
    source: leadingKeys,
    otherwise:
      'The id of an operation is known at run time, and a role is the same for all operations. A step takes the id from its execution, and writes what ends an operation only while the operation has the lock.',
  },
  { by: 'BindKsa', name: 'delete a record', action: 'dynamodb:DeleteItem', resource: table, source: leadingKeys },
  ...(
    [
      ['BindKsa', 'give its cluster the role of another', 'UpdateItem', 'CLAIM#role#another'],
      ['CreateRole', 'give its cluster the provider of another', 'UpdateItem', 'CLAIM#provider#another'],
      ['RotateThumbprints', 'give its cluster the provider of another', 'UpdateItem', 'CLAIM#provider#another'],
      ['RegisterOidc', 'give its cluster the issuer of another', 'UpdateItem', 'CLAIM#issuer#another'],
      ['RecordSteps', 'change the history of a spec', 'UpdateItem', 'GENERATIONS#prod'],
      ['DeleteRole', 'give its cluster the role of another', 'UpdateItem', 'CLAIM#role#another'],
      ['DeleteRole', 'delete the record of another cluster', 'DeleteItem', 'CLUSTER#another'],
      ['DeleteProvider', 'delete the record of another cluster', 'DeleteItem', 'CLUSTER#another'],
      ['RecordTeardown', 'free the concurrency slots of a caller', 'DeleteItem', 'CALLER#another'],
      ['DeleteProvider', 'give its cluster the provider of another', 'UpdateItem', 'CLAIM#provider#another'],
      ['DeleteCluster', 'give its cluster the AWSCluster of another', 'UpdateItem', 'CLAIM#management-object#another'],
      ['RemoveDiscovery', 'give its cluster the issuer of another', 'UpdateItem', 'CLAIM#issuer#another'],
      ['EmptyBucket', 'take the issuer from another cluster', 'DeleteItem', 'CLAIM#issuer#another'],
      ['RecordTeardown', 'give its cluster the role of another', 'UpdateItem', 'CLAIM#role#another'],
      ['RecordTeardown', 'change the history of a spec', 'UpdateItem', 'GENERATIONS#prod'],
      ['Reconciler', 'give a cluster the role of another', 'PutItem', 'CLAIM#role#another'],
      ['ApiStart', 'give a cluster the role of another', 'PutItem', 'CLAIM#role#another'],
      ['ApiCancel', 'take a claim from a cluster', 'DeleteItem', 'CLAIM#role#another'],
      ['ApiStart', 'read whose a role is', 'BatchGetItem', 'CLAIM#role#another'],
    ] as const
  ).map(([by, name, action, key]) => ({
    by,
    name,
    action: `dynamodb:${action}`,
    resource: table,
    context: { 'dynamodb:LeadingKeys': [key] },
    source: leadingKeys,
  })),
  ...rows(`
  ApiRead | change a record while reading | dynamodb:UpdateItem | ${table} | ${leadingKeys}
  ApiRead | read a record that is in no list | dynamodb:GetItem | ${table} | ${leadingKeys}
  HostsInUse | read a record that is in no list | dynamodb:GetItem | ${table} | ${leadingKeys}
  HostsInUse | take a cluster out of the record, so that its host may go | dynamodb:DeleteItem | ${table} | ${leadingKeys}
  ApiRead | start an operation | states:StartExecution | stateMachine:WorkloadIdentity-setup | ${executions}
  `),
  ...(['ApiRead', 'ApiStart'] as const).map((by) => ({
    by,
    name: 'stop an operation',
    action: 'states:StopExecution',
    resource: inAccount('states', 'execution:WorkloadIdentity-setup:0a'),
    source: executions,
  })),
  {
    by: 'ApiStart',
    name: 'start a teardown for a request for something else',
    action: 'states:StartExecution',
    resource: inAccount('states', 'stateMachine:WorkloadIdentity-teardown'),
    source: executions,
    otherwise:
      'One function starts all that callers may request. Its code starts a teardown only on the routes of teardowns, after the grants have allowed the caller that action.',
  },
  {
    by: 'ApiStart',
    name: 'start a setup of another request than the checked one',
    action: 'states:StartExecution',
    resource: inAccount('states', 'stateMachine:WorkloadIdentity-setup'),
    source: executions,
    otherwise:
      'IAM has no condition on the input of an execution. Each step parses its input, and writes only while the operation has the lock.',
  },
  ...rows(`
  ScheduledRotation | start a setup | states:StartExecution | stateMachine:WorkloadIdentity-setup | ${executions}
  ApiCancel | start an operation | states:StartExecution | stateMachine:WorkloadIdentity-setup | ${executions}
  ApiCancel | stop another stack's execution | states:StopExecution | execution:another:0a | ${executions}
  `),
  ...(['SetupWorkflow', 'CompareWorkflow', 'VerifyWorkflow'] as const).map((by) => ({
    by,
    name: 'start a teardown in the place of a batch',
    action: 'states:StartExecution',
    resource: inAccount('states', 'stateMachine:WorkloadIdentity-teardown'),
    source: executions,
  })),
  {
    by: 'TeardownWorkflow',
    name: 'start a setup in the place of a batch',
    action: 'states:StartExecution',
    resource: inAccount('states', 'stateMachine:WorkloadIdentity-setup'),
    source: executions,
  },
  ...(['CompareWorkflow', 'VerifyWorkflow'] as const).map((by) => ({
    by,
    name: 'start a batch of a teardown in the place of its own',
    action: 'states:StartExecution',
    resource: batch,
    source: executions,
    otherwise:
      'IAM has no condition on the input of an execution. The definition of the workflow names the part that its batches do, and Step Functions alone may take its role.',
  })),
  ...rows(`
  SetupWorkflow | stop an operation | states:StopExecution | execution:WorkloadIdentity-setup:0a | ${executions}
  SetupWorkflow | change the rule that calls the reconciler | events:PutTargets | rule/WorkloadIdentity-Reconciler | step-functions/latest/dg/stepfunctions-iam.html
  `),
  ...['RotateThumbprintsWorkflow', 'DriftsWorkflow'].map((by) => ({
    by,
    name: 'start a setup in the place of a batch',
    action: 'states:StartExecution',
    resource: inAccount('states', 'stateMachine:WorkloadIdentity-setup'),
    source: executions,
  })),
  ...rows(`
  CompareCluster | start a setup | states:StartExecution | stateMachine:WorkloadIdentity-setup | ${executions}
  ReconcilerFunction | publish to another topic | sns:Publish | another | sns/latest/dg/sns-access-policy-use-cases.html
  SetupWorkflow | call a function of another workflow | lambda:InvokeFunction | ${emptyBucket}:1 | ${deputies}
  `),
  {
    by: 'SetupWorkflow',
    name: 'call a step of teardowns that shares a function with steps of setups',
    action: 'lambda:InvokeFunction',
    resource: `${clusterSteps}:1`,
    source: deputies,
    otherwise:
      'IAM knows functions, and no steps. The definition of the state machine names the step, and only a deployment changes it. The step writes only what the claims of the cluster and the tags and labels of the object allow.',
  },
  {
    by: 'RecordSteps',
    name: "delete another cluster's record",
    action: 'dynamodb:DeleteItem',
    resource: table,
    context: { 'dynamodb:LeadingKeys': ['CLUSTER#another'] },
    source: leadingKeys,
    otherwise:
      'A rotation and a reconciler work on all clusters. A step deletes what its own operation holds, under the condition that it still does.',
  },
  {
    by: 'RecordSteps',
    name: 'have the reconciler start a setup of another spec',
    action: 'dynamodb:UpdateItem',
    resource: table,
    context: { 'dynamodb:LeadingKeys': ['CLUSTER#another'] },
    source: leadingKeys,
    otherwise:
      'The spec of a cluster, its status and what waits are below one partition key, and each step writes the status. IAM keeps the roles that a setup makes within the boundary and the policies that the deployment allows.',
  },
  ...rows(`
  RecordSteps | start a setup | states:StartExecution | stateMachine:WorkloadIdentity-setup | ${executions}
  RecordSteps | read a cluster's credentials | secretsmanager:GetSecretValue | ${ownCluster} | secretsmanager/latest/userguide/auth-and-access_examples.html
  ClusterSteps | delete a record | dynamodb:DeleteItem | ${table} | ${leadingKeys}
  `),
]

const byEvery = ({ table, topic, auditLog, createRole }: Named): FunctionAttempt[] =>
  [
    ...rows(`
    ${every} | hand a role to a service | iam:PassRole | ${elsewhere} | ${rhino}
    ${every} | make an access key of another user | iam:CreateAccessKey | user/admin | ${rhino}
    ${every} | give a function another policy | iam:PutRolePolicy | role/WorkloadIdentity-CreateRoleRole | ${rhino} | ours+other
    ${every} | attach a policy to a function | iam:AttachRolePolicy | role/WorkloadIdentity-CreateRoleRole | ${rhino} | ours+allowed
    ${every} | make a new version of the boundary | iam:CreatePolicyVersion | policy/WorkloadIdentity-WorkloadBoundary | ${rhino}
    ${every} | take the boundary off a workload's role | iam:DeleteRolePermissionsBoundary | ${role} | ${delegation} | ours
    ${every} | assume CDK's deployment role | sts:AssumeRole | role/cdk-hnb659fds-deploy-role | cdk/v2/guide/bootstrapping-env.html
    ${every} | change the code of a function | lambda:UpdateFunctionCode | ${createRole} | ${rhino}
    ${every} | update a stack | cloudformation:UpdateStack | stack/WorkloadIdentity/0a | AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html
    ${every} | read secrets of others | secretsmanager:GetSecretValue | secret:another/prod/user-aBcDeF | secretsmanager/latest/userguide/auth-and-access_examples.html
    `),
    {
      name: "replace a cluster's credentials",
      action: 'secretsmanager:PutSecretValue',
      resource: ownCluster,
      except: ['RenewCredentials'],
      source: `${awsDocs}/secretsmanager/latest/userguide/auth-and-access_examples.html`,
    },
    ...rows(`
    ${every} | replace the credentials for Google Cloud | secretsmanager:PutSecretValue | secret:workload-identity/google-credentials-aBcDeF | secretsmanager/latest/userguide/auth-and-access_examples.html
    ${every} | replace secrets of others | secretsmanager:PutSecretValue | secret:another/prod/user-aBcDeF | secretsmanager/latest/userguide/auth-and-access_examples.html
    `),
    ...(['BatchGetItem', 'Query'] as const).map((action) => ({
      name: `read by ${action} what a caller has running`,
      except: ['ApiStart'],
      action: `dynamodb:${action}`,
      resource: table,
      context: { 'dynamodb:LeadingKeys': ['CALLER#another'] },
      source: leadingKeys,
    })),
    {
      name: 'free the concurrency slots of a caller',
      except: ['ApiStart'],
      action: 'dynamodb:UpdateItem',
      resource: table,
      context: { 'dynamodb:LeadingKeys': ['CALLER#another'] },
      source: leadingKeys,
    },
    {
      name: 'have a request taken for one that was sent before',
      except: ['ApiStart', 'BeginVerification', 'CompareCluster', 'ScheduledRotation'],
      action: 'dynamodb:PutItem',
      resource: table,
      context: { 'dynamodb:LeadingKeys': ['IDEMPOTENCY#another'] },
      source: leadingKeys,
    },
    {
      name: 'write a generation of a spec',
      except: ['ApiStart'],
      action: 'dynamodb:PutItem',
      resource: table,
      context: { 'dynamodb:LeadingKeys': ['GENERATIONS#prod'] },
      source: leadingKeys,
    },
    ...rows(`
    ${every} | delete the table | dynamodb:DeleteTable | ${table} | ${leadingKeys}
    ${every} | read the whole table | dynamodb:Scan | ${table} | ${leadingKeys}
    ${every} | delete the audit log | logs:DeleteLogGroup | ${auditLog} | https://attack.mitre.org/techniques/T1562/008/
    ${every} | subscribe to the notifications | sns:Subscribe | ${topic} | sns/latest/dg/sns-access-policy-use-cases.html
    ${every} | change a workflow | states:UpdateStateMachine | stateMachine:WorkloadIdentity-setup | ${executions}
    ${every} | change CDK's assets | s3:PutObject | arn:aws:s3:::cdk-hnb659fds-assets-${account.id}-${account.region}/function.zip | cdk/v2/guide/bootstrapping-env.html
    `),
    ...(
      [
        'ec2:AssignPrivateIpAddresses',
        'ec2:CreateNetworkInterface',
        'ec2:DeleteNetworkInterface',
        'ec2:UnassignPrivateIpAddresses',
      ] as const
    ).map((action) => ({
      name: `${action} from inside the function`,
      action,
      resource: inAccount('ec2', 'network-interface/eni-0a1b2c3d'),
      context: { 'lambda:SourceFunctionArn': inAccount('lambda', 'function:WorkloadIdentity-BindKsa') },
      source: vpc,
    })),
  ].map((attempt) => ({ by: every, ...attempt }))

const s3Keys = `${awsDocs}/service-authorization/latest/reference/list_amazons3.html`
const cloudFrontKeys = `${awsDocs}/service-authorization/latest/reference/list_amazoncloudfront.html`

/** The documents by which AWS knows the keys of clusters, and what serves them. */
const onHosting: readonly FunctionAttempt[] = [
  {
    by: every,
    except: ['PublishDiscovery', 'RevokeKey'],
    name: 'write the keys of a cluster that the deployment hosts',
    action: 's3:PutObject',
    resource: hosting.keySet('prod'),
    source: s3Keys,
  },
  {
    by: every,
    except: ['RemoveDiscovery'],
    name: 'delete the keys of a cluster that the deployment hosts',
    action: 's3:DeleteObject',
    resource: hosting.keySet('prod'),
    source: s3Keys,
  },
  ...rows(`
  ${every} | write something else into the bucket of the documents | s3:PutObject | ${hosting.bucket}/index.html | ${s3Keys}
  ${every} | let others write the documents, by the policy of their bucket | s3:PutBucketPolicy | ${hosting.bucket} | ${s3Keys}
  ${every} | delete the bucket of the documents | s3:DeleteBucket | ${hosting.bucket} | ${s3Keys}
  ${every} | change or disable the distribution of the documents | cloudfront:UpdateDistribution | ${hosting.distribution} | ${cloudFrontKeys}
  `),
]

const keys = keysIn()
const decryptedBy = (service: string) => ({ 'kms:ViaService': `${service}.${account.region}.amazonaws.com` })

/** The keys that encrypt what the functions work with. */
const onKeys: readonly FunctionAttempt[] = [
  ...(['secrets', 'table', 'topic', 'logs'] as const).map((name) => ({
    by: every,
    name: `decrypt by the key of the ${name} without the service that encrypts them`,
    action: 'kms:Decrypt',
    resource: keys[name],
    source: viaService,
  })),
  ...rows(`
  ${every} | encrypt by the key of the secrets without the service that encrypts them | kms:GenerateDataKey | ${keys.secrets} | ${viaService}
  ${every} | delete the key of the table | kms:ScheduleKeyDeletion | ${keys.table} | kms/latest/developerguide/deleting-keys.html
  `),
  {
    by: every,
    name: 'let another account use the key of the secrets',
    action: 'kms:CreateGrant',
    resource: keys.secrets,
    context: decryptedBy('secretsmanager'),
    source: `${awsDocs}/kms/latest/developerguide/grants.html`,
  },
  {
    by: 'ApiStart',
    name: 'decrypt secrets',
    action: 'kms:Decrypt',
    resource: keys.secrets,
    context: decryptedBy('secretsmanager'),
    source: viaService,
  },
  {
    by: 'SetupWorkflow',
    name: 'decrypt the table',
    action: 'kms:Decrypt',
    resource: keys.table,
    context: decryptedBy('dynamodb'),
    source: viaService,
  },
  {
    by: 'BindKsa',
    name: 'decrypt notifications',
    action: 'kms:Decrypt',
    resource: keys.topic,
    context: decryptedBy('sns'),
    source: viaService,
  },
  {
    by: 'BindKsa',
    name: 'decrypt secrets of another region',
    action: 'kms:Decrypt',
    resource: keys.secrets,
    context: { 'kms:ViaService': 'secretsmanager.eu-north-1.amazonaws.com' },
    source: viaService,
  },
  ...(
    [
      ['BindKsa', 'kms:Decrypt', keys.secrets, 'secretsmanager'],
      ['CreateBucket', 'kms:Decrypt', keys.secrets, 'secretsmanager'],
      ['RenewCredentials', 'kms:GenerateDataKey', keys.secrets, 'secretsmanager'],
      ['ApiRead', 'kms:Decrypt', keys.table, 'dynamodb'],
      ['ReconcilerFunction', 'kms:GenerateDataKey', keys.topic, 'sns'],
      ['ApiRead', 'kms:GenerateDataKey', keys.logs, 'logs'],
    ] as const
  ).map(([by, action, resource, service]) => ({
    by,
    name: `${service} uses its key for the function (${action})`,
    action,
    resource,
    context: decryptedBy(service),
    source: viaService,
    needed: true as const,
  })),
]

const externalIds = `${awsDocs}/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html`
const inMember = (name: string) => `arn:aws:iam::${memberAccount.id}:role/${name}`
const memberRole = (access: IamAccess) => inMember(`WorkloadIdentity-${account.id}-${account.region}-${access}`)
const memberCaller = (access: IamAccess) => iamArn(`role/WorkloadIdentity-${account.region}-${access}`)
const chaining = `${awsDocs}/IAM/latest/UserGuide/id_roles.html#iam-term-role-chaining`

/** The roles of member accounts. */
const onMembers: readonly FunctionAttempt[] = [
  ...rows(`
  ${every} | assume another role of a member account | sts:AssumeRole | ${inMember('OrganizationAccountAccessRole')} | organizations/latest/userguide/orgs_manage_accounts_access-cross-account-role.html
  ${every} | assume the member role of an account that the settings do not name | sts:AssumeRole | ${memberRole('writer').replace(memberAccount.id, '999999999999')} | ${externalIds}
  `),
  ...(['BindKsa', 'PublishDiscovery', 'ApiStart', 'ReconcilerFunction'] as const).map((by) => ({
    by,
    name: 'assume what a member role trusts without acting on IAM',
    action: 'sts:AssumeRole',
    resource: memberCaller('reader'),
    source: chaining,
  })),
  {
    by: every,
    except: ['MembersWriter'],
    name: 'assume the member role that writes without the role that it trusts',
    action: 'sts:AssumeRole',
    resource: memberRole('writer'),
    source: chaining,
  },
  ...(['Verify', 'MembersReader'] as const).map((by) => ({
    by,
    name: 'assume what the member role trusts that writes, though it only reads',
    action: 'sts:AssumeRole',
    resource: memberCaller('writer'),
    source: chaining,
  })),
  {
    by: every,
    name: 'do in a member account without its role what it does in its own',
    action: 'iam:CreateRole',
    resource: inMember('workload-identity/prod/reader'),
    context: asOurs,
    source: `${awsDocs}/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html`,
  },
  {
    by: 'CreateRole',
    name: 'assumes what the member role trusts that writes',
    action: 'sts:AssumeRole',
    resource: memberCaller('writer'),
    source: chaining,
    needed: true,
  },
  {
    by: 'MembersWriter',
    name: 'assumes the member role that writes of an account of the settings',
    action: 'sts:AssumeRole',
    resource: memberRole('writer'),
    source: externalIds,
    needed: true,
  },
]

const needed: readonly FunctionAttempt[] = [
  {
    by: 'BindKsa',
    name: 'Lambda connects the function to its network',
    action: 'ec2:CreateNetworkInterface',
    resource: inAccount('ec2', 'network-interface/*'),
    source: vpc,
    needed: true,
  },
]

/** ARNs of what the template makes. */
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
