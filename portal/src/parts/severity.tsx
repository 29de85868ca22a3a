import type { DriftResult } from '../api/client.ts'
import { useTexts } from '../texts/context.ts'
import { Sign } from './sign.tsx'

type Severity = NonNullable<DriftResult['summary']['severity']>

const signs = { security: 'error', function: 'warning', cosmetic: 'info' } as const

interface SeveritySignProps {
  readonly severity: Severity
  /** Instead of the name of the severity. */
  readonly words?: string
}

export function SeveritySign({ severity, words }: SeveritySignProps) {
  const texts = useTexts()
  return <Sign type={signs[severity]}>{words ?? texts.severities[severity]}</Sign>
}

/** What a drift report has found, in the place of how it has ended: it succeeds whatever it says. */
export function FoundDrift({ severity }: { readonly severity: Severity }) {
  const texts = useTexts()
  return <SeveritySign severity={severity} words={`${texts.clusterStates.drifted} (${texts.severities[severity]})`} />
}
