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
 * The page of the address. Its code is loaded when it is gone to, and until then the page before stays: React shows the
 * fallback of a Suspense that begins anew for 300 ms at least.
 */
export function Pages() {
  const { pathname } = useLocation()
  return (
    <Suspense fallback={<Loading />}>
      {/* Each page begins anew: what was asked on one, or has broken it, is not of the next. */}
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
