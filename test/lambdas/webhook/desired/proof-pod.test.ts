import { describe, expect, it } from 'vitest'
import {
  missingFromPod,
  type PodLike,
  proofPod,
  requireMutated,
} from '../../../../lambdas/webhook/desired/proof-pod.ts'
import { tokenSeconds } from '../../../../lambdas/webhook/desired/token-mount.ts'

const roleArn = 'arn:aws:iam::123456789012:role/workload-identity/a'
const directory = '/var/run/secrets/eks.amazonaws.com/serviceaccount'
const workload = { namespace: 'default', serviceAccount: 's3-reader' }

/** A pod as the webhook returns it. */
function mutated() {
  return {
    spec: {
      containers: [
        {
          name: 'proof',
          env: [
            { name: 'AWS_ROLE_ARN', value: roleArn },
            { name: 'AWS_WEB_IDENTITY_TOKEN_FILE', value: `${directory}/token` },
          ],
          volumeMounts: [{ name: 'aws-iam-token', mountPath: directory, readOnly: true }],
        },
      ],
      volumes: [
        {
          name: 'aws-iam-token',
          projected: {
            sources: [
              { serviceAccountToken: { audience: 'sts.amazonaws.com', expirationSeconds: 86_400, path: 'token' } },
            ],
          },
        },
      ],
    },
  }
}

describe('a pod of the workload', () => {
  it('lacks nothing after the webhook', () => {
    expect(missingFromPod(mutated(), roleArn)).toEqual([])
    expect(() => requireMutated(mutated(), workload, roleArn)).not.toThrow()
  })

  it('lacks nothing when others have added containers, variables, mounts and volumes', () => {
    const pod = mutated()
    const [own, volume] = [pod.spec.containers[0], pod.spec.volumes[0]]
    const sources = [{}, ...(volume?.projected.sources ?? [])]
    const [env, mount] = [
      { name: 'A', value: roleArn },
      { name: 'a', mountPath: '/a' },
    ]
    const others = {
      containers: [
        { name: 'sidecar' },
        { name: 'proof', env: [env, ...(own?.env ?? [])], volumeMounts: [mount, ...(own?.volumeMounts ?? [])] },
      ],
      volumes: [{ name: 'a' }, { name: 'aws-iam-token', projected: { sources } }],
    }
    expect(missingFromPod({ spec: others }, roleArn)).toEqual([])
  })

  it('lacks nothing with a token of exactly the lifetime that the proof needs', () => {
    expect(missingFromPod(changeToken(mutated(), { expirationSeconds: tokenSeconds }), roleArn)).toEqual([])
    expect(missingFromPod(changeToken(mutated(), { expirationSeconds: tokenSeconds - 1 }), roleArn)).toHaveLength(1)
  })

  it('lacks each part without the webhook, and each is named', () => {
    expect(missingFromPod(proofPod(workload), roleArn)).toEqual([
      `environment variable AWS_ROLE_ARN=${roleArn}`,
      `environment variable AWS_WEB_IDENTITY_TOKEN_FILE=${directory}/token`,
      `read-only mount of aws-iam-token at ${directory}`,
      'volume aws-iam-token with a token for sts.amazonaws.com',
    ])
    expect(() => requireMutated({}, workload, roleArn)).toThrow(/^ServiceAccount default\/s3-reader: .*AWS_ROLE_ARN/)
  })

  it.each<[string, (pod: ReturnType<typeof mutated>) => PodLike]>([
    [
      'AWS_ROLE_ARN',
      (pod) =>
        changeContainer(pod, (one) => ({
          ...one,
          env: [{ name: 'AWS_ROLE_ARN', value: 'another' }, ...one.env.slice(1)],
        })),
    ],
    [
      'AWS_ROLE_ARN',
      (pod) =>
        changeContainer(pod, (one) => ({ ...one, env: [{ name: 'ROLE_ARN', value: roleArn }, ...one.env.slice(1)] })),
    ],
    [
      'read-only mount',
      (pod) =>
        changeContainer(pod, (one) => ({
          ...one,
          volumeMounts: [{ name: 'other', mountPath: directory, readOnly: true }],
        })),
    ],
    ['AWS_WEB_IDENTITY_TOKEN_FILE', (pod) => changeContainer(pod, (one) => ({ ...one, env: one.env.slice(0, 1) }))],
    [
      'read-only mount',
      (pod) =>
        changeContainer(pod, (one) => ({ ...one, volumeMounts: [{ name: 'aws-iam-token', mountPath: directory }] })),
    ],
    [
      'read-only mount',
      (pod) =>
        changeContainer(pod, (one) => ({
          ...one,
          volumeMounts: [{ name: 'aws-iam-token', mountPath: '/x', readOnly: true }],
        })),
    ],
    ['volume', (pod) => changeToken(pod, { audience: 'vault' })],
    ['volume', (pod) => changeToken(pod, { path: 'jwt' })],
    ['volume', (pod) => changeToken(pod, { expirationSeconds: 60 })],
  ])('lacks only the %s that differs', (part, change) => {
    const missing = missingFromPod(change(mutated()), roleArn)
    expect(missing).toHaveLength(1)
    expect(missing[0]).toContain(part)
  })

  it('meets the Restricted policy of the Pod Security Standards', () => {
    expect(proofPod(workload).spec).toMatchObject({
      serviceAccountName: 's3-reader',
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [{ securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } }],
    })
  })
})

type Mutated = ReturnType<typeof mutated>
type Container = Mutated['spec']['containers'][number]

function changeContainer(
  pod: Mutated,
  change: (container: Container) => NonNullable<PodLike['spec']>['containers'][number],
): PodLike {
  return { spec: { ...pod.spec, containers: pod.spec.containers.map(change) } }
}

function changeToken(pod: Mutated, token: Readonly<Record<string, unknown>>): PodLike {
  const serviceAccountToken = { audience: 'sts.amazonaws.com', expirationSeconds: 86_400, path: 'token', ...token }
  return {
    spec: { ...pod.spec, volumes: [{ name: 'aws-iam-token', projected: { sources: [{ serviceAccountToken }] } }] },
  }
}
