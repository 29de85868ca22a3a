import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import { Component, lazy, type ReactNode, Suspense } from 'react'
import { Navigate, Route, Routes, useLocation } from 'react-router'
import { Loading } from '../parts/loaded.tsx'
import { useTexts } from '../settings/context.ts'

const Clusters = lazy(() => import('../pages/clusters.tsx'))
const Cluster = lazy(() => import('../pages/cluster/cluster.tsx'))
const NewSetup = lazy(() => import('../pages/new-setup/new-setup.tsx'))
const Operations = lazy(() => import('../pages/operations.tsx'))
const Operation = lazy(() => import('../pages/operation/operation.tsx'))
const Workloads = lazy(() => import('../pages/workloads/workloads.tsx'))
const Access = lazy(() => import('../pages/access.tsx'))

/**
 * The page of the URL. Its code loads on demand, and the previous page stays until then. All pages share one Suspense,
 * because a new Suspense would show its fallback for at least 300 ms.
 */
export function Pages() {
  const { pathname } = useLocation()
  return (
    <Suspense fallback={<Loading />}>
      {/* Each page has its own error boundary and state, so that nothing carries over to the next page. */}
      <ErrorBoundary key={pathname}>
        <Routes>
          <Route path="/" element={<Navigate to="/workloads" replace />} />
          <Route path="/workloads" element={<Workloads />} />
          <Route path="/clusters" element={<Clusters />} />
          <Route path="/clusters/:cluster" element={<Cluster />} />
          <Route path="/new-setup" element={<NewSetup />} />
          <Route path="/operations" element={<Operations />} />
          <Route path="/operations/:operationId" element={<Operation />} />
          <Route path="/access" element={<Access />} />
          <Route path="*" element={<NotFound />} />
        </Routes>
      </ErrorBoundary>
    </Suspense>
  )
}

interface ErrorBoundaryProps {
  readonly children: ReactNode
}

/**
 * Shows an error instead of an empty page. The page's code may be missing after a new deployment of the portal:
 * https://vite.dev/guide/build#load-error-handling
 */
class ErrorBoundary extends Component<ErrorBoundaryProps, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false }

  static getDerivedStateFromError() {
    return { hasFailed: true }
  }

  override render() {
    return this.state.hasFailed ? <LoadAgain /> : this.props.children
  }
}

function LoadAgain() {
  const texts = useTexts()
  return (
    <Alert
      type="error"
      header={texts.broken}
      action={<Button onClick={() => location.reload()}>{texts.loadAgain}</Button>}
    >
      {texts.brokenDetail}
    </Alert>
  )
}

function NotFound() {
  const texts = useTexts()
  return (
    <>
      <title>{texts.notFound}</title>
      <Header variant="h1">{texts.notFound}</Header>
      <Box variant="p">{texts.notFoundDetail}</Box>
    </>
  )
}
