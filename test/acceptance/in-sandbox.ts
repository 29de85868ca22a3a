import type { Observations } from './differences.ts'

/** The observations in the sandbox. test/long/acceptance/acceptance.test.ts fails when they change. */
export const inSandbox: Observations = {
  'outputs of the stack':
    'ApiId, ApiUrl, BatchStateMachineArn, ClustersStateMachineArn, DriftStateMachineArn, DriftsStateMachineArn, IssuerBucketName, IssuerDistributionHost, IssuerHost, KeyRefreshStateMachineArn, KeyRevocationStateMachineArn, NotificationTopicArn, PermissionsBoundaryArn, PlanStateMachineArn, RecordCopiesBucketName, RotationStateMachineArn, SetupStateMachineArn, TableName, TeardownStateMachineArn, VerificationStateMachineArn, Version',
  'resources of the stack that are not CREATE_COMPLETE': 'none',
  'setup: steps':
    'ActivateWebhook, BindKsa, CheckCluster, CheckIssuer, CheckWebhook, CreateRole, DeployWebhook, PublishDiscovery, RegisterOidc, Verify',
  'setup: changes': '1 updated, 15 created, 2 deleted',
  'setup: refused tokens': 'AccessDenied, InvalidIdentityToken',
  'verification: steps': 'CheckCluster, Verify',
  'verification: changes': 'none',
  'verification: refused tokens': 'AccessDenied, InvalidIdentityToken',
  'rotation: steps':
    'AcquireLock, BeginVerification, CheckVerification, FindClusters, NarrowTrust, PublishDiscovery, ReleaseLock, RenewCertificate, RenewCredentials, RotateThumbprints',
  'rotation: changes': 'none',
  'rotation: clusters': 'unchanged',
  'teardown: steps': 'DeleteProvider, DeleteRole, ObserveCluster, RemoveDiscovery, RemoveWebhook, UnbindKsa',
  'teardown: changes': '13 deleted',
  'teardown: remains': 'none',
}
