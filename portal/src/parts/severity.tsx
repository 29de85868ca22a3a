import type { DriftResult } from '../../../client/api.ts'
import { useTexts } from '../texts/context.ts'
import { Sign } from './sign.tsx'

type Severity = NonNullable<DriftResult['summary']['severity']>

const signs = { security: 'error', function: 'warning', cosmetic: 'info' } as const

interface SeveritySignProps {
  readonly severity: Severity
  /** Replaces the name of the severity. */
  readonly words?: string
}

export function SeveritySign({ severity, words }: SeveritySignProps) {
  const texts = useTexts()
  return <Sign type={signs[severity]}>{words ?? texts.severities[severity]}</Sign>
}

/** The finding of a drift report, instead of its status: a report succeeds whatever it finds. */
export function FoundDrift({ severity }: { readonly severity: Severity }) {
  const texts = useTexts()
  return <SeveritySign severity={severity} words={`${texts.clusterStates.drifted} (${texts.severities[severity]})`} />
}
