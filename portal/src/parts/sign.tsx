import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator'

/** A word of state is read as one: it does not wrap. */
export function Sign(props: StatusIndicatorProps) {
  return <StatusIndicator wrapText={false} {...props} />
}
