/** The test of each command of the pages, by the text of the command. */

/**
 * The commands that test/long/commands/documented-commands.test.ts runs in one sandbox, in this order, with a text that the output must
 * contain.
 */
export const session: Readonly<Record<string, string>> = {
  'npx wid status edge-1': 'default/s3-reader',
  'npx wid status prod-eu': 'default/s3-reader',
  'npx wid manifest edge-1 default/s3-reader': 'serviceAccountName: s3-reader',
  'npx wid drift edge-1': 'edge-1',
  'npx wid teardown edge-1 --yes': 'edge-1 is torn down',
  'npx wid diff -f examples/anthos-on-aws.yaml': 'prod-eu',
  'npx wid workload add prod-eu default/reports --policy arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess':
    'Proof for system:serviceaccount:default:reports',
  'npm run sandbox -- cluster nat --kind public-issuer --agent': 'npx wid enroll nat | helm upgrade',
  'npx wid apply --yes -f .sandbox/requests/nat.yaml': 'Proof for system:serviceaccount:default:s3-reader',
  'npx wid drift nat': 'nat',
  'npx wid verify prod-eu': 'Proof for system:serviceaccount:default:reports',
  "curl -si -X POST http://127.0.0.1:8080/v1/setups -H 'content-type: application/json' -d @examples/existing-cluster.json":
    '202 Accepted',
  'curl -s -X POST http://127.0.0.1:8080/v1/setups -H \'content-type: application/json\' -d \'{"cluster":{"name":"Prod_EU","provider":"existing","credentialsSecretArn":"kubeconfig of prod"},"workloads":[{"namespace":"default","serviceAccount":"s3-reader","role":{"policyArns":[]}}]}\'':
    'urn:workload-identity:problem:invalid-request',
  'curl -s http://127.0.0.1:8080/v1/operations': '"operations"',
  'curl -s http://127.0.0.1:8080/v1/operations?status=failed': '"operations"',
  "curl -s 'http://127.0.0.1:8080/v1/clusters/prod-eu/workloads/default/s3-reader/manifest?kind=Deployment&image=amazon/aws-cli'":
    'kind: Deployment',
  "curl -s 'http://127.0.0.1:8080/v1/access?cluster=prod-eu&namespace=payments'": '"actions"',
  'wid init -f edge-1.yaml --kind private-issuer --name edge-1 --region eu-west-1 --account 111122223333 --namespace default --service-account s3-reader --policy arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess':
    'edge-1.yaml',
  'npm run --silent deployment -- member-template > member-account.yaml': '',
  'npm run --silent deployment -- cost --clusters 50 --workloads 5': 'in all',
  'curl --aws-sigv4 "aws:amz:$AWS_REGION:execute-api" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" -H \'content-type: application/json\' --data-binary @examples/setup.json "$WID_API/v1/setups"':
    '"operationId"',
}

const inSession = 'test/long/commands/documented-commands.test.ts'

/** The test of a command, which may run it with other names, or call its code. */
export const runElsewhere: Readonly<Record<string, string>> = {
  "curl -s -X DELETE http://127.0.0.1:8080/v1/clusters/prod-eu -H 'x-local-user: developer'": 'test/e2e/access.test.ts',
  'npm start': 'test/sandbox/start.test.ts',
  'npm test': '.ci/run',
  'npm run check': '.ci/run',
  'npm ci --omit=dev': 'test/long/release/kit.test.ts',
  'sha256sum --check --ignore-missing SHA256SUMS': 'test/long/release/reproducible.test.ts',
  'tar -xzf workload-identity-deployment-1.0.0.tgz': 'test/long/release/kit.test.ts',
  'cd workload-identity-deployment-1.0.0': 'test/long/release/kit.test.ts',
  'npx cdk synth --quiet -c settings=production.yaml': 'test/infra/settings/settings-file.test.ts',
  'npx wid apply --yes -f examples/kubeadm.yaml': inSession,
  'npm run sandbox -- issuers edge-1 NEW_ISSUER OLD_ISSUER': inSession,
  'npm run deployment -- recover --table TABLE --bucket BUCKET --deployment ACCOUNT/REGION/STACK':
    'test/long/deployment/recovery.test.ts',
  "npm run deployment -- recover --table TABLE --bucket BUCKET --deployment ACCOUNT/REGION/STACK --assign 'KIND:NAME=CLUSTER'":
    'test/infra/recovery/recover.sandbox.test.ts',
  'npm run deployment -- versions --stack STACK': 'test/infra/versions/versions.sandbox.test.ts',
  'npm run deployment -- versions --stack STACK --delete': 'test/infra/versions/versions.sandbox.test.ts',
  'npm run deployment -- acceptance --profile PROFILE --region REGION --kubeconfig FILE':
    'test/long/acceptance/acceptance.test.ts',
  'npm install --global ./workload-identity-1.0.0.tgz': 'test/release/wid-package.test.ts',
  'wid init': 'test/client/request/questions.test.ts',
  'wid doctor': 'test/long/commands/cli-connect.test.ts',
  'wid doctor --deployment production.yaml': 'test/cli/doctor/deployment/deployment.sandbox.test.ts',
  'wid connect edge-1 -f edge-1.yaml': 'test/long/commands/cli-connect.test.ts',
  'wid apply -f edge-1.yaml': 'test/e2e/own-clusters.test.ts',
  'wid login --issuer https://login.example.com --client-id wid': 'test/cli/sign-in/login.test.ts',
  'wid connect prod-eu -f prod-eu.yaml': 'test/long/commands/cli-connect.test.ts',
  'wid rights prod-eu --apply': 'test/long/commands/cli-connect.test.ts',
  'wid revoke-key prod KID': 'test/e2e/hosted-issuer.test.ts',
  'curl -s -X POST "$WID_API/v1/clusters/prod/signing-keys/KID/accept" -H \'content-type: application/json\' -d \'{"thumbprint":"THUMBPRINT"}\'':
    'test/e2e/accepted-keys.test.ts',
  'wid accept-key prod KID': 'test/e2e/accepted-keys.test.ts',
  'tar -xzf workload-identity-agent-image-1.0.0.tgz': 'test/long/release/reproducible.test.ts',
  'npx wid apply -f .sandbox/requests/my-kind.yaml': 'test/e2e/own-clusters.test.ts',
  'npx wid connect my-kind -f .sandbox/requests/my-kind.yaml --kubeconfig .sandbox/kubeconfigs/my-kind.yaml':
    'test/e2e/own-clusters.test.ts',
  'npm run sandbox -- cluster my-kind --kubeconfig kind.yaml': 'test/e2e/own-clusters.test.ts',
  'npx wid connect shop': 'test/e2e/own-clusters.test.ts',
  'npx wid apply -f .sandbox/requests/shop.yaml': 'test/e2e/own-clusters.test.ts',
  'npm run sandbox -- cluster shop': 'test/e2e/own-clusters.test.ts',
}

const needsAws = 'it needs an AWS account'
const needsCluster = 'it needs a cluster of this distribution'
const needsPods = 'it needs a cluster that runs pods'
const needsKubectl =
  'it needs kubectl and a cluster of the reader; the functions read the same paths in test/e2e/hosted-issuer.test.ts'

/** The reasons that no test runs a command. */
export const notRunHere: Readonly<Record<string, string>> = {
  'docker build --tag REGISTRY/agent:1.0.0 workload-identity-agent-image-1.0.0':
    'it needs Docker; test/image/agent-image.test.ts builds the image with Buildah',
  'terraform apply': 'it needs Terraform',
  'terraform init': 'it needs Terraform',
  'kind get kubeconfig > kind.yaml': 'it needs a cluster of kind',
  'kubectl -n workload-identity-webhook patch serviceaccount pod-identity-webhook -p \'{"imagePullSecrets":[{"name":"registry"}]}\'':
    needsPods,
  'kubectl -n workload-identity-webhook delete pods --all': needsPods,
  'npm run test:watch -- trust-policy': 'it ends when somebody presses a key',
  'npm run test:watch -- bind-ksa': 'it ends when somebody presses a key',
  'npm run test:watch -- --inspect-brk --no-file-parallelism bind-ksa.kubernetes': 'it waits for a debugger',
  'npm run docs -- site': 'it serves until Ctrl-C; .ci/run runs npm run docs -- site --build',
  'export WID_API=https://API_ID.execute-api.eu-west-1.amazonaws.com/staff': needsAws,
  'export AWS_REGION=eu-west-1': needsAws,
  'aws sts get-caller-identity': needsAws,
  'npx cdk bootstrap -c settings=production.yaml': needsAws,
  'npx cdk deploy -c settings=production.yaml': needsAws,
  'aws iam create-role --role-name WorkloadIdentityAdministrator --assume-role-policy-document file://trust.json':
    needsAws,
  'aws iam put-role-policy --role-name WorkloadIdentityAdministrator --policy-name workload-identity --policy-document file://policy.json':
    needsAws,
  'export AWS_PROFILE=wid': needsAws,
  'export WID_API=https://API_ID.execute-api.eu-west-1.amazonaws.com': needsAws,
  'aws dynamodb update-table --table-name TABLE_NAME --no-deletion-protection-enabled': needsAws,
  'aws dynamodb delete-table --table-name TABLE_NAME': needsAws,
  'aws s3api delete-bucket --bucket BUCKET_NAME': needsAws,
  "aws logs describe-log-groups --log-group-name-pattern STACK --query 'logGroups[].logGroupName'": needsAws,
  'aws logs delete-log-group --log-group-name LOG_GROUP_NAME': needsAws,
  "aws iam list-policy-versions --policy-arn BOUNDARY_ARN --query 'Versions[?!IsDefaultVersion].VersionId'": needsAws,
  'aws iam delete-policy-version --policy-arn BOUNDARY_ARN --version-id VERSION_ID': needsAws,
  'aws iam delete-policy --policy-arn BOUNDARY_ARN': needsAws,
  'aws cloudformation deploy --region ANY_ONE_REGION --template-file member-account.yaml --stack-name WorkloadIdentityMember --capabilities CAPABILITY_NAMED_IAM --parameter-overrides DeploymentAccount=ACCOUNT DeploymentRegion=REGION ExternalId=EXTERNAL_ID':
    needsAws,
  "aws iam list-roles --path-prefix ROLE_PATH --query 'Roles[].Arn'": needsAws,
  'aws iam list-entities-for-policy --policy-usage-filter PermissionsBoundary --policy-arn arn:aws:iam::MEMBER_ACCOUNT:policy/STACK-ACCOUNT-REGION':
    needsAws,
  'aws dynamodb restore-table-to-point-in-time --source-table-name "$TABLE" --target-table-name "$TABLE-before" --restore-date-time 2026-11-28T09:00:00Z':
    needsAws,
  "aws cloudformation describe-stacks --stack-name STACK --query 'Stacks[0].Outputs' --output table": needsAws,
  'aws dynamodb wait table-exists --table-name "$TABLE"': needsAws,
  'aws dynamodb wait table-exists --table-name "$TABLE-before"': needsAws,
  'aws dynamodb wait table-not-exists --table-name "$TABLE"': needsAws,
  'aws dynamodb describe-backup --backup-arn BACKUP_ARN': needsAws,
  'aws dynamodb create-backup --table-name "$TABLE-before" --backup-name before': needsAws,
  'aws dynamodb update-table --table-name "$TABLE" --no-deletion-protection-enabled': needsAws,
  'aws dynamodb update-table --table-name "$TABLE" --deletion-protection-enabled': needsAws,
  'aws dynamodb delete-table --table-name "$TABLE"': needsAws,
  'aws dynamodb list-backups --table-name "$TABLE" --backup-type SYSTEM': needsAws,
  'aws dynamodb restore-table-from-backup --backup-arn BACKUP_ARN --target-table-name "$TABLE"': needsAws,
  'aws dynamodb update-time-to-live --table-name "$TABLE" --time-to-live-specification Enabled=true,AttributeName=expiresAt':
    needsAws,
  'aws dynamodb update-continuous-backups --table-name "$TABLE" --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true':
    needsAws,
  'aws iam list-open-id-connect-providers': needsAws,
  'aws accessanalyzer create-archive-rule --analyzer-name ANALYZER --rule-name workload-identity --filter \'{"resourceType":{"eq":["AWS::IAM::Role"]},"resource":{"contains":[":role/workload-identity/"]},"principal.Federated":{"contains":[":oidc-provider/ISSUER_HOST"]},"isPublic":{"eq":["false"]}}\'':
    needsAws,
  'aws accessanalyzer apply-archive-rule --analyzer-arn ANALYZER_ARN --rule-name workload-identity': needsAws,
  "aws ec2 describe-network-interfaces --filters 'Name=description,Values=AWS Lambda VPC ENI-STACK-*' --query 'NetworkInterfaces[].NetworkInterfaceId'":
    needsAws,
  'aws iam get-role --role-name PlatformAdministrator --query Role.RoleId --output text': needsAws,
  'aws sns subscribe --topic-arn TOPIC_ARN --protocol email --notification-endpoint you@example.com': needsAws,
  'aws secretsmanager create-secret --name PREFIX/google-credentials --secret-string file://key.json': needsAws,
  'aws secretsmanager create-secret --name PREFIX/prod-eu/user-cluster --secret-string file://prod-eu.yaml': needsAws,
  'aws secretsmanager create-secret --name PREFIX/prod-eu/management --secret-string file://management.yaml': needsAws,
  "aws cloudformation list-stack-resources --stack-name STACK --output text --query \"StackResourceSummaries[?starts_with(LogicalResourceId,'CreateBucketRole')||starts_with(LogicalResourceId,'EmptyBucketRole')].PhysicalResourceId\"":
    needsAws,
  'gcloud iam service-accounts add-iam-policy-binding NAME@PROJECT.iam.gserviceaccount.com --role=roles/iam.workloadIdentityUser --member=principalSet://iam.googleapis.com/projects/NUMBER/locations/global/workloadIdentityPools/POOL/attribute.aws_role/arn:aws:sts::ACCOUNT:assumed-role/ROLE':
    'it needs a project of Google Cloud',
  'gcloud iam workload-identity-pools create-cred-config projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/PROVIDER --service-account=NAME@PROJECT.iam.gserviceaccount.com --aws --output-file=key.json':
    'it needs a project of Google Cloud',
  'kubectl get --raw /.well-known/openid-configuration': needsKubectl,
  'kubectl get --raw /.well-known/openid-configuration > openid-configuration': needsKubectl,
  "kubectl get --raw /openid/v1/jwks | jq -cjS '.keys[] | select(.kid == \"KID\") | {crv, e, kty, n, x, y} | del(..|nulls)' | openssl dgst -sha256 -binary | openssl base64 | tr '+/' '-_' | tr -d =":
    needsKubectl,
  'kubectl get --raw /openid/v1/jwks > jwks': needsKubectl,
  "kubectl create token default --audience sts.amazonaws.com --duration 10m | cut -d . -f 2 | tr '_-' '/+' | base64 -d 2>/dev/null":
    needsKubectl,
  'kubeadm init phase control-plane apiserver --config cluster.yaml': needsCluster,
  'minikube start --extra-config=apiserver.service-account-issuer=https://oidc.example.com/prod': needsCluster,
  'oc patch authentication cluster --type merge -p \'{"spec":{"serviceAccountIssuer":"https://oidc.example.com/prod"}}\'':
    needsCluster,
  'curl -s https://oidc.example.com/prod/.well-known/openid-configuration': 'it needs a public issuer of the reader',
}
