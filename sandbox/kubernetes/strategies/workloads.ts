import { isDeepStrictEqual } from 'node:util'
import { asString, at, isObject, type JsonObject, type KubeObject, objectsIn, stringMap } from '../objects/objects.ts'
import { matchesSelector } from '../objects/selectors.ts'
import type { Cause } from '../requests/status.ts'
import { invalidValue, required, type Strategy } from './strategy.ts'

export const deploymentStrategy: Strategy = {
  initialStatus: {},
  validate: (object) => [
    ...selectorCauses(object),
    ...podSpecCauses(at(object, 'spec', 'template', 'spec'), 'spec.template.spec'),
  ],
  validateUpdate: (object, old) => immutable(object, old, 'spec.selector'),
}

export const podStrategy: Strategy = {
  initialStatus: { phase: 'Pending', qosClass: 'BestEffort' },
  validate: (object) => podSpecCauses(object.spec, 'spec'),
  validateUpdate: (object, old) => {
    const same = isDeepStrictEqual(withoutImages(object.spec), withoutImages(old.spec))
    if (same) return []
    return [
      {
        reason: 'FieldValueForbidden',
        message: 'Forbidden: pod updates may not change fields other than `spec.containers[*].image`',
        field: 'spec',
      },
    ]
  },
}

function withoutImages(spec: unknown): unknown {
  const copy = structuredClone(spec)
  for (const container of objectsIn(at(copy, 'containers'))) delete container.image
  return copy
}

function selectorCauses(object: JsonObject): Cause[] {
  const selector = at(object, 'spec', 'selector')
  const labels = stringMap(at(object, 'spec', 'template', 'metadata', 'labels'))
  if (!isObject(selector)) return [required('spec.selector')]
  if (Object.keys(selector).length === 0) {
    return [invalidValue('spec.selector', selector, 'empty selector is invalid for deployment')]
  }
  if (matchesSelector(selector, labels)) return []
  return [invalidValue('spec.template.metadata.labels', labels, '`selector` does not match template `labels`')]
}

function podSpecCauses(spec: unknown, path: string): Cause[] {
  const containers = objectsIn(at(spec, 'containers'))
  if (containers.length === 0) return [required(`${path}.containers`)]
  const volumes = new Set(objectsIn(at(spec, 'volumes')).map((volume) => asString(volume.name)))
  return containers.flatMap((container, index) => containerCauses(container, volumes, `${path}.containers[${index}]`))
}

function containerCauses(container: JsonObject, volumes: ReadonlySet<string>, path: string): Cause[] {
  const image = asString(container.image) === '' ? [required(`${path}.image`)] : []
  const mounts = objectsIn(container.volumeMounts).flatMap((mount, index) =>
    volumes.has(asString(mount.name))
      ? []
      : [
          {
            reason: 'FieldValueNotFound',
            message: `Not found: "${asString(mount.name)}"`,
            field: `${path}.volumeMounts[${index}].name`,
          },
        ],
  )
  return [...image, ...mounts]
}

/** Returns a cause if an immutable field has changed. */
export function immutable(object: JsonObject, old: KubeObject, field: string): Cause[] {
  const path = field.split('.')
  const value = at(object, ...path)
  return isDeepStrictEqual(value, at(old, ...path)) ? [] : [invalidValue(field, value, 'field is immutable')]
}
