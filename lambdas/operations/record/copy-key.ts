/** What the keys of all copies of the record start with, in their bucket. */
export const copiesFolder = 'clusters/'

/** Where the copy of the record of a cluster is. */
export function copyKey(cluster: string): string {
  return `${copiesFolder}${cluster}.json`
}
