import { bool, int, intOrString, map, obj, oneOf, str } from '../kinds/schema.ts'
import { conditions, kindOf, labelSelector } from './meta.ts'
import { podTemplate } from './pod.ts'

export const deployment = kindOf({
  spec: obj(
    {
      replicas: int(1),
      selector: labelSelector,
      template: podTemplate,
      strategy: obj({
        type: oneOf(['RollingUpdate', 'Recreate'], 'RollingUpdate'),
        rollingUpdate: obj({ maxSurge: intOrString(), maxUnavailable: intOrString() }),
      }),
      minReadySeconds: int(),
      revisionHistoryLimit: int(10),
      paused: bool(),
      progressDeadlineSeconds: int(600),
    },
    ['selector', 'template'],
  ),
  status: obj({
    observedGeneration: int(),
    replicas: int(),
    updatedReplicas: int(),
    readyReplicas: int(),
    availableReplicas: int(),
    unavailableReplicas: int(),
    terminatingReplicas: int(),
    collisionCount: int(),
    conditions,
  }),
})

export const replicaSet = kindOf({
  spec: obj({ replicas: int(1), minReadySeconds: int(), selector: labelSelector, template: podTemplate }, ['selector']),
  status: obj({
    replicas: int(),
    fullyLabeledReplicas: int(),
    readyReplicas: int(),
    availableReplicas: int(),
    terminatingReplicas: int(),
    observedGeneration: int(),
    conditions,
  }),
})

export const podDisruptionBudget = kindOf({
  spec: obj({
    minAvailable: intOrString(),
    maxUnavailable: intOrString(),
    selector: labelSelector,
    unhealthyPodEvictionPolicy: str(),
  }),
  status: obj({
    observedGeneration: int(),
    disruptionsAllowed: int(),
    currentHealthy: int(),
    desiredHealthy: int(),
    expectedPods: int(),
    disruptedPods: map(),
    conditions,
  }),
})
