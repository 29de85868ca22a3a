/** `gs://NAME`. */
export function bucketUrl(name: string): string {
  return `gs://${name}`
}
