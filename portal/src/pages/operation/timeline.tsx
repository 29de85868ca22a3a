import './timeline.css'
import type { Step } from '../../../../client/api.ts'
import type { Span } from './span-of-step.ts'

interface TimelineProps {
  readonly span: Span
  readonly status: Step['status']
}

/** A bar from a step's start to its end. Hidden from screen readers, because the adjacent text says the same. */
export function Timeline({ span: { start, length }, status }: TimelineProps) {
  return (
    <svg className="timeline" data-status={status} viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      <line x1="0" y1="4" x2="100" y2="4" />
      <rect x={start} y="0" width={length} height="8" />
    </svg>
  )
}
