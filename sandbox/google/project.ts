/** The project of the sandbox's platform team. The examples name it. The product has its administrator's key. */
export const project = {
  id: 'platform-prod',
  number: '218800341234',
  administrator: 'workload-identity@platform-prod.iam.gserviceaccount.com',
}

/** A project of another owner, to test bucket names that are taken. */
export const otherProject = {
  id: 'somebody-else',
  number: '555000111222',
  administrator: 'admin@somebody-else.iam.gserviceaccount.com',
}

/** Each administrator has roles/storage.admin in its project. */
export const projects = [project, otherProject] as const

/** The account with which the management service writes discovery documents. It has no rights in the project. */
export const managementServiceAccount = 'management-sa@platform-prod.iam.gserviceaccount.com'
