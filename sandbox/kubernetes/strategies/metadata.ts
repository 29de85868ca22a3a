import type { Metadata } from '../objects/objects.ts'
import type { Cause } from '../requests/status.ts'
import { invalidValue } from './strategy.ts'

const namePart = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/
const prefixPart = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

export function metadataCauses({ labels = {}, annotations = {} }: Metadata): Cause[] {
  return [
    ...Object.keys(labels).flatMap((key) => keyCauses('metadata.labels', key)),
    ...Object.values(labels).flatMap(labelValueCauses),
    ...Object.keys(annotations).flatMap((key) => keyCauses('metadata.annotations', key)),
  ]
}

function keyCauses(field: string, key: string): Cause[] {
  const parts = key.split('/')
  const name = parts.at(-1) ?? ''
  const prefix = parts.length === 2 ? parts[0] : undefined
  const isValid =
    parts.length <= 2 &&
    name.length <= 63 &&
    namePart.test(name) &&
    (prefix === undefined || (prefix.length <= 253 && prefixPart.test(prefix)))
  return isValid
    ? []
    : [
        invalidValue(
          field,
          key,
          "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
        ),
      ]
}

function labelValueCauses(value: string): Cause[] {
  if (value === '' || (value.length <= 63 && namePart.test(value))) return []
  const why =
    value.length > 63
      ? 'must be no more than 63 characters'
      : "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
  return [invalidValue('metadata.labels', value, why)]
}
