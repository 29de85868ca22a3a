import { definition, runStubbed, type StepStub } from './definitions.ts'
import type { TaskCall, WorkflowRun } from './workflow.ts'

export const setupMachine = definition('setup')

const facts = {
  clusterId: 'c-1',
  issuerUrl: 'https://storage.googleapis.com/bucket/c-1',
  jwksUri: 'https://storage.googleapis.com/bucket/c-1/openid/v1/jwks',
  kubernetesVersion: '1.33.2',
  kubernetesMinor: 33,
}

/** What the steps answer when all goes well, as recorded from them. */
export const allWell: Readonly<Record<string, StepStub>> = {
  CreateBucket: { ready: true, bucket: 'bucket' },
  ApplyCluster: { ready: true },
  CheckCluster: { ready: true, ...facts },
  DeployWebhook: {
    ready: true,
    mode: 'own-ca',
    image: 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook:v0.6.17',
    namespace: 'workload-identity-webhook',
    replicas: 2,
  },
  ApproveCsr: { ready: true },
  CheckWebhook: { ready: true },
  ActivateWebhook: { ready: true },
  RegisterOidc: { ready: true, providerArn: `arn:aws:iam::000000000000:oidc-provider/${facts.issuerUrl.slice(8)}` },
  CreateRole: (call) => ({ ready: true, roleArn: `arn:aws:iam::000000000000:role/workload-identity/${itemOf(call)}` }),
  BindKsa: { ready: true },
  Verify: { ready: true, subject: 'system:serviceaccount:default:s3-reader' },
  RecordResult: { ready: true },
  RecordFailure: { ready: true, name: 'X', step: 'Y', object: 'the object', reason: 'it broke', action: 'Mend it' },
  NotifySucceeded: { MessageId: '1' },
  NotifyFailed: { MessageId: '1' },
}

/** Runs the workflow with these answers in place of those of {@link allWell}. */
export function runSetup(request: object, stubs: Readonly<Record<string, StepStub>> = {}): Promise<WorkflowRun> {
  return runStubbed(setupMachine, request, { ...allWell, ...stubs })
}

function itemOf(call: TaskCall): string {
  return String(Reflect.get(Reflect.get(Object(call.arguments), 'Payload'), 'item')).replace('/', '-')
}
