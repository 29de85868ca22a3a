import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Spinner from '@cloudscape-design/components/spinner'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTexts } from '../settings/context.ts'
import { ProblemAlert } from './problem.tsx'

interface LoadedProps<Data> {
  readonly query: UseQueryResult<Data>
  /** The heading of the page until the data has loaded. */
  readonly title?: string
  readonly children: (data: Data) => ReactNode
}

/** The loaded data, or a spinner or an error instead. If a later read fails, the previous data stays with a warning. */
export function Loaded<Data>({ query: { data, error }, title, children }: LoadedProps<Data>) {
  if (data === undefined) {
    return (
      <SpaceBetween size="l">
        {title !== undefined && <Header variant="h1">{title}</Header>}
        {error ? <ProblemAlert error={error} isAnswer={false} /> : <Loading />}
      </SpaceBetween>
    )
  }
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
