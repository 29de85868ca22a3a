/** The prefix of all keys in the bucket with copies of the record. */
export const copiesFolder = 'clusters/'

export function copyKey(cluster: string): string {
  return `${copiesFolder}${cluster}.json`
}
