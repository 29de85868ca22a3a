import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator'

/** Does not wrap, because a status is one word. */
export function Sign(props: StatusIndicatorProps) {
  return <StatusIndicator wrapText={false} {...props} />
}
