/** The attempts of docs/permissions.md in groups, with the control that refuses each group. */

export interface Group {
  readonly tried: string
  /** The control that refuses them. */
  readonly by: string
  /** The actions of the attempts in AWS. */
  readonly actions: RegExp
}

export const functionGroups: readonly Group[] = [
  {
    tried: 'create an identity, pass a role to a service, or change the permissions boundary',
    by: 'no function has such a permission',
    actions: /^iam:(PassRole|CreateAccessKey|CreatePolicyVersion|DeleteRolePermissionsBoundary)$/,
  },
  {
    tried:
      'create, change or delete a role outside the role path, of another deployment, or without the boundary; attach another policy',
    by: 'conditions on path, tags, boundary and policy ARN',
    actions: /^iam:\w*Role/,
  },
  {
    tried: 'create, change or delete an OIDC provider of another deployment',
    by: 'conditions on tags',
    actions: /^iam:\w*OpenIDConnectProvider/,
  },
  {
    tried: 'assume a role of the CDK, or in a member account',
    by: 'ARNs of roles; only steps that need IAM may begin the chain of roles',
    actions: /^sts:/,
  },
  {
    tried: 'read or replace credentials of clusters or of Google Cloud, or secrets below another prefix',
    by: 'ARNs of secrets; only RenewCredentials writes',
    actions: /^secretsmanager:/,
  },
  {
    tried: 'take a claim from another cluster; change records, specs, concurrency slots or idempotency keys',
    by: 'conditions on the partition keys of the table',
    actions: /^dynamodb:/,
  },
  {
    tried: 'start or stop an operation, call a function of another workflow, or change a workflow',
    by: 'ARNs of state machines, executions and functions',
    actions: /^(states:|lambda:InvokeFunction$)/,
  },
  {
    tried: 'write or delete documents of hosted issuers, or assets of the CDK',
    by: 'ARNs of objects; only PublishDiscovery, RevokeKey and RemoveDiscovery have them',
    actions: /^(s3|cloudfront):/,
  },
  {
    tried: 'use a KMS key directly or for another service; delete or grant it',
    by: 'conditions on the service that calls KMS',
    actions: /^kms:/,
  },
  {
    tried: 'change code, stacks, logs, notifications, rules or network interfaces',
    by: 'no function has such a permission, or a condition',
    actions: /^(cloudformation|ec2|events|lambda|logs|sns|sqs):/,
  },
]

export const workloadGroups: readonly Group[] = [
  {
    tried:
      'change users, roles, the boundary, the account or its organization; assume a role, or get a token of the account',
    by: 'all actions are denied; only roles of `assumableRoleArns` may be assumed',
    actions:
      /^((account|cognito-identity|ds|ds-data|iam|identity-sync|identitystore|kinesis|organizations|rolesanywhere|sso|sso-directory|sso-oauth|sts):|dynamodb:(Purchase|UpdateAbac)|s3:PutAccount|sns:SetSMS)/,
  },
  {
    tried: 'become an administrator of the API with a user pool of Cognito',
    by: 'ARNs of the user pools that are issuers in `access`',
    actions: /^cognito-idp:/,
  },
  {
    tried: 'run code with another role by stacks, builds, images of the CDK or EKS clusters; stop a trail',
    by: 'the actions are denied; images of the CDK by ARN',
    actions: /^(cloudformation|cloudtrail|codebuild|ecr|eks|servicecatalog):/,
  },
  {
    tried: 'run commands on machines; read or change parameters of the CDK',
    by: 'the actions are denied; parameters of the CDK by ARN',
    actions: /^(ec2-instance-connect|ec2messages|ssm|ssmmessages):/,
  },
  {
    tried: 'read or change the record, its copies in DynamoDB, or credentials of clusters',
    by: 'the start of the names of tables and secrets, in every region',
    actions: /^(dynamodb|secretsmanager):/,
  },
  {
    tried: 'read, write or delete files of a deployment or the CDK, also with an access point or S3 Access Grants',
    by: 'the start of the names of buckets; access points and grants are denied',
    actions: /^s3:/,
  },
  {
    tried: 'change or call functions, workflows, schedules or rules; receive the events of operations',
    by: 'the start of the names; new rules are denied',
    actions: /^(lambda:|scheduler:|states:|events:(DisableRule|PutPermission|PutRule|UpdateEventBus)$)/,
  },
  {
    tried: 'call the API of a deployment, or change it or its domain',
    by: 'the paths of the API; changes of all HTTP APIs are denied; the tag of the domain',
    actions: /^(apigateway|execute-api):/,
  },
  {
    tried: 'change the distributions of hosted issuers and the portal, or move their domains',
    by: 'the tag of the distributions; moves of domains, and changes of policies and origin access, are denied',
    actions: /^cloudfront:/,
  },
  {
    tried: 'point a domain of its deployment to another server, or get a certificate for it',
    by: 'conditions on the names and types of DNS records; certificates of ACM are denied',
    actions: /^(acm|route53|route53domains):/,
  },
  {
    tried: 'forge, read or suppress notifications, metrics, alarms and logs',
    by: 'the start of the names; conditions on event source and metric namespace; policies of the account are denied',
    actions: /^(chatbot|cloudwatch|events|logs|oam|sns|sqs):/,
  },
]
