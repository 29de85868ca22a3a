export interface Project {
  readonly id: string
  readonly number: string
  /** Has roles/storage.admin in this project and in no other. */
  readonly administrator: string
}

/** The Google Cloud project of the sandbox's platform team; the examples name it, and the product's key is its administrator's. */
export const project: Project = {
  id: 'platform-prod',
  number: '218800341234',
  administrator: 'workload-identity@platform-prod.iam.gserviceaccount.com',
}

/** Somebody else's, for bucket names that are taken. */
export const otherProject: Project = {
  id: 'somebody-else',
  number: '555000111222',
  administrator: 'admin@somebody-else.iam.gserviceaccount.com',
}

export const projects: readonly Project[] = [project, otherProject]

/** What a cluster's management service writes discovery documents as; it has no rights in the project. */
export const managementServiceAccount = 'management-sa@platform-prod.iam.gserviceaccount.com'
