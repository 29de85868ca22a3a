import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Spinner from '@cloudscape-design/components/spinner'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTexts } from '../texts/context.ts'
import { ProblemAlert } from './problem.tsx'

interface LoadedProps<Data> {
  readonly query: UseQueryResult<Data>
  readonly children: (data: Data) => ReactNode
}

/** What was read; before that a sign of work, and when it fails why. What was read before a failure stays, with a warning. */
export function Loaded<Data>({ query: { data, error }, children }: LoadedProps<Data>) {
  if (data === undefined) return error ? <ProblemAlert error={error} /> : <Loading />
  if (!error) return children(data)
  return (
    <SpaceBetween size="l">
      <Stale />
      {children(data)}
    </SpaceBetween>
  )
}

export function Loading() {
  const texts = useTexts()
  return (
    <Box textAlign="center" padding="xxl">
      <Spinner size="large" />
      <Box variant="p">{texts.loading}</Box>
    </Box>
  )
}

function Stale() {
  const texts = useTexts()
  return (
    <Alert type="warning" header={texts.stale}>
      {texts.staleDetail}
    </Alert>
  )
}
