/** What a workload tries whose own policies allow everything: only the boundary is in its way. */
import { account } from '../../sandbox/account.ts'
import { type AwsAttempt, awsDocs, cloudFrontArn, copiesBucket, hosting, iamArn, inAccount, portal } from './attempt.ts'

export interface WorkloadAttempt extends AwsAttempt {
  /** Whom the policy of the resource names: the role of the workload, or its session. Left out: it has none. */
  readonly granted?: 'role' | 'session'
}

/** The roles that a workload may assume in the widest configuration. */
export const assumable = iamArn('role/reports/*')

/** The names of the domains that the settings of the widest configuration have. */
export const domainNames = {
  api: 'api.roles.example.com',
  portal: 'portal.roles.example.com',
  issuers: 'oidc.example.com',
}

const rhino = 'https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/'
const boundaries = `${awsDocs}/IAM/latest/UserGuide/access_policies_boundaries.html`
const bucketActions = `${awsDocs}/service-authorization/latest/reference/list_amazons3.html`
const bootstrap = `${awsDocs}/cdk/v2/guide/bootstrapping-env.html`
const messages = 'https://hackingthe.cloud/aws/post_exploitation/intercept_ssm_communications/'
const ssm = `${awsDocs}/systems-manager/latest`
const another = inAccount('ssm', 'document/another')
const machine = inAccount('ssm', 'managed-instance/mi-0123456789abcdef0')

const identities: readonly WorkloadAttempt[] = [
  {
    name: 'make an access key of another user',
    action: 'iam:CreateAccessKey',
    resource: iamArn('user/admin'),
    source: rhino,
  },
  {
    name: 'give its own role a policy',
    action: 'iam:PutRolePolicy',
    resource: iamArn('role/workload-identity/prod/reader'),
    source: rhino,
  },
  {
    name: 'make a new version of its boundary',
    action: 'iam:CreatePolicyVersion',
    resource: iamArn('policy/WorkloadIdentity-WorkloadBoundary'),
    source: rhino,
  },
  {
    name: 'take the boundary off its role',
    action: 'iam:DeleteRolePermissionsBoundary',
    resource: iamArn('role/workload-identity/prod/reader'),
    source: boundaries,
  },
  {
    name: "change another role's trust policy",
    action: 'iam:UpdateAssumeRolePolicy',
    resource: iamArn('role/admin'),
    source: rhino,
  },
  { name: 'hand a role to a service', action: 'iam:PassRole', resource: iamArn('role/admin'), source: rhino },
  {
    name: 'change the contact that recovers the account',
    action: 'account:PutAlternateContact',
    resource: `arn:aws:account::${account.id}:account`,
    source: `${awsDocs}/accounts/latest/reference/API_PutAlternateContact.html`,
  },
  {
    name: 'take the account out of its organization',
    action: 'organizations:LeaveOrganization',
    resource: '*',
    source: `${awsDocs}/organizations/latest/APIReference/API_LeaveOrganization.html`,
  },
  {
    name: 'join a group of IAM Identity Center',
    action: 'identitystore:CreateGroupMembership',
    resource: 'arn:aws:identitystore:::group/admins',
    source: `${awsDocs}/singlesignon/latest/IdentityStoreAPIReference/API_CreateGroupMembership.html`,
  },
  {
    name: 'assign itself a permission set',
    action: 'sso:CreateAccountAssignment',
    resource: `arn:aws:sso:::account/${account.id}`,
    source: `${awsDocs}/singlesignon/latest/APIReference/API_CreateAccountAssignment.html`,
  },
  {
    name: 'make a user of the IAM Identity Center directory',
    action: 'sso-directory:CreateUser',
    resource: '*',
    source: `${awsDocs}/service-authorization/latest/reference/list_awsiamidentitycentersuccessortoawssinglesignondirectory.html`,
  },
  {
    name: 'trust a certificate authority of its own',
    action: 'rolesanywhere:CreateTrustAnchor',
    resource: '*',
    source: `${awsDocs}/rolesanywhere/latest/userguide/introduction.html`,
  },
  {
    name: 'become root of a member account',
    action: 'sts:AssumeRoot',
    resource: 'arn:aws:iam::111122223333:root',
    source: `${awsDocs}/STS/latest/APIReference/API_AssumeRoot.html`,
  },
  {
    name: 'assume a role that trusts the whole account',
    action: 'sts:AssumeRole',
    resource: iamArn('role/admin'),
    source: `${awsDocs}/IAM/latest/UserGuide/reference_policies_elements_principal.html`,
  },
  {
    name: 'assume a role whose trust policy names its session',
    action: 'sts:AssumeRole',
    resource: iamArn('role/admin'),
    granted: 'session',
    source: boundaries,
  },
  {
    name: "assume CDK's deployment role",
    action: 'sts:AssumeRole',
    resource: iamArn(`role/cdk-hnb659fds-deploy-role-${account.id}-${account.region}`),
    source: bootstrap,
  },
]

const whatRuns: readonly WorkloadAttempt[] = [
  {
    name: 'update another stack by the role that the stack has',
    action: 'cloudformation:UpdateStack',
    resource: inAccount('cloudformation', 'stack/another/0a'),
    source: `${awsDocs}/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html`,
  },
  {
    name: 'make a stack by CDK’s role',
    action: 'cloudformation:CreateStack',
    resource: inAccount('cloudformation', 'stack/mine/0a'),
    source: rhino,
  },
  {
    name: 'run a build with commands of its own',
    action: 'codebuild:StartBuild',
    resource: inAccount('codebuild', 'project/another'),
    source: `${awsDocs}/codebuild/latest/APIReference/API_StartBuild.html`,
  },
  {
    name: 'stop a trail',
    action: 'cloudtrail:StopLogging',
    resource: inAccount('cloudtrail', 'trail/all'),
    source: 'https://attack.mitre.org/techniques/T1562/008/',
  },
  {
    name: 'give itself access to an EKS cluster',
    action: 'eks:CreateAccessEntry',
    resource: inAccount('eks', 'cluster/another'),
    source: `${awsDocs}/eks/latest/userguide/access-entries.html`,
  },
  {
    name: 'make an EKS cluster trust an issuer of its own',
    action: 'eks:AssociateIdentityProviderConfig',
    resource: inAccount('eks', 'cluster/another'),
    source: `${awsDocs}/eks/latest/userguide/authenticate-oidc-identity-provider.html`,
  },
  {
    name: 'give a role to pods of an EKS cluster',
    action: 'eks:CreatePodIdentityAssociation',
    resource: inAccount('eks', 'cluster/another'),
    source: `${awsDocs}/eks/latest/userguide/pod-identities.html`,
  },
  {
    name: 'start a product by the role of its portfolio',
    action: 'servicecatalog:ProvisionProduct',
    resource: inAccount('catalog', 'product/prod-0a'),
    source: `${awsDocs}/servicecatalog/latest/adminguide/constraints-launch.html`,
  },
  {
    name: 'put an SSH key on an instance',
    action: 'ec2-instance-connect:SendSSHPublicKey',
    resource: inAccount('ec2', 'instance/i-0123456789abcdef0'),
    source: `${awsDocs}/ec2-instance-connect/latest/APIReference/API_SendSSHPublicKey.html`,
  },
  {
    name: 'run a command on machines',
    action: 'ssm:SendCommand',
    resource: machine,
    source: `${ssm}/userguide/run-command.html`,
  },
  {
    name: 'open a shell on a machine',
    action: 'ssm:StartSession',
    resource: machine,
    source: `${ssm}/userguide/session-manager.html`,
  },
  {
    name: "take up somebody's shell",
    action: 'ssm:ResumeSession',
    resource: inAccount('ssm', 'session/admin-0a'),
    source: `${ssm}/APIReference/API_ResumeSession.html`,
  },
  {
    name: 'run an automation by the role of its document',
    action: 'ssm:StartAutomationExecution',
    resource: inAccount('ssm', 'automation-definition/another:1'),
    source: `${ssm}/userguide/automation-setup.html`,
  },
  {
    name: 'approve an automation',
    action: 'ssm:SendAutomationSignal',
    resource: inAccount('ssm', 'automation-execution/0a'),
    source: `${ssm}/APIReference/API_SendAutomationSignal.html`,
  },
  {
    name: 'register a machine of its own',
    action: 'ssm:CreateActivation',
    resource: '*',
    source: `${ssm}/APIReference/API_CreateActivation.html`,
  },
  {
    name: 'run a document on machines again and again',
    action: 'ssm:CreateAssociation',
    resource: another,
    source: `${ssm}/userguide/systems-manager-state.html`,
  },
  {
    name: 'change what runs on machines',
    action: 'ssm:UpdateAssociation',
    resource: inAccount('ssm', 'association/0a'),
    source: `${ssm}/userguide/systems-manager-state.html`,
  },
  {
    name: 'make a document of commands',
    action: 'ssm:CreateDocument',
    resource: another,
    source: `${ssm}/userguide/documents.html`,
  },
  {
    name: 'change a document that others run',
    action: 'ssm:UpdateDocument',
    resource: another,
    source: `${ssm}/userguide/documents.html`,
  },
  {
    name: 'put a task into a maintenance window',
    action: 'ssm:RegisterTaskWithMaintenanceWindow',
    resource: inAccount('ssm', 'maintenancewindow/mw-0a'),
    source: `${ssm}/userguide/maintenance-windows.html`,
  },
  {
    name: 'change a task of a maintenance window',
    action: 'ssm:UpdateMaintenanceWindowTask',
    resource: inAccount('ssm', 'maintenancewindow/mw-0a'),
    source: `${ssm}/userguide/maintenance-windows.html`,
  },
  {
    name: 'get credentials of just-in-time access',
    action: 'ssm:GetAccessToken',
    resource: inAccount('ssm', 'opsitem/oi-0a'),
    source: `${ssm}/APIReference/API_GetAccessToken.html`,
  },
  { name: 'read the commands for a machine', action: 'ec2messages:GetMessages', resource: '*', source: messages },
  {
    name: 'take over the sessions of a machine',
    action: 'ssmmessages:OpenControlChannel',
    resource: '*',
    source: messages,
  },
]

const deployment: readonly WorkloadAttempt[] = [
  {
    name: 'change code that CDK deploys next',
    action: 's3:PutObject',
    resource: `arn:aws:s3:::cdk-hnb659fds-assets-${account.id}-${account.region}/function.zip`,
    source: bootstrap,
  },
  {
    name: 'change code that CDK deploys next, by a bucket policy',
    action: 's3:PutObject',
    resource: `arn:aws:s3:::cdk-hnb659fds-assets-${account.id}-${account.region}/function.zip`,
    granted: 'role',
    source: boundaries,
  },
  {
    name: 'change an image that CDK deploys next',
    action: 'ecr:PutImage',
    resource: inAccount('ecr', `repository/cdk-hnb659fds-container-assets-${account.id}-${account.region}`),
    granted: 'session',
    source: bootstrap,
  },
  {
    name: "change CDK's parameter",
    action: 'ssm:PutParameter',
    resource: inAccount('ssm', 'parameter/cdk-bootstrap/hnb659fds/version'),
    source: bootstrap,
  },
  {
    name: "read CDK's parameter",
    action: 'ssm:GetParameter',
    resource: inAccount('ssm', 'parameter/cdk-bootstrap/hnb659fds/version'),
    source: bootstrap,
  },
  {
    name: "read a cluster's credentials",
    action: 'secretsmanager:GetSecretValue',
    resource: inAccount('secretsmanager', 'secret:workload-identity/prod/user-aBcDeF'),
    granted: 'session',
    source: boundaries,
  },
  {
    name: "read a cluster's credentials in the region of a replica",
    action: 'secretsmanager:GetSecretValue',
    resource: inAccount('secretsmanager', 'secret:workload-identity/prod/user-aBcDeF', 'us-east-1'),
    source: `${awsDocs}/secretsmanager/latest/userguide/replicate-secrets.html`,
  },
  {
    name: 'change the record',
    action: 'dynamodb:UpdateItem',
    resource: inAccount('dynamodb', 'table/WorkloadIdentity-Record'),
    granted: 'session',
    source: `${awsDocs}/amazondynamodb/latest/developerguide/access-control-resource-based.html`,
  },
  {
    name: 'read the record from a copy',
    action: 'dynamodb:RestoreTableToPointInTime',
    resource: inAccount('dynamodb', 'table/WorkloadIdentity-Record'),
    source: `${awsDocs}/amazondynamodb/latest/developerguide/PointInTimeRecovery.html`,
  },
  {
    name: 'read the record of another cluster from its copy in the bucket',
    action: 's3:GetObject',
    resource: `${copiesBucket}/clusters/another.json`,
    source: bucketActions,
  },
  {
    name: 'let others read the copies of the record, by the policy of their bucket',
    action: 's3:PutBucketPolicy',
    resource: copiesBucket,
    source: bucketActions,
  },
  {
    name: 'write a copy from which the record is recovered, by a bucket policy',
    action: 's3:PutObject',
    resource: `${copiesBucket}/clusters/another.json`,
    granted: 'session',
    source: boundaries,
  },
  {
    name: 'run code as a function',
    action: 'lambda:UpdateFunctionCode',
    resource: inAccount('lambda', 'function:WorkloadIdentity-CreateRole'),
    source: rhino,
  },
  {
    name: 'call a function beside the workflow',
    action: 'lambda:InvokeFunction',
    resource: inAccount('lambda', 'function:WorkloadIdentity-CreateRole'),
    granted: 'session',
    source: `${awsDocs}/lambda/latest/dg/access-control-resource-based.html`,
  },
  {
    name: 'switch off the rule of ends',
    action: 'events:DisableRule',
    resource: inAccount('events', 'rule/WorkloadIdentity-ReconcilerExecutionEnded'),
    granted: 'session',
    source: `${awsDocs}/eventbridge/latest/userguide/eb-event-bus-perms.html`,
  },
  {
    name: 'delete the audit log',
    action: 'logs:DeleteLogGroup',
    resource: inAccount('logs', 'log-group:WorkloadIdentity-AuditLog'),
    granted: 'session',
    source: 'https://attack.mitre.org/techniques/T1562/008/',
  },
  {
    name: 'delete the log of the API',
    action: 'logs:DeleteLogGroup',
    resource: inAccount('logs', 'log-group:/aws/vendedlogs/apis/WorkloadIdentity-AccessLog'),
    granted: 'session',
    source: 'https://attack.mitre.org/techniques/T1562/008/',
  },
  {
    name: 'send a false notification',
    action: 'sns:Publish',
    resource: inAccount('sns', 'WorkloadIdentity-Notifications'),
    granted: 'session',
    source: `${awsDocs}/sns/latest/dg/sns-access-policy-use-cases.html`,
  },
  {
    name: 'empty the queue of missed rotations',
    action: 'sqs:PurgeQueue',
    resource: inAccount('sqs', 'WorkloadIdentity-DeadLetters'),
    granted: 'session',
    source: `${awsDocs}/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-basic-examples-of-sqs-policies.html`,
  },
  {
    name: 'stop what puts notifications on an event bus',
    action: 'lambda:UpdateEventSourceMapping',
    resource: inAccount('lambda', 'event-source-mapping:1234abcd-12ab-34cd-56ef-1234567890ab'),
    context: { 'lambda:FunctionArn': inAccount('lambda', 'function:WorkloadIdentity-NotifyBus') },
    source: `${awsDocs}/lambda/latest/api/API_UpdateEventSourceMapping.html`,
  },
  {
    name: 'keep notifications from a channel of Slack',
    action: 'chatbot:DeleteSlackChannelConfiguration',
    resource: inAccount('chatbot', 'chat-configuration/slack-channel/WorkloadIdentity-eu-west-1', ''),
    source: `${awsDocs}/service-authorization/latest/reference/list_awschatbot.html`,
  },
  {
    name: 'stop the rotations',
    action: 'scheduler:DeleteSchedule',
    resource: inAccount('scheduler', 'schedule/default/WorkloadIdentity-Rotations'),
    source: `${awsDocs}/scheduler/latest/APIReference/API_DeleteSchedule.html`,
  },
  {
    name: 'start a setup beside the API',
    action: 'states:StartExecution',
    resource: inAccount('states', 'stateMachine:WorkloadIdentity-setup'),
    source: `${awsDocs}/step-functions/latest/dg/concept-create-iam-advanced.html`,
  },
  {
    name: 'read the input of an operation',
    action: 'states:DescribeExecution',
    resource: inAccount('states', 'execution:WorkloadIdentity-setup:0a'),
    source: `${awsDocs}/step-functions/latest/dg/concept-create-iam-advanced.html`,
  },
  {
    name: 'call the API with a role that it trusts',
    action: 'execute-api:Invoke',
    resource: inAccount('execute-api', 'WorkloadIdentity-ApiF70053CD/$default/POST/v1/setups'),
    source: `${awsDocs}/apigateway/latest/developerguide/http-api-access-control-iam.html`,
  },
  ...(
    [
      ['start a setup', 'POST/v1/setups'],
      ['tear down a cluster', 'DELETE/v1/clusters/prod'],
      ['cancel an operation', 'POST/v1/operations/0a/cancel'],
      ['start a rotation', 'POST/v1/rotations'],
      ['plan a setup', 'POST/v1/plans'],
      ['list the workloads', 'GET/v1/workloads'],
      ['compute rights', 'POST/v1/rights'],
      ['find out what it may do', 'GET/v1/access'],
      ['read the description', 'GET/v1/openapi.json'],
    ] as const
  ).map(([what, route]) => ({
    name: `${what} by the API of another deployment, with a role that it trusts`,
    action: 'execute-api:Invoke',
    resource: inAccount('execute-api', `another/$default/${route}`, 'eu-north-1'),
    source: `${awsDocs}/apigateway/latest/developerguide/http-api-access-control-iam.html`,
  })),
  {
    name: 'take the authorizer off a route',
    action: 'apigateway:PATCH',
    resource: `arn:aws:apigateway:${account.region}::/apis/WorkloadIdentity-ApiF70053CD/routes/0a`,
    source: `${awsDocs}/apigatewayv2/latest/api-reference/apis-apiid-routes-routeid.html`,
  },
  {
    name: 'delete the API',
    action: 'apigateway:DELETE',
    resource: `arn:aws:apigateway:${account.region}::/apis/WorkloadIdentity-ApiF70053CD`,
    source: `${awsDocs}/apigatewayv2/latest/api-reference/apis-apiid.html`,
  },
  {
    name: 'take the domain of the API off it',
    action: 'apigateway:DELETE',
    resource: `arn:aws:apigateway:${account.region}::/domainnames/${domainNames.api}`,
    source: `${awsDocs}/apigatewayv2/latest/api-reference/domainnames-domainname.html`,
  },
  {
    name: 'lead the domain of the API to an API of its own',
    action: 'apigateway:PATCH',
    resource: `arn:aws:apigateway:${account.region}::/domainnames/${domainNames.api}/apimappings/0a`,
    source: `${awsDocs}/apigatewayv2/latest/api-reference/domainnames-domainname-apimappings-apimappingid.html`,
  },
  {
    name: 'report a false end of an execution',
    action: 'events:PutEvents',
    resource: inAccount('events', 'event-bus/default'),
    context: { 'events:source': 'aws.states' },
    source: `${awsDocs}/eventbridge/latest/APIReference/API_PutEvents.html`,
    otherwise:
      'Workloads may send events. The function that gets this one believes only what Step Functions answers about the execution.',
  },
]

const grantsInstance = inAccount('s3', 'access-grants/default')
const accessPoints = `${awsDocs}/AmazonS3/latest/userguide/access-points-policies.html`
const grants = `${awsDocs}/AmazonS3/latest/userguide/access-grants-get-data-access.html`
const accessPoint = inAccount('s3', 'accesspoint/mine')

/** Ways to a bucket that do not name it: whom S3 lets in by them is not decided by what the boundary says of the bucket. */
const waysToBuckets: readonly WorkloadAttempt[] = [
  {
    name: 'get credentials of a location of S3 Access Grants, which are those of another role',
    action: 's3:GetDataAccess',
    resource: grantsInstance,
    granted: 'session',
    source: grants,
  },
  {
    name: 'grant itself a location of S3 Access Grants',
    action: 's3:CreateAccessGrant',
    resource: `${grantsInstance}/grant/0a`,
    granted: 'session',
    source: `${awsDocs}/AmazonS3/latest/API/API_control_CreateAccessGrant.html`,
  },
  {
    name: 'make an access point on a bucket of the deployment, or of CDK',
    action: 's3:CreateAccessPoint',
    resource: accessPoint,
    source: accessPoints,
  },
  {
    name: 'make an access point for several regions',
    action: 's3:CreateMultiRegionAccessPoint',
    resource: `arn:aws:s3::${account.id}:accesspoint/mine.mrap`,
    source: `${awsDocs}/AmazonS3/latest/userguide/MultiRegionAccessPoints.html`,
  },
  {
    name: 'let itself through an access point of somebody else',
    action: 's3:PutAccessPointPolicy',
    resource: accessPoint,
    source: accessPoints,
  },
]

const alarm = inAccount('cloudwatch', 'alarm:WorkloadIdentity-AlarmsFailed')
const metrics = `${awsDocs}/AmazonCloudWatch/latest/monitoring`
const bus = inAccount('events', 'event-bus/default')

/** What people and programs learn of the deployment. */
const reports: readonly WorkloadAttempt[] = [
  {
    name: 'send a false notification as an event',
    action: 'events:PutEvents',
    resource: bus,
    context: { 'events:source': ['workload-identity'] },
    granted: 'session',
    source: `${awsDocs}/eventbridge/latest/userguide/eb-use-conditions.html`,
  },
  {
    name: 'send a false notification among other events',
    action: 'events:PutEvents',
    resource: bus,
    context: { 'events:source': ['mine', 'workload-identity'] },
    source: `${awsDocs}/eventbridge/latest/userguide/eb-use-conditions.html`,
  },
  {
    name: 'read when an alarm of the deployment begins',
    action: 'cloudwatch:DescribeAlarms',
    resource: alarm,
    source: `${awsDocs}/service-authorization/latest/reference/list_amazoncloudwatch.html`,
  },
  {
    name: "change an alarm's threshold",
    action: 'cloudwatch:PutMetricAlarm',
    resource: alarm,
    source: `${metrics}/AlarmThatSendsEmail.html`,
  },
  {
    name: 'keep an alarm from telling anybody',
    action: 'cloudwatch:DisableAlarmActions',
    resource: alarm,
    source: 'https://attack.mitre.org/techniques/T1562/008/',
  },
  {
    name: 'mute an alarm by a rule of its own',
    action: 'cloudwatch:PutAlarmMuteRule',
    resource: alarm,
    source: `${awsDocs}/service-authorization/latest/reference/list_amazoncloudwatch.html`,
  },
  {
    name: 'publish a false metric of the deployment',
    action: 'cloudwatch:PutMetricData',
    resource: '*',
    context: { 'cloudwatch:namespace': 'WorkloadIdentity' },
    source: `${metrics}/iam-cw-condition-keys-namespace.html`,
  },
  {
    name: 'publish a false metric of the deployment by a line of its own log',
    action: 'logs:PutLogEvents',
    resource: inAccount('logs', 'log-group:mine:log-stream:one'),
    source: `${metrics}/CloudWatch_Embedded_Metric_Format_Specification.html`,
    otherwise:
      'CloudWatch takes metrics of any namespace out of log lines, and IAM has no condition on what a line says. A false metric can raise or hide an alarm, and changes no operation.',
  },
]

const zone = 'arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ'
const records = (names: readonly string[]) => ({
  'route53:ChangeResourceRecordSetsNormalizedRecordNames': [...names],
  'route53:ChangeResourceRecordSetsRecordTypes': ['NS'],
})
const recordConditions = `${awsDocs}/Route53/latest/DeveloperGuide/specifying-rrset-conditions.html`

/** Who answers at a domain of the deployment gets what its callers send. */
const dns: readonly WorkloadAttempt[] = [
  ...(
    [
      ["point the issuers' domain to a server of its own", [domainNames.issuers]],
      ['point the domain of the API to a server of its own', [domainNames.api]],
      [
        'point the domain of the portal to a server of its own, among changes of other names',
        ['mine.example.com', domainNames.portal],
      ],
      ['get a certificate for the domain of the API', [`_acme-challenge.${domainNames.api}`]],
      ['let name servers of its own answer for all names beside the domain of the API', ['roles.example.com']],
    ] as const
  ).map(([name, names]) => ({
    name,
    action: 'route53:ChangeResourceRecordSets',
    resource: zone,
    context: records(names),
    source: recordConditions,
  })),
]

const ownDistribution = cloudFrontArn('distribution/MINE')
const domains = `${awsDocs}/AmazonCloudFront/latest/DeveloperGuide/alternate-domain-names-move.html`
const cloudFrontActions = `${awsDocs}/service-authorization/latest/reference/list_amazoncloudfront.html`

/** Who writes the keys that AWS finds at an issuer signs tokens for every workload of its cluster. */
const hostedIssuers: readonly WorkloadAttempt[] = [
  {
    name: 'publish a key of its own for its cluster',
    action: 's3:PutObject',
    resource: hosting.keySet('prod'),
    source: bucketActions,
  },
  {
    name: 'publish a key of its own for another cluster, by a bucket policy',
    action: 's3:PutObject',
    resource: hosting.keySet('another'),
    granted: 'session',
    source: boundaries,
  },
  {
    name: 'delete the keys of another cluster',
    action: 's3:DeleteObject',
    resource: hosting.keySet('another'),
    source: bucketActions,
  },
  {
    name: 'delete the bucket of the discovery documents',
    action: 's3:DeleteBucket',
    resource: hosting.bucket,
    source: bucketActions,
  },
  {
    name: 'let others write the discovery documents, by the policy of their bucket',
    action: 's3:PutBucketPolicy',
    resource: hosting.bucket,
    source: bucketActions,
  },
  {
    name: 'change the distribution of the issuers, or disable it',
    action: 'cloudfront:UpdateDistribution',
    resource: hosting.distribution,
    source: cloudFrontActions,
  },
  {
    name: 'keep the distribution of the issuers out of its bucket',
    action: 'cloudfront:UpdateOriginAccessControl',
    resource: hosting.access,
    source: cloudFrontActions,
  },
  {
    name: 'let the distribution of the issuers cache old keys',
    action: 'cloudfront:UpdateCachePolicy',
    resource: hosting.cachePolicy,
    source: cloudFrontActions,
  },
  {
    name: "move the issuers' domain, or the portal's, to a distribution of its own",
    action: 'cloudfront:AssociateAlias',
    resource: ownDistribution,
    source: domains,
  },
  {
    name: "move the issuers' domain, or the portal's, to a distribution of its own, by the newer call",
    action: 'cloudfront:UpdateDomainAssociation',
    resource: ownDistribution,
    source: domains,
  },
]

/** Whoever changes what the portal's domain answers gets the tokens of its users. */
const portalFiles: readonly WorkloadAttempt[] = [
  {
    name: 'put a script of its own into the portal',
    action: 's3:PutObject',
    resource: portal.file('index.html'),
    source: bucketActions,
  },
  {
    name: 'let the portal send its users to an issuer of its own, by a bucket policy',
    action: 's3:PutObject',
    resource: portal.file('config.json'),
    granted: 'session',
    source: boundaries,
  },
  {
    name: 'delete the page of the portal',
    action: 's3:DeleteObject',
    resource: portal.file('index.html'),
    source: bucketActions,
  },
  {
    name: 'let others write the files of the portal, by the policy of their bucket',
    action: 's3:PutBucketPolicy',
    resource: portal.bucket,
    source: bucketActions,
  },
  {
    name: 'let the distribution of the portal read another bucket',
    action: 'cloudfront:UpdateDistribution',
    resource: portal.distribution,
    source: cloudFrontActions,
  },
  {
    name: 'let the function of the portal answer with a page of its own',
    action: 'cloudfront:UpdateFunction',
    resource: portal.function,
    source: cloudFrontActions,
  },
  {
    name: 'let pages of the portal load scripts of another origin',
    action: 'cloudfront:UpdateResponseHeadersPolicy',
    resource: portal.headers,
    source: cloudFrontActions,
  },
  {
    name: 'keep the distribution of the portal out of its bucket',
    action: 'cloudfront:UpdateOriginAccessControl',
    resource: portal.access,
    source: cloudFrontActions,
  },
]

export const workloadAttempts: readonly WorkloadAttempt[] = [
  ...identities,
  ...whatRuns,
  ...deployment,
  ...hostedIssuers,
  ...portalFiles,
  ...waysToBuckets,
  ...reports,
  ...dns,
]
