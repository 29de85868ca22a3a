/** A workload in its cluster. */
export interface WorkloadName {
  readonly namespace: string
  readonly serviceAccount: string
}

/** As Kubernetes and the command line name it: "default/s3-reader". */
export function nameOf({ namespace, serviceAccount }: WorkloadName): string {
  return `${namespace}/${serviceAccount}`
}

/** Only the name, from an object with more fields. */
export function nameIn({ namespace, serviceAccount }: WorkloadName): WorkloadName {
  return { namespace, serviceAccount }
}
