import { asString, at, ensureObject, type JsonObject } from '../objects.ts'
import type { Cause } from '../status.ts'
import { required, type Strategy, unsupported } from './strategy.ts'
import { immutable, podSpecCauses } from './workloads.ts'

export const jobStrategy: Strategy = {
  initialStatus: {},
  onCreate: (object, { minor }) => {
    if (at(object, 'spec', 'manualSelector') !== true) generateSelector(object, minor)
  },
  validate: (object) => jobSpecCauses(object.spec, 'spec'),
  validateUpdate: (object, old) => immutable(object, old, 'spec.selector'),
}

export const cronJobStrategy: Strategy = {
  initialStatus: {},
  validate: (object) => [
    ...(asString(at(object, 'spec', 'schedule')) === '' ? [required('spec.schedule')] : []),
    ...jobSpecCauses(at(object, 'spec', 'jobTemplate', 'spec'), 'spec.jobTemplate.spec'),
  ],
}

/** By which the job's pods are selected; the longer names came with 1.27. */
function generateSelector(object: JsonObject, minor: number): void {
  const { name, uid } = ensureObject(object, 'metadata')
  const labels = ensureObject(object, 'spec', 'template', 'metadata', 'labels')
  for (const prefix of minor < 27 ? [''] : ['', 'batch.kubernetes.io/']) {
    labels[`${prefix}job-name`] ??= name
    labels[`${prefix}controller-uid`] ??= uid
  }
  const selected = minor < 27 ? 'controller-uid' : 'batch.kubernetes.io/controller-uid'
  ensureObject(object, 'spec', 'selector', 'matchLabels')[selected] ??= uid
}

function jobSpecCauses(spec: unknown, path: string): Cause[] {
  const pod = `${path}.template.spec`
  return [
    ...restartCauses(at(spec, 'template', 'spec', 'restartPolicy'), pod),
    ...podSpecCauses(at(spec, 'template', 'spec'), pod),
  ]
}

/** What always starts again never ends. */
function restartCauses(policy: unknown, path: string): Cause[] {
  const field = `${path}.restartPolicy`
  if (policy === 'Always') return [required(field, 'valid values: "OnFailure", "Never"')]
  return policy === 'OnFailure' || policy === 'Never' ? [] : [unsupported(field, policy, ['OnFailure', 'Never'])]
}
