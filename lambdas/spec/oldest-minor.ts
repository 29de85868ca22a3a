/**
 * The oldest supported minor version: 19 for Kubernetes 1.19. It is the first with certificates.k8s.io/v1, and with the
 * required behaviour of immutable fields in server-side apply. Not all older versions enable TokenRequest.
 */
export const oldestMinor = 19
