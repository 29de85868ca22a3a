// What the API of GitHub has of the comments of pull requests.
const { GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_TOKEN, FILE } = process.env

const repository = `${GITHUB_API_URL}/repos/${GITHUB_REPOSITORY}`
const pageSize = 100

// Encoded, so that a name cannot end the comment of HTML.
export const marker = `<!-- wid diff ${encodeURIComponent(FILE)} -->`

export async function call(method, path, content) {
  const url = repository + path
  const response = await fetch(url, {
    method,
    headers: { accept: 'application/vnd.github+json', authorization: `Bearer ${GITHUB_TOKEN}` },
    ...(content && { body: JSON.stringify(content) }),
    signal: AbortSignal.timeout(30_000),
  })
  if (response.ok) return response.json()
  throw new Error(`GitHub answered ${response.status} to ${method} ${url}. The job needs "pull-requests: write".`)
}

/** The comment of this file. A person could begin a comment with the marker, too: what a person has written is none. */
export async function planComment(pullRequest) {
  for (let page = 1; ; page++) {
    const found = await call('GET', `/issues/${pullRequest}/comments?per_page=${pageSize}&page=${page}`)
    const own = found.find(({ body, user }) => user?.type === 'Bot' && body.startsWith(marker))
    if (own || found.length < pageSize) return own
  }
}
