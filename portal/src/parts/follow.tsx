import Link from '@cloudscape-design/components/link'
import type { ReactNode } from 'react'
import { useNavigate } from 'react-router'

interface Followed {
  preventDefault(): void
  readonly detail: { readonly href?: string | undefined }
}

/** Returns a handler that opens a page of the portal without a reload. Cloudscape calls it only for a plain click. */
export function useFollow(): (event: Followed) => void {
  const navigate = useNavigate()
  return (event) => {
    if (event.detail.href === undefined) return
    event.preventDefault()
    void navigate(event.detail.href)
  }
}

export function PageLink({ to, children }: { readonly to: string; readonly children: ReactNode }) {
  return (
    <Link href={to} onFollow={useFollow()}>
      {children}
    </Link>
  )
}

export function ClusterLink({ name }: { readonly name: string }) {
  return <PageLink to={clusterPath(name)}>{name}</PageLink>
}

export function clusterPath(name: string): string {
  return `/clusters/${encodeURIComponent(name)}`
}

export function operationPath(operationId: string): string {
  return `/operations/${encodeURIComponent(operationId)}`
}
