import { lazy, Suspense } from 'react'
import { Navigate, Route, Routes, useLocation } from 'react-router'
import { Loading } from '../parts/loaded.tsx'
import { Broken } from './broken.tsx'
import { NotFound } from './not-found.tsx'

const Clusters = lazy(() => import('../pages/clusters.tsx'))
const Cluster = lazy(() => import('../pages/cluster/cluster.tsx'))
const NewSetup = lazy(() => import('../pages/new-setup/new-setup.tsx'))
const Operations = lazy(() => import('../pages/operations.tsx'))
const Operation = lazy(() => import('../pages/operation/operation.tsx'))
const Workloads = lazy(() => import('../pages/workloads/workloads.tsx'))
const Access = lazy(() => import('../pages/access/access.tsx'))

/**
 * The page of the URL. Its code loads on demand, and the previous page stays until then. A new Suspense would show its
 * fallback for at least 300 ms.
 */
export function Pages() {
  const { pathname } = useLocation()
  return (
    <Suspense fallback={<Loading />}>
      {/* Each page has its own error boundary and state, so that nothing carries over to the next page. */}
      <Broken key={pathname}>
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
      </Broken>
    </Suspense>
  )
}
