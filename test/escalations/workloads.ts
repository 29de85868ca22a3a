/** Attempts of a workload whose policies allow everything. Only the boundary can refuse them. */
import { tagKeys } from '../../lambdas/ownership/labels.ts'
import { account } from '../../sandbox/account.ts'
import {
  type AwsAttempt,
  awsAttempt,
  awsDocs,
  cloudFrontArn,
  copiesBucket,
  hosting,
  iamArn,
  inAccount,
  portal,
  rowsIn,
} from './attempt.ts'

export interface WorkloadAttempt extends AwsAttempt {
  /** The principal in the policy of the resource: the role of the workload, or its session. Undefined without such a policy. */
  readonly granted?: 'role' | 'session'
  /** What `workloadActions: ['*']` leaves open, as docs/permissions.md lists it. The default settings refuse the attempt. */
  readonly leftOpen?: string
}

/** The cells of a row: attempt, action, resource, source, and `granted` or `tagged`: the resource has the tag of a deployment. */
function rows(table: string): WorkloadAttempt[] {
  return rowsIn(table).map(([name = '', action = '', resource = '', source = '', last]) => ({
    ...awsAttempt(name, action, resource, source),
    ...(last === 'role' || last === 'session' ? { granted: last } : {}),
    ...(last === 'tagged' && { context: { [`aws:ResourceTag/${tagKeys.deployment}`]: deploymentTag } }),
  }))
}

const deploymentTag = `${account.id}/${account.region}/WorkloadIdentityStaging`

/** The roles that a workload may assume in the widest configuration. */
export const assumable = iamArn('role/reports/*')

/** The user pool of Amazon Cognito that is an issuer in the settings of the widest configuration. */
export const userPool = `${account.region}_AbCdEf123`

/** The domains in the settings of the widest configuration. */
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

const identities: readonly WorkloadAttempt[] = rows(`
  create an access key of another user | iam:CreateAccessKey | user/admin | ${rhino}
  write an inline policy on its role | iam:PutRolePolicy | role/workload-identity/prod/reader | ${rhino}
  create a new version of its boundary | iam:CreatePolicyVersion | policy/WorkloadIdentity-WorkloadBoundary | ${rhino}
  remove the boundary from its role | iam:DeleteRolePermissionsBoundary | role/workload-identity/prod/reader | ${boundaries}
  change another role's trust policy | iam:UpdateAssumeRolePolicy | role/admin | ${rhino}
  pass a role to a service | iam:PassRole | role/admin | ${rhino}
  change the contact that recovers the account | account:PutAlternateContact | arn:aws:account::${account.id}:account | accounts/latest/reference/API_PutAlternateContact.html
  take the account out of its organization | organizations:LeaveOrganization | * | organizations/latest/APIReference/API_LeaveOrganization.html
  join a group of IAM Identity Center | identitystore:CreateGroupMembership | arn:aws:identitystore:::group/admins | singlesignon/latest/IdentityStoreAPIReference/API_CreateGroupMembership.html
  assign itself a permission set | sso:CreateAccountAssignment | arn:aws:sso:::account/${account.id} | singlesignon/latest/APIReference/API_CreateAccountAssignment.html
  send users of another directory to IAM Identity Center | identity-sync:CreateSyncProfile | * | service-authorization/latest/reference/list_awsidentitysync.html
  get a token of a user of IAM Identity Center | sso-oauth:CreateTokenWithIAM | arn:aws:sso::${account.id}:application/ssoins-0a1b2c3d4e5f6a7b/apl-0a1b2c3d4e5f6a7b | singlesignon/latest/OIDCAPIReference/API_CreateTokenWithIAM.html
  reset the password of an administrator in a directory | ds:ResetUserPassword | directory/d-0a1b2c3d4e | directoryservice/latest/devguide/API_ResetUserPassword.html
  join a group of administrators in a directory | ds-data:AddGroupMember | ${inAccount('ds', 'directory/d-0a1b2c3d4e')} | directoryservicedata/latest/DirectoryServiceDataAPIReference/API_AddGroupMember.html
  create a user in the IAM Identity Center directory | sso-directory:CreateUser | * | service-authorization/latest/reference/list_awsiamidentitycentersuccessortoawssinglesignondirectory.html
  trust an attacker's certificate authority | rolesanywhere:CreateTrustAnchor | * | rolesanywhere/latest/userguide/introduction.html
  get a token of the account that proves its role to other issuers | sts:GetWebIdentityToken | * | IAM/latest/UserGuide/id_roles_providers_outbound.html
  get the session of a delegation request | sts:GetDelegatedAccessToken | * | STS/latest/APIReference/API_GetDelegatedAccessToken.html
  get sessions of an identity pool's role | cognito-identity:GetOpenIdTokenForDeveloperIdentity | ${inAccount('cognito-identity', `identitypool/${account.region}:0a`)} | cognitoidentity/latest/APIReference/API_GetOpenIdTokenForDeveloperIdentity.html
  join the group of administrators in the user pool that is an issuer of the API | cognito-idp:AdminAddUserToGroup | userpool/${userPool} | cognito-user-identity-pools/latest/APIReference/API_AdminAddUserToGroup.html
  open the buckets of the account to everyone | s3:PutAccountPublicAccessBlock | * | AmazonS3/latest/userguide/access-control-block-public-access.html
  buy reserved capacity | dynamodb:PurchaseReservedCapacityOfferings | * | amazondynamodb/latest/developerguide/HowItWorks.ReservedCapacity.html
  end the conditions on tags of tables | dynamodb:UpdateAbacStatus | * | amazondynamodb/latest/developerguide/attribute-based-access-control.html
  change the account's settings of Kinesis | kinesis:UpdateAccountSettings | * | kinesis/latest/APIReference/API_UpdateAccountSettings.html
  raise the spending limit of text messages | sns:SetSMSAttributes | * | sns/latest/api/API_SetSMSAttributes.html
  become root of a member account | sts:AssumeRoot | arn:aws:iam::111122223333:root | STS/latest/APIReference/API_AssumeRoot.html
  assume a role that trusts the whole account | sts:AssumeRole | role/admin | IAM/latest/UserGuide/reference_policies_elements_principal.html
  assume a role whose trust policy names its session | sts:AssumeRole | role/admin | ${boundaries} | session
  assume CDK's deployment role | sts:AssumeRole | role/cdk-hnb659fds-deploy-role-${account.id}-${account.region} | ${bootstrap}
  `)

const runningCode: readonly WorkloadAttempt[] = rows(`
  update another stack with the role of the stack | cloudformation:UpdateStack | stack/another/0a | AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html
  create a stack with CDK's role | cloudformation:CreateStack | stack/mine/0a | ${rhino}
  run a build with an attacker's commands | codebuild:StartBuild | project/another | codebuild/latest/APIReference/API_StartBuild.html
  stop a trail | cloudtrail:StopLogging | trail/all | https://attack.mitre.org/techniques/T1562/008/
  give itself access to an EKS cluster | eks:CreateAccessEntry | cluster/another | eks/latest/userguide/access-entries.html
  make an EKS cluster trust an attacker's issuer | eks:AssociateIdentityProviderConfig | cluster/another | eks/latest/userguide/authenticate-oidc-identity-provider.html
  change objects of an EKS cluster | eks:MutateViaKubernetesApi | cluster/another | service-authorization/latest/reference/list_amazonelastickubernetesservice.html
  add a certificate authority to an EKS cluster | eks:CreateCertificateAuthority | cluster/another | service-authorization/latest/reference/list_amazonelastickubernetesservice.html
  give a role to pods of an EKS cluster | eks:CreatePodIdentityAssociation | cluster/another | eks/latest/userguide/pod-identities.html
  start a product with the role of its portfolio | servicecatalog:ProvisionProduct | ${inAccount('catalog', 'product/prod-0a')} | servicecatalog/latest/adminguide/constraints-launch.html
  put an SSH key on an instance | ec2-instance-connect:SendSSHPublicKey | ${inAccount('ec2', 'instance/i-0123456789abcdef0')} | ec2-instance-connect/latest/APIReference/API_SendSSHPublicKey.html
  run a command on machines | ssm:SendCommand | ${machine} | ${ssm}/userguide/run-command.html
  open a shell on a machine | ssm:StartSession | ${machine} | ${ssm}/userguide/session-manager.html
  resume another user's session | ssm:ResumeSession | session/admin-0a | ${ssm}/APIReference/API_ResumeSession.html
  run an automation with the role of its document | ssm:StartAutomationExecution | automation-definition/another:1 | ${ssm}/userguide/automation-setup.html
  approve an automation | ssm:SendAutomationSignal | automation-execution/0a | ${ssm}/APIReference/API_SendAutomationSignal.html
  register an attacker's machine | ssm:CreateActivation | * | ${ssm}/APIReference/API_CreateActivation.html
  run a document on machines repeatedly | ssm:CreateAssociation | ${another} | ${ssm}/userguide/systems-manager-state.html
  change an association that runs on machines | ssm:UpdateAssociation | association/0a | ${ssm}/userguide/systems-manager-state.html
  create a document of commands | ssm:CreateDocument | ${another} | ${ssm}/userguide/documents.html
  change a document that others run | ssm:UpdateDocument | ${another} | ${ssm}/userguide/documents.html
  put a task into a maintenance window | ssm:RegisterTaskWithMaintenanceWindow | maintenancewindow/mw-0a | ${ssm}/userguide/maintenance-windows.html
  change a task of a maintenance window | ssm:UpdateMaintenanceWindowTask | maintenancewindow/mw-0a | ${ssm}/userguide/maintenance-windows.html
  get credentials of just-in-time access | ssm:GetAccessToken | opsitem/oi-0a | ${ssm}/APIReference/API_GetAccessToken.html
  read the commands for a machine | ec2messages:GetMessages | * | ${messages}
  take over the sessions of a machine | ssmmessages:OpenControlChannel | * | ${messages}
  `)

const deployment: readonly WorkloadAttempt[] = [
  ...rows(`
  change code that CDK deploys next | s3:PutObject | arn:aws:s3:::cdk-hnb659fds-assets-${account.id}-${account.region}/function.zip | ${bootstrap}
  change code that CDK deploys next, with a bucket policy | s3:PutObject | arn:aws:s3:::cdk-hnb659fds-assets-${account.id}-${account.region}/function.zip | ${boundaries} | role
  change an image that CDK deploys next | ecr:PutImage | repository/cdk-hnb659fds-container-assets-${account.id}-${account.region} | ${bootstrap} | session
  change CDK's parameter | ssm:PutParameter | parameter/cdk-bootstrap/hnb659fds/version | ${bootstrap}
  read CDK's parameter | ssm:GetParameter | parameter/cdk-bootstrap/hnb659fds/version | ${bootstrap}
  read a cluster's credentials | secretsmanager:GetSecretValue | secret:workload-identity/prod/user-aBcDeF | ${boundaries} | session
  read a cluster's credentials in the region of a replica | secretsmanager:GetSecretValue | ${inAccount('secretsmanager', 'secret:workload-identity/prod/user-aBcDeF', 'us-east-1')} | secretsmanager/latest/userguide/replicate-secrets.html
  change the record | dynamodb:UpdateItem | table/WorkloadIdentity-Record | amazondynamodb/latest/developerguide/access-control-resource-based.html | session
  read the record from a copy | dynamodb:RestoreTableToPointInTime | table/WorkloadIdentity-Record | amazondynamodb/latest/developerguide/PointInTimeRecovery.html
  read the record of another cluster from its copy in the bucket | s3:GetObject | ${copiesBucket}/clusters/another.json | ${bucketActions}
  let others read the copies of the record with a bucket policy | s3:PutBucketPolicy | ${copiesBucket} | ${bucketActions}
  write a copy from which the record is recovered, with a bucket policy | s3:PutObject | ${copiesBucket}/clusters/another.json | ${boundaries} | session
  run code as a function | lambda:UpdateFunctionCode | function:WorkloadIdentity-CreateRole | ${rhino}
  invoke a function outside of its workflow | lambda:InvokeFunction | function:WorkloadIdentity-CreateRole | lambda/latest/dg/access-control-resource-based.html | session
  disable the rule for the ends of executions | events:DisableRule | rule/WorkloadIdentity-ReconcilerExecutionEnded | eventbridge/latest/userguide/eb-event-bus-perms.html | session
  delete the audit log | logs:DeleteLogGroup | log-group:WorkloadIdentity-AuditLog | https://attack.mitre.org/techniques/T1562/008/ | session
  delete the log of the API | logs:DeleteLogGroup | log-group:/aws/vendedlogs/apis/WorkloadIdentity-AccessLog | https://attack.mitre.org/techniques/T1562/008/ | session
  send a false notification | sns:Publish | WorkloadIdentity-Notifications | sns/latest/dg/sns-access-policy-use-cases.html | session
  empty the queue of missed rotations | sqs:PurgeQueue | WorkloadIdentity-DeadLetters | AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-basic-examples-of-sqs-policies.html | session
  `),
  {
    name: 'stop the function that sends notifications to an event bus',
    action: 'lambda:UpdateEventSourceMapping',
    resource: inAccount('lambda', 'event-source-mapping:1234abcd-12ab-34cd-56ef-1234567890ab'),
    context: { 'lambda:FunctionArn': inAccount('lambda', 'function:WorkloadIdentity-NotifyBus') },
    source: `${awsDocs}/lambda/latest/api/API_UpdateEventSourceMapping.html`,
  },
  ...rows(`
  stop notifications to a Slack channel | chatbot:DeleteSlackChannelConfiguration | ${inAccount('chatbot', 'chat-configuration/slack-channel/WorkloadIdentity-eu-west-1', '')} | service-authorization/latest/reference/list_awschatbot.html
  stop the rotations | scheduler:DeleteSchedule | schedule/default/WorkloadIdentity-Rotations | scheduler/latest/APIReference/API_DeleteSchedule.html
  start a setup without the API | states:StartExecution | stateMachine:WorkloadIdentity-setup | step-functions/latest/dg/concept-create-iam-advanced.html
  read the input of an operation | states:DescribeExecution | execution:WorkloadIdentity-setup:0a | step-functions/latest/dg/concept-create-iam-advanced.html
  let an operation run one batch at a time | states:UpdateMapRun | mapRun:WorkloadIdentity-setup/batches:0a | step-functions/latest/dg/concept-examine-map-run.html
  receive the inputs and outputs of operations by a rule | events:PutRule | rule/mine | step-functions/latest/dg/eventbridge-integration.html
  let another account send events to the bus of the deployment | events:PutPermission | * | eventbridge/latest/APIReference/API_PutPermission.html
  send the audit log to an attacker by a policy of the account | logs:PutAccountPolicy | * | AmazonCloudWatchLogs/latest/APIReference/API_PutAccountPolicy.html
  let the log of the default bus have the inputs and outputs of operations | events:UpdateEventBus | event-bus/default | eventbridge/latest/userguide/eb-event-bus-logs.html
  stop the log of the API | logs:DeleteLogDelivery | * | https://attack.mitre.org/techniques/T1562/008/
  move the log of the API | logs:UpdateLogDelivery | * | https://attack.mitre.org/techniques/T1562/008/
  refuse the logs of services to the account | logs:DeleteResourcePolicy | * | AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
  replace the policy that allows the logs of services | logs:PutResourcePolicy | * | AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
  end the access to the Slack workspace | chatbot:DeleteSlackWorkspaceAuthorization | * | service-authorization/latest/reference/list_awschatbot.html
  show logs, metrics and traces to another account | oam:CreateLink | ${inAccount('oam', 'sink/0a')} | OAM/latest/APIReference/API_CreateLink.html
  call the API with a role that it trusts | execute-api:Invoke | WorkloadIdentity-ApiF70053CD/$default/POST/v1/setups | apigateway/latest/developerguide/http-api-access-control-iam.html
  `),
  ...(
    [
      ['start a setup', 'POST/v1/setups'],
      ['tear down a cluster', 'DELETE/v1/clusters/prod'],
      ['cancel an operation', 'POST/v1/operations/0a/cancel'],
      ['start a rotation', 'POST/v1/rotations'],
      ['plan a setup', 'POST/v1/plans'],
      ['list the workloads', 'GET/v1/workloads'],
      ['compute rights', 'POST/v1/rights'],
      ['read its rights', 'GET/v1/access'],
      ['read the description', 'GET/v1/openapi.json'],
    ] as const
  ).map(([what, route]) => ({
    name: `${what} by the API of another deployment, with a role that it trusts`,
    action: 'execute-api:Invoke',
    resource: inAccount('execute-api', `another/$default/${route}`, 'eu-north-1'),
    source: `${awsDocs}/apigateway/latest/developerguide/http-api-access-control-iam.html`,
  })),
  ...rows(`
  remove the authorizer from a route | apigateway:PATCH | arn:aws:apigateway:${account.region}::/apis/WorkloadIdentity-ApiF70053CD/routes/0a | apigatewayv2/latest/api-reference/apis-apiid-routes-routeid.html
  delete the API | apigateway:DELETE | arn:aws:apigateway:${account.region}::/apis/WorkloadIdentity-ApiF70053CD | apigatewayv2/latest/api-reference/apis-apiid.html
  remove the domain of the API | apigateway:DELETE | arn:aws:apigateway:${account.region}::/domainnames/${domainNames.api} | apigatewayv2/latest/api-reference/domainnames-domainname.html | tagged
  map the domain of the API to an attacker's API | apigateway:PATCH | arn:aws:apigateway:${account.region}::/domainnames/${domainNames.api}/apimappings/0a | apigatewayv2/latest/api-reference/domainnames-domainname-apimappings-apimappingid.html | tagged
  remove the tag of the domain of the API | apigateway:DELETE | arn:aws:apigateway:${account.region}::/tags/arn%3Aaws%3Aapigateway%3A${account.region}%3A%3A%2Fdomainnames%2F${domainNames.api} | apigatewayv2/latest/api-reference/tags-resource-arn.html
  `),
  {
    name: 'report a false end of an execution',
    action: 'events:PutEvents',
    resource: inAccount('events', 'event-bus/default'),
    context: { 'events:source': 'aws.states' },
    source: `${awsDocs}/eventbridge/latest/APIReference/API_PutEvents.html`,
    otherwise: 'The function that receives it reads the end of the execution from Step Functions.',
  },
]

const grantsInstance = inAccount('s3', 'access-grants/default')
const accessPoints = `${awsDocs}/AmazonS3/latest/userguide/access-points-policies.html`
const grants = `${awsDocs}/AmazonS3/latest/userguide/access-grants-get-data-access.html`
const accessPoint = inAccount('s3', 'accesspoint/mine')

/** Access to a bucket without its name, so that denies of the boundary on the bucket do not apply. */
const indirectBucketAccess: readonly WorkloadAttempt[] = rows(`
  get the credentials of another role for a location of S3 Access Grants | s3:GetDataAccess | ${grantsInstance} | ${grants} | session
  grant itself a location of S3 Access Grants | s3:CreateAccessGrant | ${grantsInstance}/grant/0a | AmazonS3/latest/API/API_control_CreateAccessGrant.html | session
  create an access point on a bucket of the deployment, or of CDK | s3:CreateAccessPoint | ${accessPoint} | ${accessPoints}
  create an access point for several regions | s3:CreateMultiRegionAccessPoint | arn:aws:s3::${account.id}:accesspoint/mine.mrap | AmazonS3/latest/userguide/MultiRegionAccessPoints.html
  change the policy of another owner's access point | s3:PutAccessPointPolicy | ${accessPoint} | ${accessPoints}
  `)

const alarm = inAccount('cloudwatch', 'alarm:WorkloadIdentity-AlarmsFailed')
const metrics = `${awsDocs}/AmazonCloudWatch/latest/monitoring`
const bus = inAccount('events', 'event-bus/default')

/** Attempts on the notifications, metrics and alarms of the deployment. */
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
    name: 'send a false notification with other events',
    action: 'events:PutEvents',
    resource: bus,
    context: { 'events:source': ['mine', 'workload-identity'] },
    source: `${awsDocs}/eventbridge/latest/userguide/eb-use-conditions.html`,
  },
  ...rows(`
  read the thresholds of the deployment's alarms | cloudwatch:DescribeAlarms | ${alarm} | service-authorization/latest/reference/list_amazoncloudwatch.html
  change an alarm's threshold | cloudwatch:PutMetricAlarm | ${alarm} | ${metrics}/AlarmThatSendsEmail.html
  disable the actions of an alarm | cloudwatch:DisableAlarmActions | ${alarm} | https://attack.mitre.org/techniques/T1562/008/
  mute an alarm with a rule | cloudwatch:PutAlarmMuteRule | ${alarm} | service-authorization/latest/reference/list_amazoncloudwatch.html
  `),
  {
    name: 'publish a false metric of the deployment',
    action: 'cloudwatch:PutMetricData',
    resource: '*',
    context: { 'cloudwatch:namespace': 'WorkloadIdentity' },
    source: `${metrics}/iam-cw-condition-keys-namespace.html`,
  },
  {
    name: 'publish a false metric of the deployment with a log line',
    action: 'logs:PutLogEvents',
    resource: inAccount('logs', 'log-group:mine:log-stream:one'),
    source: `${metrics}/CloudWatch_Embedded_Metric_Format_Specification.html`,
    otherwise: 'A false metric can raise or hide an alarm, and changes no operation.',
  },
]

const zone = 'arn:aws:route53:::hostedzone/Z0123456789ABCDEFGHIJ'
const recordConditions = `${awsDocs}/Route53/latest/DeveloperGuide/specifying-rrset-conditions.html`
const challenges = 'https://letsencrypt.org/docs/challenge-types/#dns-01-challenge'
const baseline = 'https://cabforum.org/working-groups/server/baseline-requirements/documents/'

/** The cells of a row: attempt, names, type of the record, source, and the control that refuses the attempt instead. */
function changesOfRecords(table: string): WorkloadAttempt[] {
  return rowsIn(table).map(([name = '', names = '', type = '', source = '', otherwise]) => ({
    ...awsAttempt(name, 'route53:ChangeResourceRecordSets', zone, source),
    context: {
      'route53:ChangeResourceRecordSetsNormalizedRecordNames': names.split(' '),
      'route53:ChangeResourceRecordSetsRecordTypes': [type],
    },
    ...(otherwise !== undefined && { otherwise }),
  }))
}

/** An attacker who answers at a domain of the deployment, or has a certificate for it, gets the requests of its callers. */
const dns: readonly WorkloadAttempt[] = [
  ...changesOfRecords(`
  point the issuers' domain to an attacker's server | ${domainNames.issuers} | A | ${recordConditions}
  point the domain of the API to an attacker's server | ${domainNames.api} | A | ${recordConditions}
  point the domain of the portal to an attacker's server, among changes of other names | mine.example.com ${domainNames.portal} | A | ${recordConditions}
  get a certificate for the domain of the API | _acme-challenge.${domainNames.api} | TXT | ${challenges}
  delegate the parent domain of the API to an attacker's name servers | roles.example.com | NS | ${recordConditions}
  get a wildcard certificate of the issuers' parent domain | _acme-challenge.example.com | TXT | ${challenges}
  get a wildcard certificate of the issuers' parent domain from ACM | _3639ac514e785e898d2646601fa951d5.example.com | CNAME | acm/latest/userguide/dns-validation.html
  get a wildcard certificate of the issuers' parent domain from DigiCert | _dnsauth.example.com | TXT | https://docs.digicert.com/en/certcentral/manage-certificates/domain-control-validation-methods.html
  get a certificate with a text record of the issuers' parent domain | example.com | TXT | ${baseline}
  get a certificate with the mail of the issuers' parent domain | example.com | MX | ${baseline}
  let another authority issue certificates for the issuers' parent domain | example.com | CAA | ${baseline}
  point a domain of another deployment to an attacker's server | oidc.staging.example.org | A | ${recordConditions} | The boundary has only the domains of its own deployment. [Give no workload rights](deployment.md#hosted-issuers) on a zone with a domain of any deployment.
  `),
  ...rows(`
  get a certificate for the domain of the API, whose validation the account has | acm:RequestCertificate | * | acm/latest/userguide/dns-validation.html
  get the private key of a certificate | acm:ExportCertificate | certificate/0a | acm/latest/userguide/acm-exportable-certificates.html
  replace the imported certificate of a domain | acm:ImportCertificate | certificate/0a | acm/latest/userguide/import-certificate.html
  get a certificate by the ACME endpoint of the account | acm:CreateAcmeExternalAccountBinding | acme-endpoint/0a | service-authorization/latest/reference/list_awscertificatemanager.html
  point a domain to an attacker's server by a traffic policy | route53:CreateTrafficPolicyInstance | ${zone} | Route53/latest/APIReference/API_CreateTrafficPolicyInstance.html
  change the name servers of a registered domain | route53domains:UpdateDomainNameservers | * | Route53/latest/APIReference/API_domains_UpdateDomainNameservers.html
  `),
]

const ownDistribution = cloudFrontArn('distribution/MINE')
const domains = `${awsDocs}/AmazonCloudFront/latest/DeveloperGuide/alternate-domain-names-move.html`
const cloudFrontActions = `${awsDocs}/service-authorization/latest/reference/list_amazoncloudfront.html`

/** An attacker who writes the published keys of an issuer can sign tokens for every workload of its cluster. */
const hostedIssuers: readonly WorkloadAttempt[] = rows(`
  publish an attacker's key for its cluster | s3:PutObject | ${hosting.keySet('prod')} | ${bucketActions}
  publish an attacker's key for another cluster, with a bucket policy | s3:PutObject | ${hosting.keySet('another')} | ${boundaries} | session
  delete the keys of another cluster | s3:DeleteObject | ${hosting.keySet('another')} | ${bucketActions}
  delete the bucket of the discovery documents | s3:DeleteBucket | ${hosting.bucket} | ${bucketActions}
  let others write the discovery documents with a bucket policy | s3:PutBucketPolicy | ${hosting.bucket} | ${bucketActions}
  change the distribution of the issuers, or disable it | cloudfront:UpdateDistribution | ${hosting.distribution} | ${cloudFrontActions} | tagged
  remove the tag of the issuers' distribution | cloudfront:UntagResource | ${hosting.distribution} | ${cloudFrontActions} | tagged
  remove the access of the issuers' distribution to its bucket | cloudfront:UpdateOriginAccessControl | ${hosting.access} | ${cloudFrontActions}
  let the distribution of the issuers cache old keys | cloudfront:UpdateCachePolicy | ${hosting.cachePolicy} | ${cloudFrontActions}
  move the issuers' domain, or the portal's, to an attacker's distribution | cloudfront:AssociateAlias | ${ownDistribution} | ${domains}
  move the issuers' domain, or the portal's, to an attacker's distribution, with the newer call | cloudfront:UpdateDomainAssociation | ${ownDistribution} | ${domains}
  `)

/** An attacker who changes the portal gets the tokens of its users. */
const portalFiles: readonly WorkloadAttempt[] = rows(`
  put an attacker's script into the portal | s3:PutObject | ${portal.file('index.html')} | ${bucketActions}
  let the portal send its users to an attacker's issuer, with a bucket policy | s3:PutObject | ${portal.file('config.json')} | ${boundaries} | session
  delete the page of the portal | s3:DeleteObject | ${portal.file('index.html')} | ${bucketActions}
  let others write the files of the portal with a bucket policy | s3:PutBucketPolicy | ${portal.bucket} | ${bucketActions}
  let the distribution of the portal read another bucket | cloudfront:UpdateDistribution | ${portal.distribution} | ${cloudFrontActions} | tagged
  let the function of the portal answer with an attacker's page | cloudfront:UpdateFunction | ${portal.function} | ${cloudFrontActions}
  let pages of the portal load scripts of another origin | cloudfront:UpdateResponseHeadersPolicy | ${portal.headers} | ${cloudFrontActions}
  remove the access of the portal's distribution to its bucket | cloudfront:UpdateOriginAccessControl | ${portal.access} | ${cloudFrontActions}
  `)

const otherStack = 'WorkloadIdentityStaging'
const otherBucket = `arn:aws:s3:::${otherStack.toLowerCase()}-issuersdocuments5e0427e2-a1b2c3d4e5f6`
const otherSecret = 'secret:workload-identity-staging/prod/user-aBcDeF'

/** Attempts on another deployment in the same account, whose names and settings this deployment does not know. */
const betweenDeployments: readonly WorkloadAttempt[] = rows(`
  read a cluster's credentials of another deployment | secretsmanager:GetSecretValue | ${otherSecret} | ${boundaries}
  read the record of another deployment | dynamodb:Query | table/${otherStack}-Record/index/by-list | ${boundaries}
  read a copy of the record of another deployment | s3:GetObject | arn:aws:s3:::${otherStack.toLowerCase()}-recordcopies4ad0d712-a1b2c3d4e5f6/clusters/prod.json | ${bucketActions}
  publish an attacker's key for a cluster of another deployment | s3:PutObject | ${otherBucket}/prod/openid/v1/jwks | ${bucketActions}
  start a setup of another deployment | states:StartExecution | stateMachine:${otherStack}-setup | step-functions/latest/dg/concept-create-iam-advanced.html
  invoke a function of another deployment | lambda:InvokeFunction | function:${otherStack}-CreateRole | lambda/latest/dg/access-control-resource-based.html
  delete the audit log of another deployment | logs:DeleteLogGroup | log-group:${otherStack}-AuditLog | https://attack.mitre.org/techniques/T1562/008/
  send a false notification of another deployment | sns:Publish | ${otherStack}-Notifications | sns/latest/dg/sns-access-policy-use-cases.html
  empty a queue of another deployment | sqs:PurgeQueue | ${otherStack}-DeadLetters | AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-basic-examples-of-sqs-policies.html
  remove the authorizer from a route of another deployment | apigateway:PATCH | arn:aws:apigateway:${account.region}::/apis/another/routes/0a | apigatewayv2/latest/api-reference/apis-apiid-routes-routeid.html
  let the issuers' distribution of another deployment read another bucket | cloudfront:UpdateDistribution | ${cloudFrontArn('distribution/OTHER')} | ${cloudFrontActions} | tagged
  remove the access of another deployment's distribution to its bucket | cloudfront:UpdateOriginAccessControl | ${cloudFrontArn('origin-access-control/OTHER')} | ${cloudFrontActions}
  `)

/** The cells of a row: what is left open, attempt, action, resource and source. */
const leftOpen: readonly WorkloadAttempt[] = rowsIn(`
  run code with other roles: by functions, task definitions, images, pipelines, user data and \`ecs:ExecuteCommand\` | change the code of another function | lambda:UpdateFunctionCode | function:another | ${rhino}
  read and send mail of domains in SES and WorkMail, by which certificates and passwords are requested | receive the mail of a domain | ses:CreateReceiptRule | * | ses/latest/dg/receiving-email-receipt-rules.html
  run commands on machines of Amazon Lightsail | get the access to a machine of Lightsail | lightsail:GetInstanceAccessDetails | ${inAccount('lightsail', 'Instance/0a')} | lightsail/2016-11-28/api-reference/API_GetInstanceAccessDetails.html
  get sessions of other roles from services that have them, such as AWS IoT, DataZone, EMR and notebooks of SageMaker AI | let a certificate get the role of an alias | iot:AttachPolicy | ${inAccount('iot', 'cert/0a')} | iot/latest/developerguide/authorizing-direct-aws.html
  change user pools of Cognito that are no issuers of its deployment | become an administrator of another deployment with its user pool | cognito-idp:AdminAddUserToGroup | ${inAccount('cognito-idp', `userpool/${account.region}_Other1234`)} | cognito-user-identity-pools/latest/APIReference/API_AdminAddUserToGroup.html
  change key policies and delete keys in KMS, also the keys of \`kmsKeys\` | delete a key | kms:ScheduleKeyDeletion | ${inAccount('kms', 'key/0a')} | kms/latest/developerguide/deleting-keys.html
  change private hosted zones, resolver rules, routes, and security groups, also those of \`network\` | open a security group of the functions | ec2:AuthorizeSecurityGroupIngress | ${inAccount('ec2', 'security-group/sg-0a1b2c3d')} | vpc/latest/userguide/vpc-security-groups.html
  change GuardDuty, Security Hub, Config, metric filters and backups | delete a detector of GuardDuty | guardduty:DeleteDetector | ${inAccount('guardduty', 'detector/0a')} | https://attack.mitre.org/techniques/T1562/001/
  change other secrets and parameters, and the policies of other resources | change a parameter that another stack reads | ssm:PutParameter | parameter/another | systems-manager/latest/APIReference/API_PutParameter.html
  share snapshots and images with other accounts | share a snapshot with an attacker | ec2:ModifySnapshotAttribute | ${inAccount('ec2', 'snapshot/snap-0a1b2c3d').replace(account.id, '')} | https://attack.mitre.org/techniques/T1537/
  use up the money and the quotas of the account, such as the concurrent executions of Lambda that the API needs | reserve the concurrency of the account for another function | lambda:PutFunctionConcurrency | function:another | lambda/latest/dg/configuration-concurrency.html
  `).map(([open = '', name = '', action = '', resource = '', source = '']) => ({
  ...awsAttempt(name, action, resource, source),
  leftOpen: open,
}))

/** An attempt that policies of the default settings allow. */
const byPrivateCa: WorkloadAttempt = {
  ...awsAttempt(
    'get the session of a role of IAM Roles Anywhere, with a certificate of its private CA',
    'acm-pca:IssueCertificate',
    inAccount('acm-pca', 'certificate-authority/0a'),
    'rolesanywhere/latest/userguide/trust-model.html',
  ),
  otherwise: 'Only a policy that names the private CA of a trust anchor gives the right: give it to no workload.',
}

export const workloadAttempts: readonly WorkloadAttempt[] = [
  ...identities,
  ...runningCode,
  ...deployment,
  ...hostedIssuers,
  ...portalFiles,
  ...indirectBucketAccess,
  ...reports,
  ...dns,
  ...betweenDeployments,
  ...leftOpen,
  byPrivateCa,
]
