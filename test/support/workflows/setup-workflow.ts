import { encodeFailure } from '../../../lambdas/errors/failure-codec.ts'
import { failureIn } from '../../../lambdas/workflows/caught-state.ts'
import { errorOfFailures } from '../../../lambdas/workflows/setup/failures.ts'
import { description } from '../../../lambdas/workflows/setup/record-result.step.ts'
import { definition, runStubbed, type StepStub, type StubbedRun } from './definitions.ts'
import type { TaskCall } from './workflow.ts'
import { lambdaTasksOf, payloadOf } from './workflow-parts.ts'

export const setupMachine = definition('setup')

/** The facts that CheckCluster finds. */
export const facts = {
  clusterId: 'c-1',
  issuerUrl: 'https://storage.googleapis.com/bucket/c-1',
  jwksUri: 'https://storage.googleapis.com/bucket/c-1/openid/v1/jwks',
  kubernetesVersion: '1.33.2',
  kubernetesMinor: 33,
}

/** The answers of the steps in a successful run. */
export const allWell: Readonly<Record<string, StepStub>> = {
  ...Object.fromEntries(lambdaTasksOf(setupMachine).map(([state]) => [state, { ready: true }])),
  CreateBucket: { ready: true, bucket: 'bucket' },
  CheckCluster: { ready: true, ...facts },
  DeployWebhook: {
    ready: true,
    mode: 'own-ca',
    image: 'public.ecr.aws/eks/amazon-eks-pod-identity-webhook:v0.6.17',
    namespace: 'workload-identity-webhook',
    replicas: 2,
  },
  RegisterOidc: { ready: true, providerArn: `arn:aws:iam::000000000000:oidc-provider/${facts.issuerUrl.slice(8)}` },
  CreateRole: (call) => ({ ready: true, roleArn: `arn:aws:iam::000000000000:role/workload-identity/${itemOf(call)}` }),
  Verify: { ready: true, subject: 'system:serviceaccount:default:s3-reader' },
  RecordResult: recordedResult,
}

/** Runs the workflow. `stubs` replaces some of the answers of {@link allWell}. */
export function runSetup(request: object, stubs: Readonly<Record<string, StepStub>> = {}): Promise<StubbedRun> {
  return runStubbed(setupMachine, request, { ...allWell, ...stubs })
}

/** The answer of RecordResult when no step has recorded its failure. */
function recordedResult(call: TaskCall): object {
  const { failures } = description.input.parse(payloadOf(call).input)
  const error = errorOfFailures(failures.map((one) => failureIn(one, 'prod-eu', [])))
  if (!error) return { ready: true, complete: true }
  return {
    ready: true,
    complete: false,
    error: error.name,
    cause: JSON.stringify({ errorMessage: encodeFailure(error) }),
  }
}

function itemOf(call: TaskCall): string {
  return String(Reflect.get(Reflect.get(Object(call.arguments), 'Payload'), 'item')).replace('/', '-')
}
