import { bool, int, list, obj, oneOf, set, str } from '../schema.ts'
import { objectReference } from './core.ts'
import { conditions, kindOf, labelSelector, metadata } from './meta.ts'
import { podTemplate } from './pod.ts'

const onExitCodes = obj({ containerName: str(), operator: str(), values: set(int()) }, ['operator', 'values'])
const onPodCondition = obj({ type: str(), status: str() }, ['type', 'status'])
const failureRule = obj({ action: str(), onExitCodes, onPodConditions: list(onPodCondition) }, ['action'])

const jobSpec = obj(
  {
    parallelism: int(),
    completions: int(),
    activeDeadlineSeconds: int(),
    podFailurePolicy: obj({ rules: list(failureRule) }, ['rules']),
    successPolicy: obj({ rules: list(obj({ succeededIndexes: str(), succeededCount: int() })) }, ['rules']),
    backoffLimit: int(),
    backoffLimitPerIndex: int(),
    maxFailedIndexes: int(),
    selector: labelSelector,
    manualSelector: bool(),
    template: podTemplate,
    ttlSecondsAfterFinished: int(),
    completionMode: str(),
    suspend: bool(),
    podReplacementPolicy: str(),
    managedBy: str(),
  },
  ['template'],
)

export const job = kindOf({
  spec: jobSpec,
  status: obj({
    conditions,
    startTime: str(),
    completionTime: str(),
    active: int(),
    succeeded: int(),
    failed: int(),
    terminating: int(),
    completedIndexes: str(),
    failedIndexes: str(),
    uncountedTerminatedPods: obj({ succeeded: set(), failed: set() }),
    ready: int(),
  }),
})

export const cronJob = kindOf({
  spec: obj(
    {
      schedule: str(),
      timeZone: str(),
      startingDeadlineSeconds: int(),
      concurrencyPolicy: oneOf(['Allow', 'Forbid', 'Replace'], 'Allow'),
      suspend: bool(false),
      jobTemplate: obj({ metadata, spec: jobSpec }),
      successfulJobsHistoryLimit: int(3),
      failedJobsHistoryLimit: int(1),
    },
    ['schedule', 'jobTemplate'],
  ),
  status: obj({ active: list(objectReference), lastScheduleTime: str(), lastSuccessfulTime: str() }),
})
