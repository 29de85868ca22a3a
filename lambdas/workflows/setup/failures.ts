import type { OperationError } from '../../errors/recorded.ts'

const maxNamed = 10

/** The error of a setup: its first failure in the order of the workflow. The reason also names the other failures. */
export function errorOfFailures([first, ...others]: readonly OperationError[]): OperationError | undefined {
  if (!first || others.length === 0) return first
  const named = others.slice(0, maxNamed).map(nameOf).join(', ')
  const more = others.length > maxNamed ? ` and ${others.length - maxNamed} more` : ''
  return { ...first, reason: `${first.reason}; other failures: ${named}${more} (see the steps)` }
}

/** For example "CreateRole of reports/exporter (OwnershipConflict on arn:...)". */
function nameOf({ step = 'the workflow', item, name, object }: OperationError): string {
  return `${step}${item === undefined ? '' : ` of ${item}`} (${name} on ${object})`
}
