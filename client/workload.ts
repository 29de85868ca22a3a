/** A workload in its cluster. */
export interface WorkloadName {
  readonly namespace: string
  readonly serviceAccount: string
}

/** As Kubernetes and the command line name it: "default/s3-reader". */
export function nameOf({ namespace, serviceAccount }: WorkloadName): string {
  return `${namespace}/${serviceAccount}`
}

/** The name alone, of a row with more fields. */
export function nameIn({ namespace, serviceAccount }: WorkloadName): WorkloadName {
  return { namespace, serviceAccount }
}
