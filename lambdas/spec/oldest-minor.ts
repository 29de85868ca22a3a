/**
 * The oldest supported minor version: 19 for Kubernetes 1.19. It is the first with certificates.k8s.io/v1, and with
 * immutable fields of server-side apply as they are used here. Not all older versions enable TokenRequest.
 */
export const oldestMinor = 19
