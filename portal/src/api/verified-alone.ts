interface Workload {
  readonly namespace: string
  readonly serviceAccount: string
}

/** The workload of a verification. Undefined for a verification of the entire cluster. */
export function verifiedAlone(request: Readonly<Record<string, unknown>>): Workload | undefined {
  if (request.all === true || !Array.isArray(request.workloads)) return undefined
  const [first]: unknown[] = request.workloads
  if (!isVerified(first)) return undefined
  const { namespace, serviceAccount } = first.workload
  return { namespace, serviceAccount }
}

function isVerified(value: unknown): value is { readonly workload: Workload } {
  if (typeof value !== 'object' || value === null || !('workload' in value)) return false
  const { workload } = value
  return typeof workload === 'object' && workload !== null && 'namespace' in workload && 'serviceAccount' in workload
}
